"""Correcting a trace's output in its page: drafted as it is typed, submitted, taken back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from feedback_app.http import PageRequest, came_from, signed_in
from feedback_app.services import corrections
from feedback_app.trace_page import corrections as shown
from feedback_app.trace_page import sections
from feedback_app.views.traces import page
from traces_app.errors import Conflict, Invalid
from traces_app.models import Trace

CHANGED = ("correction", "dataset", "history")


@require_POST
@signed_in
def submit(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The caller's correction, from the words in the editor."""
    trace = sections.visible(request.access, trace_id)
    text = _text(request)
    try:
        output = shown.check(trace, text)
    except Invalid as mistake:
        filled = sections.context(request, trace, correction=(text, str(mistake)))
        if request.htmx:
            return sections.answer(request, ("correction",), filled, 422)
        return page(request, trace, filled, 422)
    corrections.submit(access=request.access, trace_id=trace_id, output=output)
    messages.success(request, "Your correction was submitted.")
    return _done(request, trace)


@require_POST
@signed_in
def draft(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Keep the words as they are typed; the answer is what they change."""
    trace = sections.visible(request.access, trace_id)
    corrections.keep_draft(access=request.access, trace_id=trace_id, text=_text(request))
    found = shown.of(request.access, trace, own_only=True)
    filled = {"corrected": found, "saved_at": timezone.localtime()}
    return render(request, "feedback_app/traces/_correction_draft.html", filled)


@require_POST
@signed_in
def discard(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Throw the draft away; what was submitted stays."""
    trace = sections.visible(request.access, trace_id)
    corrections.keep_draft(access=request.access, trace_id=trace_id, text=None)
    messages.success(request, "The draft was thrown away.")
    return _done(request, trace)


@require_POST
@signed_in
def undo(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Take back the caller's last submit."""
    trace = sections.visible(request.access, trace_id)
    try:
        left = corrections.undo(access=request.access, trace_id=trace_id)
    except Conflict as refusal:
        messages.error(request, str(refusal))
    else:
        words = "Your earlier correction counts again." if left else "Your correction is gone."
        messages.success(request, words)
    return _done(request, trace)


def _text(request: PageRequest) -> str:
    return request.POST.get("text", "").replace("\r\n", "\n")


def _done(request: PageRequest, trace: Trace) -> HttpResponse:
    if not request.htmx:
        return redirect(came_from(request) or sections.address(request, trace.pk, "correction"))
    return sections.answer(request, CHANGED, sections.context(request, trace))
