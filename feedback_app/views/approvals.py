"""Deciding about an answer, from the datapoint's page and from its trace's: a generated one, or one
that is not what its trace gives any more."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from feedback_app.http import PageRequest, came_from, signed_in
from feedback_app.models import Datapoint
from feedback_app.services import approvals, datapoints, updates
from feedback_app.trace_page import sections
from feedback_app.views.datasets import CHANGED
from traces_app.errors import Conflict, Invalid, NotFound


@require_POST
@signed_in
def on_datapoint(request: PageRequest, datapoint_id: UUID) -> HttpResponse:
    """Do what was pressed; then the datapoint, or what is left of it."""
    point = _visible(request, datapoint_id)
    gone = _decide(request, point)
    if gone is not None:
        return redirect(f"{reverse('dataset', args=[point.dataset_id])}?deletion={gone.id}")
    return redirect("datapoint", datapoint_id)


@require_POST
@signed_in
def on_trace(request: PageRequest, trace_id: UUID, datapoint_id: UUID) -> HttpResponse:
    """The same beside the trace; then its section, or the page again."""
    sections.visible(request.access, trace_id)
    point = _visible(request, datapoint_id)
    if point.trace_id != trace_id:
        raise NotFound(datapoints.NO_DATAPOINT)
    _decide(request, point)
    if not request.htmx:
        return redirect(came_from(request) or sections.address(request, trace_id, "dataset"))
    fresh = sections.visible(request.access, trace_id)
    return sections.answer(request, CHANGED, sections.context(request, fresh))


def _visible(request: PageRequest, datapoint_id: UUID) -> Datapoint:
    visible = Datapoint.objects.visible_to(request.access).filter(pk=datapoint_id)
    point = visible.first()
    if point is None:
        raise NotFound(datapoints.NO_DATAPOINT)
    request.access.must_write()
    return point


def _decide(request: PageRequest, point: Datapoint) -> datapoints.Deletion | None:
    """Do what was pressed, and say so; what a rejection has deleted."""
    verb = _VERBS.get(request.POST.get("do", ""))
    try:
        if verb is not None:
            return verb(request, point.pk, request.POST.get("digest", ""))
    except (Conflict, Invalid) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.error(request, "Say what shall be done with the answer.")
    return None


def _approve(request: PageRequest, pk: UUID, digest: str) -> None:
    approvals.approve(access=request.access, datapoint_id=pk, digest=digest)
    messages.success(request, "Approved: it can be learned from.")


def _reject(request: PageRequest, pk: UUID, digest: str) -> datapoints.Deletion:
    reason = request.POST.get("words", "")
    gone = approvals.reject(access=request.access, datapoint_id=pk, reason=reason, digest=digest)
    messages.success(request, "Rejected: it is out of the dataset.")
    return gone


def _ask_again(request: PageRequest, pk: UUID, digest: str) -> None:
    note = request.POST.get("words", "")
    approvals.ask_again(access=request.access, datapoint_id=pk, note=note, digest=digest)
    messages.success(request, "Another answer is being written.")


def _update(request: PageRequest, pk: UUID, digest: str) -> None:
    updates.update(
        access=request.access,
        datapoint_id=pk,
        digest=digest,
        now=request.POST.get("now", ""),
        over_edits="over" in request.POST,
    )
    messages.success(request, "Updated: it holds what its trace gives by now.")


def _keep(request: PageRequest, pk: UUID, digest: str) -> None:
    now = request.POST.get("now", "")
    updates.keep(access=request.access, datapoint_id=pk, digest=digest, now=now)
    messages.success(request, "Kept as it is.")


_VERBS: dict[str, Callable[[PageRequest, UUID, str], datapoints.Deletion | None]] = {
    "approve": _approve,
    "reject": _reject,
    "again": _ask_again,
    "update": _update,
    "keep": _keep,
}
