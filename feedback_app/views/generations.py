"""Pages that wait for an answer of the generator ask here until it is there, or has failed.

Nothing is sent while there is nothing new, so that nobody who reads or types is disturbed.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from feedback_app.http import PageRequest, signed_in
from feedback_app.services import generations, named_datasets
from feedback_app.trace_page import sections
from feedback_app.views import datapoints
from traces_app.models import Trace


@require_safe
@signed_in
def of_trace(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The section beside the trace, once its answer is there or has failed."""
    trace = sections.visible(request.access, trace_id)
    if not request.htmx:
        return redirect(sections.address(request, trace_id, "dataset"))
    if generations.running([trace]):
        return HttpResponse(status=204)
    _tell(request, trace)
    return sections.answer(request, ("dataset",), sections.context(request, trace))


@require_safe
@signed_in
def of_datapoint(request: PageRequest, datapoint_id: UUID) -> HttpResponse:
    """The datapoint again, once another answer for it is there or has failed."""
    point = datapoints.visible(request, datapoint_id)
    if not request.htmx:
        return redirect("datapoint", datapoint_id)
    traces = list(Trace.objects.visible_to(request.access).filter(pk=point.trace_id))
    if generations.running(traces):
        return HttpResponse(status=204)
    for trace in traces:
        _tell(request, trace)
    return datapoints.answer(request, point, {})


@require_safe
@signed_in
def of_dataset(request: PageRequest, dataset_id: UUID) -> HttpResponse:
    """How many answers are still being written, when they are not as many as were ``seen``."""
    dataset = named_datasets.find(access=request.access, dataset_id=dataset_id)
    if not request.htmx:
        return redirect("dataset", dataset_id)
    number = generations.number_for(dataset)
    if str(number) == request.GET.get("seen"):
        return HttpResponse(status=204)
    shown = {"dataset": dataset, "writing": number, "is_news": True}
    return render(request, "feedback_app/datasets/_writing.html", shown)


def _tell(request: PageRequest, trace: Trace) -> None:
    if trace.processing_status == Trace.ProcessingStatus.FAILED:
        messages.error(request, trace.processing_error)
    else:
        messages.success(request, "Its answer has been written.")
