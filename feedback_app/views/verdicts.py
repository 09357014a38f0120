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
from traces_app.models import VERDICT, EntityType, Source, Trace
from traces_app.services import scores
from traces_app.services.scores import Said

CHANGED = ("verdict", "scores", "history")


@require_POST
@signed_in
def give(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Record the caller's score and feedback; then this trace again, or the next one."""
    trace = sections.visible(request.access, trace_id)
    alone = trace.lone_feedback_by_id == request.access.author_id
    form = VerdictForm(request.POST, may_be_empty=alone)
    if not form.is_valid():
        return _mistaken(request, trace, form)
    score, feedback = form.cleaned_data["score"], form.cleaned_data["feedback"]
    if score is None:
        scores.give_feedback(access=request.access, trace_id=trace_id, feedback=feedback)
    else:
        said = Said(trace_id, VERDICT, score, Source.UI.value, reason=feedback)
        scores.record(access=request.access, entity_type=EntityType.TRACE, said=[said])
    messages.success(request, "Saved.")
    return _done(request, trace)


@require_POST
@signed_in
def withdraw(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Remove the caller's own score and feedback; others' stay."""
    trace = sections.visible(request.access, trace_id)
    scores.withdraw(access=request.access, trace_id=trace.pk)
    messages.success(request, "Your score was removed.")
    return _done(request, trace)


def _done(request: PageRequest, trace: Trace) -> HttpResponse:
    onward = came_from(request)
    if not request.htmx:
        return redirect(onward or f"{request.path.rsplit('/', 1)[0]}#verdict")
    if onward and "then" in request.POST:
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
