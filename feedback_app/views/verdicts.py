"""Judging a trace in a page: score and feedback, given and withdrawn."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from feedback_app.forms.verdicts import VerdictForm
from feedback_app.http import PageRequest, came_from, signed_in
from feedback_app.trace_page import sections
from feedback_app.views.traces import page
from traces_app.models import Trace
from traces_app.services import feedbacks, judged_traces
from traces_app.services.judged_traces import Rejudgement

CHANGED = ("verdict", "dataset", "scores", "history")


@require_POST
@signed_in
def give(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Record the caller's score and feedback; then this trace again, or the next one.

    Without a score the caller's own one goes, and the words stand alone.
    """
    trace = sections.visible(request.access, trace_id)
    form = VerdictForm.sent(request.POST, may_be_empty=sections.has_judged(request.access, trace))
    if not form.is_valid():
        return _mistaken(request, trace, form)
    given = form.cleaned_data
    change = Rejudgement(score=given["score"], feedback=given["feedback"])
    judged_traces.update(access=request.access, trace_id=trace_id, change=change)
    is_empty = given["score"] is None and not given["feedback"]
    messages.success(request, "Your judgement was removed." if is_empty else "Saved.")
    return _done(request, trace)


@require_POST
@signed_in
def withdraw(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Remove the caller's own score and feedback; others' stay."""
    trace = sections.visible(request.access, trace_id)
    feedbacks.withdraw(access=request.access, trace_id=trace.pk)
    messages.success(request, "Your score was removed.")
    return _done(request, trace)


def _done(request: PageRequest, trace: Trace) -> HttpResponse:
    onward = came_from(request) if "then" in request.POST else ""
    if not request.htmx:
        return redirect(onward or sections.address(request, trace.pk, "verdict"))
    if onward:
        response = HttpResponse(status=204)
        response["HX-Location"] = onward
        return response
    fresh = sections.visible(request.access, trace.pk)
    return sections.answer(request, CHANGED, sections.context(request, fresh))


def _mistaken(request: PageRequest, trace: Trace, form: VerdictForm) -> HttpResponse:
    filled = sections.context(request, trace, verdict=form)
    if request.htmx:
        return sections.answer(request, ("verdict",), filled, 422)
    return page(request, trace, filled, 422)
