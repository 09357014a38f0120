"""The board of a queue: how it stands, and what whoever leads it does about it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from feedback_app.http import PageRequest, signed_in
from feedback_app.queue_page import board as boards
from feedback_app.queue_page import export, rules, setup, versions
from feedback_app.views import queues
from feedback_app.views.snapshots import BUSY
from traces_app.api.bodies import Busy
from traces_app.errors import NotFound
from traces_app.services import reservations


@require_safe
@signed_in
def board(request: PageRequest, queue_id: UUID) -> HttpResponse:
    """How the queue stands."""
    queue = queues.find(request.access, queue_id)
    shown = {
        "queue": queue,
        "project": queue.project,
        "board": boards.of(request.access, queue),
        "asked": setup.asked(queue),
        "rules": rules.of(request.access, queue),
        "versions": versions.of(request.access, queue),
    }
    return render(request, "feedback_app/queues/board.html", shown)


@require_safe
@signed_in
def download(request: PageRequest, queue_id: UUID, form: str) -> HttpResponseBase:
    """What was said in the queue, streamed."""
    queue = queues.find(request.access, queue_id)
    try:
        response = export.answer(queue, form)
    except Busy:
        return HttpResponse(BUSY, status=429, content_type="text/plain; charset=utf-8")
    if response is None:
        raise NotFound("There is no such file.")
    return response


@require_POST
@signed_in
def release(request: PageRequest, queue_id: UUID) -> HttpResponse:
    """Take an item from whoever holds it, so that somebody else may have it."""
    queue = queues.find(request.access, queue_id)
    try:
        item, holder = (UUID(request.POST.get(name, "")) for name in ("item", "holder"))
    except ValueError as error:
        raise NotFound("There is no such item.") from error
    was_held = reservations.revoke(
        access=request.access, queue_id=queue.pk, entity_id=item, holder_id=holder
    )
    messages.success(request, "Released." if was_held else "Nobody held it any more.")
    return redirect("queue", queue.pk)
