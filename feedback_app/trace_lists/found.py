"""Which traces a list shows: index ranges where an index answers, else a bounded look at each.

A filter that no index answers is tried on windows of the list in its order, small ones first,
until the page is full, the list ends or the time is up. Each window is one short statement, so a
rare word in a million traces costs a page as little as a common one; where the search stopped is
told, and it goes on from there.
"""

from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from feedback_app.trace_lists import orders
from feedback_app.trace_lists.asked import Asked
from feedback_app.trace_lists.orders import Position
from traces_app.access import Access
from traces_app.models import Trace
from traces_app.models.traces import TraceQuerySet
from traces_app.query import filters, merged, search

SECONDS = 1.0
"""How long a search goes on before it asks whether to."""
COUNTED = 10_000
"""Where counting stops."""
_FEW = 1000
_FIRST_WINDOW = 200
_LARGEST_WINDOW = 3200


@dataclass(frozen=True)
class Found:
    """Positions in the order they were met. ``stopped_at`` is set when the search ran out of time;
    ``examined`` counts the traces that it looked into."""

    positions: list[Position]
    stopped_at: Position | None = None
    examined: int = 0


@dataclass(frozen=True)
class Listing:
    """The traces of one list: ``places`` hold them in order, ``wanted`` those that also match."""

    asked: Asked
    places: list[TraceQuerySet]
    wanted: TraceQuerySet | None

    def walk(
        self,
        start: Position | None,
        *,
        backwards: bool = False,
        limit: int,
        seconds: float,
    ) -> Found:
        """The first ``limit`` that match past ``start``, or before it with the nearest first."""
        if self.wanted is None:
            return Found(self._window(start, backwards, limit))
        until = monotonic() + seconds
        met: list[Position] = []
        examined, size = 0, _FIRST_WINDOW
        while True:
            window = self._window(start, backwards, size)
            matching = self._matching(window)
            met += [position for position in window if position.pk in matching]
            examined += len(window)
            if len(window) < size or len(met) >= limit:
                return Found(met[:limit], None, examined)
            start, size = window[-1], min(2 * size, _LARGEST_WINDOW)
            if monotonic() >= until:
                return Found(met, start, examined)

    def count(self) -> int | None:
        """How many there are, at most COUNTED + 1; None where only a search could tell."""
        if self.wanted is not None:
            return None
        return sum(place[: COUNTED + 1].count() for place in self.places)

    def _window(self, start: Position | None, backwards: bool, size: int) -> list[Position]:
        return orders.walk(
            self.places, self.asked.sort, start=start, backwards=backwards, limit=size
        )

    def _matching(self, window: list[Position]) -> set[UUID]:
        if self.wanted is None or not window:
            return set()
        here = self.wanted.filter(pk__in=[position.pk for position in window])
        return set(here.values_list("pk", flat=True))


def listing(*, access: Access, asked: Asked, projects: list[UUID]) -> Listing:
    """The list of ``asked`` in the projects that it is about.

    A verdict filter beside an order by time is listed by the index when few match; when many do,
    they are soon met on the way.
    """
    visible = Trace.objects.visible_to(access)
    inside = visible.filter(project_id__in=projects)
    wanted = _looked_into(inside, asked, projects)
    looks_inside = bool(asked.q or asked.clauses)
    places = (
        [inside]
        if len(projects) > merged.AT_MOST
        else [visible.filter(project_id=project) for project in projects]
    )
    if asked.verdict is not None and not asked.sort.by_score:
        few = list(inside.filter(asked.verdict).values_list("pk", flat=True)[: _FEW + 1])
        if len(few) <= _FEW:
            places = [inside.filter(pk__in=few)] if few else []
        else:
            wanted, looks_inside = wanted.filter(asked.verdict), True
    elif asked.verdict is not None:
        places = [place.filter(asked.verdict) for place in places]
    return Listing(asked, places, wanted if looks_inside else None)


def matching(*, access: Access, asked: Asked, projects: list[UUID]) -> TraceQuerySet:
    """All that the list would show, for a question about a few traces: no index is thought of."""
    inside = Trace.objects.visible_to(access).filter(project_id__in=projects)
    wanted = _looked_into(inside, asked, projects)
    return wanted if asked.verdict is None else wanted.filter(asked.verdict)


def _looked_into(inside: TraceQuerySet, asked: Asked, projects: list[UUID]) -> TraceQuerySet:
    return search.apply(filters.apply(inside, asked.clauses, projects=projects), asked.q)
