"""Putting pairs into queues: picked rows two by two, and one trace from its page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from feedback_app.http import PageRequest, signed_in
from feedback_app.services import pairs
from feedback_app.trace_page import sections
from feedback_app.views import queues as pages
from feedback_app.views.bulk_actions import PICKED_AT_MOST
from traces_app.errors import Invalid, NotFound
from traces_app.models import NIL
from traces_app.services import queues


@require_POST
@signed_in
def fill(request: PageRequest) -> HttpResponse:
    """Pair the picked rows two by two, and show the list again."""
    pages.must_see(request.access)
    request.access.must_write()
    queue_id = _uuid(request.POST.get("pairs", ""))
    queues.find(access=request.access, queue_id=queue_id)
    try:
        if request.POST.get("all"):
            raise Invalid("Only picked rows can be paired two by two.")
        picked = request.POST.getlist("id")[:PICKED_AT_MOST]
        ids = list(dict.fromkeys(_uuid(each) for each in picked))
        _add(request, queue_id, _two_by_two(ids), alone=len(ids) % 2)
    except Invalid as refusal:
        messages.error(request, str(refusal))
    query = request.GET.urlencode()
    return redirect(f"{reverse('traces')}?{query}" if query else reverse("traces"))


@require_POST
@signed_in
def add(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Pair one trace, from its page: with its correction, or with the trace of an id."""
    trace = sections.visible(request.access, trace_id)
    request.access.must_write()
    queue_id = _uuid(request.POST.get("queue", ""))
    queues.find(access=request.access, queue_id=queue_id)
    try:
        other = _other(request.POST.get("other", ""))
        _add(request, queue_id, {trace.pk: other})
    except Invalid as refusal:
        messages.error(request, str(refusal))
    except NotFound:  # of the id that was typed
        messages.error(request, "This queue's project has no such trace.")
    if not request.htmx:
        return redirect(sections.address(request, trace_id, "queues"))
    return sections.answer(request, ("queues", "history"), sections.context(request, trace))


def _add(request: PageRequest, queue_id: UUID, wanted: dict[UUID, UUID], alone: int = 0) -> None:
    new = pairs.add(access=request.access, queue_id=queue_id, pairs=wanted)
    name = queues.find(access=request.access, queue_id=queue_id)
    told = [f"{_counted(new)} added to “{name}”."]
    if left_out := len(wanted) - new:
        told.append(
            f"{_counted(left_out)} left out: in it already, judged there before against another, "
            "or without a correction."
        )
    if alone:
        told.append("The last row had no partner.")
    (messages.success if new else messages.info)(request, " ".join(told))


def _two_by_two(ids: list[UUID]) -> dict[UUID, UUID]:
    """The first with the second, the third with the fourth; one that is left over is not in it."""
    if len(ids) < 2:
        raise Invalid("Pick two rows at least: they are paired two by two, from the top.")
    return dict(zip(ids[::2], ids[1::2], strict=False))


def _counted(number: int) -> str:
    return f"{number} pair" if number == 1 else f"{number} pairs"


def _other(text: str) -> UUID:
    """The trace to compare with; NIL, for the correction, where none is named. Raises Invalid."""
    if not text.strip():
        return NIL
    try:
        other = UUID(text.strip())
    except ValueError as error:
        raise Invalid("This is not the id of a trace.") from error
    if other == NIL:
        raise Invalid("This is not the id of a trace.")
    return other


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such queue or trace.") from error
