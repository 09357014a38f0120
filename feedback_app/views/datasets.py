"""Taking a trace into the project's dataset from its page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from feedback_app.http import PageRequest, signed_in
from feedback_app.models import Datapoint
from feedback_app.services import datasets
from feedback_app.trace_page import sections
from traces_app.errors import Conflict

CHANGED = ("dataset", "history")


@require_POST
@signed_in
def add(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Add the trace to its project's default dataset, and say what became of it."""
    sections.visible(request.access, trace_id)
    try:
        result = datasets.add_trace(access=request.access, trace_id=trace_id)
    except Conflict as refusal:
        messages.error(request, str(refusal))
    else:
        _say(request, result)
    if not request.htmx:
        return redirect(sections.address(request, trace_id, "dataset"))
    fresh = sections.visible(request.access, trace_id)
    return sections.answer(request, CHANGED, sections.context(request, fresh))


def _say(request: PageRequest, result: datasets.Added) -> None:
    if result.datapoint_id is None:
        messages.error(request, f"Not added. {result.error}")
        return
    visible = Datapoint.objects.visible_to(request.access).select_related("dataset")
    point = visible.get(pk=result.datapoint_id)
    answer = point.get_source_display().lower()
    messages.success(request, f"Added to “{point.dataset}”, with its {answer} as the answer.")
