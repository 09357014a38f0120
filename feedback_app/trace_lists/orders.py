"""The orders of the trace list, each a total one that an index walks both ways."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import models

from traces_app.models.scores import BILLION
from traces_app.models.traces import TraceQuerySet
from traces_app.query import merged

_UNSCORED = "none"


class Sort(models.TextChoices):
    """Unscored traces stand last, whether the best or the worst come first."""

    NEWEST = "newest", "Newest first"
    OLDEST = "oldest", "Oldest first"
    BEST = "best", "Best score first"
    WORST = "worst", "Worst score first"

    @property
    def by_score(self) -> bool:
        return self in {Sort.BEST, Sort.WORST}

    @property
    def descending(self) -> bool:
        return self in {Sort.NEWEST, Sort.BEST}


class BadPosition(ValueError):
    """Text that names no position of the order."""


@dataclass(frozen=True)
class Position:
    """Where one trace stands; ``score`` in billionths, None where there is none or it is not asked.

    It is the whole key of the order and not the id alone, so that a page goes on from the same
    place after that trace was scored anew or deleted.
    """

    pk: UUID
    score: int | None = None
    by_score: bool = False

    def __str__(self) -> str:
        if not self.by_score:
            return str(self.pk)
        return f"{_UNSCORED if self.score is None else self.score}~{self.pk}"

    @classmethod
    def read(cls, text: str, sort: Sort) -> "Position":
        """The position of an address. Raises BadPosition."""
        score, mark, pk = text.rpartition("~")
        value = int(score) if score.isdecimal() and len(score) <= 10 else None
        is_score = score == _UNSCORED or (value is not None and value <= BILLION)
        if bool(mark) != sort.by_score or (mark and not is_score):
            raise BadPosition(text)
        try:
            return cls(UUID(pk), value, sort.by_score)
        except ValueError as error:
            raise BadPosition(text) from error


def walk(
    places: Sequence[TraceQuerySet],
    sort: Sort,
    *,
    start: Position | None = None,
    backwards: bool = False,
    limit: int,
) -> list[Position]:
    """The first ``limit`` positions past ``start``, or before it with the nearest first.

    One statement. ``places`` share no trace and are best one project each: then every part of the
    statement is a range of an index, however deep the page.
    """
    descending = sort.descending != backwards
    way, sign = ("DESC", "-") if descending else ("ASC", "")
    if not sort.by_score:
        parts = [_past_id(place, start, descending).order_by(f"{sign}pk") for place in places]
        found = merged.rows(parts, columns=("id",), order=f"id {way}", limit=limit)
        return [Position(_uuid(pk)) for (pk,) in found]
    parts = [
        part.order_by(f"{sign}score", f"{sign}pk")
        for place in places
        for part in _past_score(place, start, descending, backwards)
    ]
    nulls = "DESC" if backwards else "ASC"
    order = f"score IS NULL {nulls}, score {way}, id {way}"
    found = merged.rows(parts, columns=("id", "score"), order=order, limit=limit)
    return [Position(_uuid(pk), score, by_score=True) for pk, score in found]


def _past_id(place: TraceQuerySet, start: Position | None, descending: bool) -> TraceQuerySet:
    if start is None:
        return place
    return place.filter(pk__lt=start.pk) if descending else place.filter(pk__gt=start.pk)


def _past_score(
    place: TraceQuerySet, start: Position | None, descending: bool, backwards: bool
) -> Iterable[TraceQuerySet]:
    """Ties, what is beyond them, and those on the other side of having a score."""
    scored, unscored = place.filter(score__isnull=False), place.filter(score__isnull=True)
    if start is None:
        return [scored, unscored]
    beyond = "lt" if descending else "gt"
    if start.score is None:
        rest = unscored.filter(**{f"pk__{beyond}": start.pk})
        return [rest, scored] if backwards else [rest]
    value = Decimal(start.score).scaleb(-9)
    ties = scored.filter(**{"score": value, f"pk__{beyond}": start.pk})
    further = scored.filter(**{f"score__{beyond}": value})
    return [ties, further] if backwards else [ties, further, unscored]


def _uuid(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
