"""Datapoints in their order, also under filters that no index answers.

Those are tried on windows of the list, small ones first, until a page is full, the list ends or the
time is up. So a filter that few match costs a page of a large dataset no more than a small one;
where the search stopped is told, and it goes on from there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from feedback_app.dataset_page.asked import Asked
from feedback_app.models import Datapoint
from feedback_app.models.datasets import DatapointQuerySet
from traces_app.access import Access

SECONDS = 1.0
"""How long a search goes on before it asks whether to."""
_FIRST_WINDOW = 200
_LARGEST_WINDOW = 3_200


@dataclass(frozen=True)
class Found:
    """``stopped_at`` is set when the search ran out of time; it had looked into ``examined``."""

    points: list[Datapoint]
    stopped_at: UUID | None = None
    examined: int = 0


@dataclass(frozen=True)
class Window:
    """What was found on the way to ``end``."""

    points: list[Datapoint]
    end: UUID
    examined: int
    is_last: bool


def found(
    *, access: Access, asked: Asked, start: UUID | None, backwards: bool = False, limit: int
) -> Found:
    """The first that match past ``start``, the newest first; or before it, the nearest first."""
    places = asked.places(access)
    if not asked.looks_inside:
        return Found(list(_past(places, start, backwards)[:limit]))
    until = monotonic() + SECONDS
    points: list[Datapoint] = []
    examined = 0
    wanted = asked.narrowed(places)
    for window in windows(places, wanted, start=start, backwards=backwards, limit=limit):
        points += window.points
        examined += window.examined
        if len(points) >= limit or window.is_last:
            break
        if monotonic() >= until:
            return Found(points, window.end, examined)
    return Found(points[:limit], None, examined)


def windows(
    places: DatapointQuerySet,
    wanted: DatapointQuerySet,
    *,
    start: UUID | None,
    backwards: bool = False,
    limit: int,
) -> Iterator[Window]:
    """All of ``places`` past ``start``, and which of them are ``wanted``: at most ``limit`` in
    one window, since they are held in memory. Two queries each."""
    size = _FIRST_WINDOW
    while True:
        ids = list(_past(places, start, backwards)[:size].values_list("pk", flat=True))
        if not ids:
            return
        inside = wanted.filter(pk__gte=min(ids[0], ids[-1]), pk__lte=max(ids[0], ids[-1]))
        points = list(_past(inside, None, backwards)[:limit])
        is_full = len(points) == limit
        start = points[-1].pk if is_full else ids[-1]
        is_last = not is_full and len(ids) < size
        yield Window(points, start, ids.index(start) + 1 if is_full else len(ids), is_last)
        if is_last:
            return
        size = min(2 * size, _LARGEST_WINDOW)


def _past(inside: DatapointQuerySet, start: UUID | None, backwards: bool) -> DatapointQuerySet:
    if backwards:
        return (inside if start is None else inside.filter(pk__gt=start)).order_by("pk")
    return (inside if start is None else inside.filter(pk__lt=start)).order_by("-pk")
