"""Putting traces into queues: picked ones, all that a list finds, and one from its own page."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from feedback_app.http import PageRequest, signed_in
from feedback_app.queue_page import filling
from feedback_app.services import queue_fills
from feedback_app.trace_page import sections
from feedback_app.views import queues as pages
from traces_app.errors import Invalid, NotFound
from traces_app.services import queue_items, queues

ALL = "all"


@require_POST
@signed_in
def fill(request: PageRequest) -> HttpResponse:
    """Add the picked rows, or all that the list's address finds; then the list or the board."""
    pages.must_see(request.access)
    request.access.must_write()
    query = request.GET.urlencode()
    back = f"{reverse('traces')}?{query}" if query else reverse("traces")
    try:
        queue_id = _uuid(request.POST.get("queue", ""))
        if request.POST.get("do") == ALL:
            job = queue_fills.ask(
                access=request.access, queue_id=queue_id, query=query, token=_token(request)
            )
            return redirect(f"{reverse('queue', args=[queue_id])}?job={job.pk}")
        ids = [_uuid(each) for each in request.POST.getlist("id")]
        if not ids:
            raise Invalid("Pick at least one row.")
        new = queue_fills.pick(access=request.access, queue_id=queue_id, ids=ids)
    except Invalid as refusal:
        messages.error(request, str(refusal))
    else:
        queue = queues.find(access=request.access, queue_id=queue_id)
        messages.success(request, f"{_counted(new, len(ids))} “{queue}”.")
    return redirect(back)


@require_POST
@signed_in
def add(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Add one trace, from its page."""
    trace = sections.visible(request.access, trace_id)
    request.access.must_write()
    queue_id = _uuid(request.POST.get("queue", ""))
    new = queue_items.add(access=request.access, queue_id=queue_id, entity_ids=[trace.pk])
    queue = queues.find(access=request.access, queue_id=queue_id)
    messages.success(request, f"{_counted(new, 1)} “{queue}”.")
    if not request.htmx:
        return redirect(sections.address(request, trace_id, "queues"))
    return sections.answer(request, ("queues", "history"), sections.context(request, trace))


@require_POST
@signed_in
def add_thread(request: PageRequest, thread_model_id: UUID) -> HttpResponse:
    """Add one conversation, from its page."""
    pages.must_see(request.access)
    request.access.must_write()
    queue = queues.find(access=request.access, queue_id=_uuid(request.POST.get("queue", "")))
    new = queue_items.add(access=request.access, queue_id=queue.pk, entity_ids=[thread_model_id])
    messages.success(request, f"{_counted(new, 1)} “{queue}”.")
    return redirect("trace-thread", thread_model_id)


@require_safe
@signed_in
def progress(request: PageRequest, queue_id: UUID, job_id: UUID) -> HttpResponse:
    """How far a job is that fills the queue."""
    queue = pages.find(request.access, queue_id)
    shown = {"queue": queue, "filling": filling.of(request.access, queue, job_id)}
    return render(request, "feedback_app/queues/_filling.html", shown)


def _counted(new: int, asked: int) -> str:
    if not new:
        return "That is in it already:" if asked == 1 else "These are in it already:"
    return f"{new} added to" if asked > 1 else "Added to"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such queue or trace.") from error


def _token(request: PageRequest) -> UUID:
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid4()
