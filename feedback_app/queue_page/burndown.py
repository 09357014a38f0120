"""How the work of a queue became less: reviews that were left at the end of each day.

Counted back from what is left now, by what was submitted and added since, so that the line ends
at the truth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Aggregate, Count, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from feedback_app.models import Review
from traces_app.models import AnnotationQueue, QueueItem

DAYS = 30
WIDTH, HEIGHT = 640, 180
_LEFT, _TOP, _BOTTOM = 40, 12, 24
_LABELS = 6


@dataclass(frozen=True)
class Day:
    """One day; ``left`` as it ended, for today so far."""

    day: date
    submitted: int
    added: int
    left: int


@dataclass(frozen=True)
class Mark:
    """Words at a place of the drawing."""

    at: float
    words: str


@dataclass(frozen=True)
class Burndown:
    """The days, oldest first, and their drawing: a path in a box of WIDTH by HEIGHT."""

    days: list[Day]
    path: str
    rules: list[Mark]
    dates: list[Mark]
    end: tuple[float, float]

    @property
    def box(self) -> str:
        return f"0 0 {WIDTH} {HEIGHT}"


def burndown(queue: AnnotationQueue, reviews: Any, *, left: int) -> Burndown:
    """The last thirty days of a queue with ``left`` reviews to go. Two queries."""
    first = timezone.localdate() - timedelta(days=DAYS - 1)
    submitted = _by_day(
        reviews.filter(state=Review.State.SUBMITTED, submitted_at__date__gte=first),
        "submitted_at",
        Count("pk"),
    )
    items = QueueItem.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
    added = _by_day(items.filter(added_at__date__gte=first), "added_at", Sum("reviews_needed"))
    days = _days(submitted, added, left)
    return _drawn(days)


def _by_day(rows: Any, moment: str, number: Aggregate) -> dict[date, int]:
    counted = rows.order_by().annotate(day=TruncDate(moment)).values_list("day")
    return dict(counted.annotate(number=number))


def _days(submitted: dict[date, int], added: dict[date, int], left: int) -> list[Day]:
    """From the first day on which anything happened to today."""
    day, found = timezone.localdate(), []
    began = min([day, *submitted, *added])
    while day >= began:
        done, more = submitted.get(day, 0), added.get(day, 0)
        found.append(Day(day, done, more, max(0, left)))
        left += done - more
        day -= timedelta(days=1)
    return found[::-1]


def _drawn(days: Sequence[Day]) -> Burndown:
    """Each day is a step as wide as the others; it begins where the day before ended."""
    top = _round_up(max(max(day.left, day.left + day.submitted) for day in days))
    across, down = (WIDTH - _LEFT - 8) / len(days), HEIGHT - _TOP - _BOTTOM

    def height(left: float) -> float:
        return round(_TOP + down * (1 - left / top), 1)

    start = days[0].left + days[0].submitted
    path, at = [f"M{_LEFT} {height(start)}"], float(_LEFT)
    for day in days:
        at += across
        path.append(f"L{round(at, 1)} {height(day.left)}")
    every = -(-len(days) // _LABELS)
    return Burndown(
        days=list(days),
        path=" ".join(path),
        rules=[Mark(height(top * part / 4), str(top * part // 4)) for part in (0, 2, 4)],
        dates=[
            Mark(round(_LEFT + across * number, 1), f"{days[number].day:%d %b}".lstrip("0"))
            for number in range(0, len(days), every)
        ],
        end=(round(at, 1), height(days[-1].left)),
    )


def _round_up(number: int) -> int:
    """The next number with one figure before its noughts that four divides."""
    step = 4
    while step * 5 < number:
        step *= 10 if step * 10 <= number else 5
    return max(4, -(-number // step) * step)
