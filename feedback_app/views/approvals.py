"""Approving generated answers, from the datapoint's page and from its trace's."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from feedback_app.http import PageRequest, signed_in
from feedback_app.models import Datapoint
from feedback_app.services import approvals, datapoints
from feedback_app.trace_page import sections
from feedback_app.views.datasets import CHANGED
from traces_app.errors import Conflict, Invalid, NotFound


@require_POST
@signed_in
def on_datapoint(request: PageRequest, datapoint_id: UUID) -> HttpResponse:
    """Approve, reject or ask again; then the datapoint, or what is left of it."""
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
        return redirect(sections.address(request, trace_id, "dataset"))
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
    what, digest = request.POST.get("do", ""), request.POST.get("digest", "")
    words = request.POST.get("words", "")
    access, pk = request.access, point.pk
    try:
        if what == "approve":
            approvals.approve(access=access, datapoint_id=pk, digest=digest)
            messages.success(request, "Approved: it can be learned from.")
        elif what == "reject":
            gone = approvals.reject(access=access, datapoint_id=pk, reason=words, digest=digest)
            messages.success(request, "Rejected: it is out of the dataset.")
            return gone
        elif what == "again":
            approvals.ask_again(access=access, datapoint_id=pk, note=words, digest=digest)
            messages.success(request, "Another answer is being written.")
        else:
            messages.error(request, "Say what shall be done with the answer.")
    except (Conflict, Invalid) as refusal:
        messages.error(request, str(refusal))
    return None
