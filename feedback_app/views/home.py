"""My work: the first page after signing in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from feedback_app.focus import mine
from feedback_app.http import PageRequest, came_from, signed_in
from feedback_app.my_work import history as own
from feedback_app.my_work import notices
from feedback_app.services import reopenings
from traces_app.services import queues


@require_safe
@signed_in
def home(request: PageRequest) -> HttpResponse:
    """The queues that wait for the caller, and what the caller was told; who has neither and may
    see traces goes to those."""
    assigned = mine.queues(request.access)
    told = notices.newest(request.access)
    if not assigned and not told and not request.access.sees_queues_only:
        return redirect("traces")
    filled = {
        "assigned": assigned,
        "left": sum(each.left for each in assigned),
        "stopped": mine.stopped_at(request.access),
        "judged": mine.judged(request.access),
        "told": told,
        "unread": notices.unread(request.access) if told else 0,
    }
    return render(request, "feedback_app/home/home.html", filled)


@require_safe
@signed_in
def history(request: PageRequest) -> HttpResponse:
    """What the caller has judged, newest first, to be found and changed."""
    wanted = own.asked(request.GET)
    filled = {
        "asked": wanted,
        "page": own.page(request.access, wanted, request.GET),
        "queues": own.queues(request.access),
        "states": own.STATES,
    }
    return render(request, "feedback_app/home/history.html", filled)


@require_POST
@signed_in
def take_back(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """Take back the caller's submit of one item, and back to where that was asked."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    if reopenings.undo(access=request.access, queue=queue, judged_id=judged_id) is None:
        messages.info(request, "There is nothing to take back: it is not submitted any more.")
    else:
        messages.success(request, "Taken back: your answers are a draft of that item again.")
    return redirect(came_from(request) or "home-history")
