"""What stands before and after a trace in the list that led to it."""

from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from feedback_app.forms.trace_lists import TraceListForm
from feedback_app.trace_lists import found
from feedback_app.trace_lists.asked import Asked
from feedback_app.trace_lists.found import Listing
from feedback_app.trace_lists.orders import Position
from traces_app.access import Access
from traces_app.models import Project, Trace
from traces_app.models.scores import to_billionths

SECONDS = 0.25
"""How long a filter is tried on the traces to either side."""


@dataclass(frozen=True)
class Neighbours:
    """Addresses: of the traces before and after (empty at the list's ends), and of the list.

    Where a search ran out of time, the address before or after is the list's at that place.
    """

    newer_url: str
    older_url: str
    list_url: str


def neighbours(*, access: Access, query: QueryDict, trace: Trace) -> Neighbours:
    """``query`` is the trace page's own, which carries the list's; an unreadable one counts as
    that of the plain list. Without filters two statements on an index."""
    form = TraceListForm(query)
    is_read = form.is_valid() and not access.sees_queues_only
    asked = form.asked() if is_read else Asked()  # a filter could tell reviewers of scores
    projects = list(Project.objects.visible_to(access).values_list("pk", flat=True))
    inside = [pk for pk in projects if asked.project in (None, pk)]
    listing = found.listing(access=access, asked=asked, projects=inside)
    here = Position(trace.pk)
    if asked.sort.by_score:
        score = None if trace.score is None else to_billionths(trace.score)
        here = Position(trace.pk, score, by_score=True)
    return Neighbours(
        _beside(listing, here, query, backwards=True),
        _beside(listing, here, query, backwards=False),
        _address(reverse("traces"), asked.query()),
    )


def _beside(listing: Listing, here: Position, query: QueryDict, *, backwards: bool) -> str:
    met = listing.walk(here, backwards=backwards, limit=1, seconds=SECONDS)
    if met.positions:
        return _trace_url(met.positions[0].pk, query)
    if met.stopped_at is None:
        return ""
    place = {"before" if backwards else "after": met.stopped_at}
    return _address(reverse("traces"), listing.asked.query(**place))


def _trace_url(pk: UUID, query: QueryDict) -> str:
    return _address(reverse("trace", args=[pk]), query.urlencode())


def _address(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
