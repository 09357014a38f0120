"""The scores of one trace or thread as its page shows them: by name, with everyone's own."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from statistics import pstdev

from feedback_app.models import User
from traces_app.access import Access
from traces_app.models import VERDICT, EntityType, Score, Source, Span, Thread, Trace

_LEFT, _WIDTH = 4, 96  # of the drawing, in its own units


@dataclass(frozen=True)
class Dot:
    """One author's value on the line from 0 to 1."""

    x: int
    is_mine: bool
    by_judge: bool

    @property
    def left(self) -> int:
        return self.x - 3


@dataclass(frozen=True)
class Own:
    """What one author said."""

    author: User
    value: Decimal
    reason: str
    is_mine: bool
    by_judge: bool

    @property
    def exact(self) -> str:
        return f"{self.value.normalize():f}"


@dataclass(frozen=True)
class Named:
    """All that was said under one name."""

    name: str
    rows: list[Own]

    @property
    def mean(self) -> Decimal:
        return sum((row.value for row in self.rows), Decimal(0)) / len(self.rows)

    @property
    def exact(self) -> str:
        return f"{self.mean.normalize():f}"

    @property
    def deviation(self) -> float | None:
        if len(self.rows) < 2:
            return None
        return pstdev(float(row.value) for row in self.rows)

    @property
    def by_judge(self) -> bool:
        return all(row.by_judge for row in self.rows)

    @property
    def dots(self) -> list[Dot]:
        """Where the values stand on the line; empty when one of them is off it."""
        if any(not 0 <= row.value <= 1 for row in self.rows):
            return []
        return [Dot(_x(row.value), row.is_mine, row.by_judge) for row in self.rows]

    @property
    def mean_x(self) -> int:
        return _x(self.mean)

    @property
    def band(self) -> tuple[int, int] | None:
        """Left edge and width of one standard deviation to either side."""
        if self.deviation is None:
            return None
        low = max(0.0, float(self.mean) - self.deviation)
        high = min(1.0, float(self.mean) + self.deviation)
        left = _x(Decimal(str(low)))
        return left, _x(Decimal(str(high))) - left

    @property
    def in_words(self) -> str:
        return ", ".join(f"{row.exact} by {row.author}" for row in self.rows)


def of(access: Access, about: Trace | Span | Thread) -> list[Named]:
    """By name, the verdict's first, people before judges; two queries."""
    rows = list(
        Score.objects.visible_to(access)
        .about(kind_of(about), {about.pk})
        .filter(project_id=about.project_id)
        .order_by("name", "-last_updated_at", "-pk")
    )
    people = User.objects.in_bulk({row.author_id for row in rows})
    groups: dict[str, list[Own]] = defaultdict(list)
    for row in rows:
        author = people.get(row.author_id, User(name="Somebody"))
        groups[row.name].append(
            Own(
                author,
                row.value,
                row.reason,
                is_mine=row.author_id == access.author_id,
                by_judge=author.is_service or row.source == Source.ONLINE_SCORING,
            )
        )
    named = [Named(name, said) for name, said in groups.items()]
    return sorted(named, key=lambda each: (each.name != VERDICT, each.by_judge, each.name))


def kind_of(about: Trace | Span | Thread) -> EntityType:
    if isinstance(about, Span):
        return EntityType.SPAN
    return EntityType.THREAD if isinstance(about, Thread) else EntityType.TRACE


def _x(value: Decimal) -> int:
    return _LEFT + round(value * _WIDTH)
