"""The focus screen as a page: the item that is open, the one that comes next, the end."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from feedback_app.focus import ahead as pages_ahead
from feedback_app.focus import guide, keys, page, pairs, summary
from feedback_app.focus.page import Known
from feedback_app.focus.questions import Question
from feedback_app.http import PageRequest, signed_in, uuid_of
from feedback_app.services import guideline_reads, holds, reviews
from traces_app.errors import NotFound
from traces_app.models import AnnotationQueue
from traces_app.services import queues
from traces_app.services.scores import MAX_FEEDBACK

AHEAD = "Page-Ahead"
"""In a request: the key of the page that the browser has. In an answer: that it is to show it."""


@require_safe
@signed_in
def start(request: PageRequest, queue_id: UUID) -> HttpResponse:
    """The item where the caller stopped, else the next one, else what was done."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    if guide.is_to_be_briefed(request.access, queue):
        return redirect("review-briefing", queue_id)
    handed = reviews.take_next(access=request.access, queue=queue)
    return redirect(address(queue_id, handed.item.entity_id if handed else None))


@require_safe
@signed_in
def item(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """One item, reserved for the caller if it is free; a pair that is gone leads on."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    before = uuid_of(request.GET.get("before", ""))
    try:
        return show(request, queue, judged_id, Known(before=before))
    except NotFound:
        access = request.access
        if not (access.may_judge and pairs.has_left(queue, judged_id)):
            raise
    messages.warning(request, pairs.LEFT)
    return go_to_next(request, queue)


@require_safe
@signed_in
def ahead(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """The page of the item that would come next; it stays free for others."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    coming = reviews.look_ahead(access=request.access, queue=queue, judged_id=judged_id)
    if coming is None:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    filled = _filled(request, queue, coming, Known(after=judged_id))
    response = render(request, _template(queue), filled | {"layout": "body.html"})
    response[AHEAD] = pages_ahead.key(filled, _secret(request))
    return response


@require_safe
@signed_in
def finished(request: PageRequest, queue_id: UUID) -> HttpResponse:
    """The end of a queue: what the caller did in it."""
    return _end(request, queues.find(access=request.access, queue_id=queue_id))


def go_to_next(
    request: PageRequest, queue: AnnotationQueue, passing: UUID | None = None
) -> HttpResponse:
    """The next item of the caller, but not ``passing``; the end where there is none."""
    handed = reviews.take_next(access=request.access, queue=queue, passing=passing)
    judged_id = handed.item.entity_id if handed else None
    return go(request, queue, judged_id, Known(handed=handed))


def go_to_coming(
    request: PageRequest,
    queue: AnnotationQueue,
    left_as: str,
    asked: Sequence[Question] | None = None,
) -> HttpResponse:
    """From an item that the caller is through with to the one that the browser has read ahead, if
    it is free still, else to the next one."""
    key = request.headers.get(AHEAD, "")
    wanted, coming = uuid_of(key[: pages_ahead.UUID_LENGTH]), None
    if wanted is not None:
        coming = holds.take_coming(access=request.access, queue=queue, judged_id=wanted)
    if coming is None:
        return go_to_next(request, queue)
    handed = coming.handed
    known = Known(asked=asked, handed=handed, coming=coming, ahead=key, left_as=left_as)
    return go(request, queue, handed.item.entity_id, known)


def go(
    request: PageRequest,
    queue: AnnotationQueue,
    judged_id: UUID | None,
    known: Known = Known(),  # noqa: B008 - it does not change
) -> HttpResponse:
    """The page of an item: at once for HTMX, which puts its address in the bar, else by address."""
    there = address(queue.pk, judged_id)
    if not request.htmx:
        return redirect(there)
    if judged_id is not None:
        response = show(request, queue, judged_id, known)
    else:
        response = _end(request, queue)
    response["HX-Push-Url"] = there
    return response


def show(
    request: PageRequest, queue: AnnotationQueue, judged_id: UUID, known: Known
) -> HttpResponse:
    """The page of an item, which is reserved for the caller if it is free: whole, or what is new
    in the one that the browser has made ready."""
    access = request.access
    if access.may_judge and not known.sent and not known.handed:
        holds.take(access=access, queue=queue, judged_id=judged_id)
    filled = _filled(request, queue, judged_id, known)
    if access.may_judge and filled["guideline"].is_first:
        number = filled["guideline"].number
        guideline_reads.take_note(access=access, queue=queue, number=number)
    if known.ahead and known.ahead == pages_ahead.key(filled, _secret(request)):
        response = render(request, "feedback_app/reviews/_arrived.html", filled)
        response[AHEAD] = known.ahead
        return response
    is_swapped = request.htmx and not request.htmx.history_restore_request
    filled["layout"] = "body.html" if is_swapped else "base.html"
    status = HTTPStatus.UNPROCESSABLE_ENTITY if known.sent else HTTPStatus.OK
    return render(request, _template(queue), filled, status=status)


def address(queue_id: UUID, judged_id: UUID | None) -> str:
    """Where an item is, or the end."""
    if judged_id is None:
        return reverse("review-finished", args=[queue_id])
    return reverse("review-item", args=[queue_id, judged_id])


def _filled(
    request: PageRequest, queue: AnnotationQueue, judged_id: UUID, known: Known
) -> dict[str, Any]:
    access = request.access
    filled = page.context(access, queue, judged_id, known)
    filled |= {"keys": keys.of(access, queue, filled), "most_feedback": MAX_FEEDBACK}
    if queue.takes_pairs:
        filled |= pairs.context(filled, shows_words="words" in request.GET)
    return filled


def _template(queue: AnnotationQueue) -> str:
    return f"feedback_app/reviews/{'pair' if queue.takes_pairs else 'focus'}.html"


def _secret(request: PageRequest) -> str:
    """What the forms of a page are signed with."""
    return str(request.META.get("CSRF_COOKIE", ""))


def _end(request: PageRequest, queue: AnnotationQueue) -> HttpResponse:
    filled = {"queue": queue, "done": summary.of(request.access, queue)}
    return render(request, "feedback_app/reviews/finished.html", filled)
