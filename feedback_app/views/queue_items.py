"""Putting a trace or a conversation into a queue from its own page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from feedback_app.http import PageRequest, signed_in
from feedback_app.trace_page import sections
from feedback_app.views import queues as pages
from traces_app.errors import Invalid, NotFound
from traces_app.services import queue_items, queues


@require_POST
@signed_in
def add(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Add one trace, from its page."""
    trace = sections.visible(request.access, trace_id)
    request.access.must_write()
    _add(request, trace.pk)
    if not request.htmx:
        return redirect(sections.address(request, trace_id, "queues"))
    return sections.answer(request, ("queues", "history"), sections.context(request, trace))


@require_POST
@signed_in
def add_thread(request: PageRequest, thread_model_id: UUID) -> HttpResponse:
    """Add one conversation, from its page."""
    pages.must_see(request.access)
    request.access.must_write()
    _add(request, thread_model_id)
    return redirect("trace-thread", thread_model_id)


def _add(request: PageRequest, judged_id: UUID) -> None:
    """Into the queue that was chosen, with a word on it. Raises NotFound."""
    queue = queues.find(access=request.access, queue_id=_uuid(request.POST.get("queue", "")))
    try:
        new = queue_items.add(access=request.access, queue_id=queue.pk, entity_ids=[judged_id])
    except Invalid as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{_counted(new)} “{queue}”.")


def _counted(new: int) -> str:
    return "Added to" if new else "That is in it already:"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such queue or trace.") from error
