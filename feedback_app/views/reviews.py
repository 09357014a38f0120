"""The focus screen: judging item after item of a queue."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from feedback_app.focus import conversation, guide, judgement, keys, page, pairs, questions, summary
from feedback_app.focus.judgement import Filled
from feedback_app.focus.page import Known
from feedback_app.focus.questions import Mistakes, Question
from feedback_app.http import PageRequest, signed_in, uuid_of
from feedback_app.services import guideline_reads, holds, reopenings, reviews
from feedback_app.views.asides import keep_along
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import NIL, AnnotationQueue
from traces_app.services import queues, reservations
from traces_app.services.reservations import Handed
from traces_app.services.scores import MAX_FEEDBACK

READ = "Reading-Key"
"""In a request: the reading that the browser has. In an answer: that it is to put it in place."""
UUID_LENGTH = 36
"""A reading's key begins with the item."""
COMPARED = "Not submitted yet: compare the others, too, and submit then."
TAKEN_BACK = "Taken back: your answers are here again, as a draft."
TAKEN_BACK_BESIDE = "Taken back. You have typed something else since: that is in the form."


@require_safe
@signed_in
def start(request: PageRequest, queue_id: UUID) -> HttpResponse:
    """The item where the caller stopped, else the next one, else what was done."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    if guide.is_to_be_briefed(request.access, queue):
        return redirect("review-briefing", queue_id)
    handed = reviews.take_next(access=request.access, queue=queue)
    return redirect(_address(queue_id, handed.item.entity_id if handed else None))


@require_safe
@signed_in
def item(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """One item, reserved for the caller if it is free; a pair that is gone leads on."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    before = uuid_of(request.GET.get("before", ""))
    try:
        return _show(request, queue, judged_id, Known(before=before))
    except NotFound:
        access = request.access
        if not (access.may_judge and pairs.has_left(queue, judged_id)):
            raise
    messages.warning(request, pairs.LEFT)
    return _next(request, queue)


@require_safe
@signed_in
def ahead(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """What is to be read of the item that would come next; it stays free for others."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    coming = reviews.look_ahead(access=request.access, queue=queue, judged_id=judged_id)
    if coming is None:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    read = page.reading_of(request.access, queue, conversation.item(queue, coming))
    part = "_pair.html" if queue.takes_pairs else "_reading.html"
    filled = page.readable(request.access, queue, read)
    response = render(request, f"feedback_app/reviews/{part}", filled | {"queue": queue})
    response[READ] = read.key
    return response


@require_safe
@signed_in
def finished(request: PageRequest, queue_id: UUID) -> HttpResponse:
    """The end of a queue: what the caller did in it."""
    return _end(request, queues.find(access=request.access, queue_id=queue_id))


@require_POST
@signed_in
def submit(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """Record the answers; the answer is the next item."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    asked = judgement.questions_of(request.access, queue, judged_id)
    given, words = judgement.sent(queue, asked, request.POST), judgement.feedback(request.POST)
    filled = Filled(given, words)
    if "take" in request.POST:
        return _take(request, queue, judged_id, asked, filled)
    try:
        said = reviews.Submitted(
            answers=questions.read(asked, given),
            feedback=words,
            seconds=_seconds(request),
            token=uuid_of(request.POST.get("token", "")) or uuid4(),
            seen=uuid_of(request.POST.get("seen", "")) or NIL,
            compared=uuid_of(request.POST.get("compared", "")) or NIL,
            guideline=guide.number_of(request.POST.get("guideline", "")),
        )
        reviews.submit(access=request.access, queue=queue, judged_id=judged_id, said=said)
    except Mistakes as mistakes:
        return _again(request, queue, judged_id, filled, mistakes.by_question)
    except Invalid as mistake:
        return _again(request, queue, judged_id, filled, {"": str(mistake)})
    except Conflict as refusal:
        draft = judgement.as_draft(asked, given, words)
        reviews.keep_draft(access=request.access, queue=queue, judged_id=judged_id, draft=draft)
        # Where there is no room the page says so, and what can be done.
        words = "" if isinstance(refusal, reviews.NoRoom) else str(refusal)
        return _again(request, queue, judged_id, filled, {"": words})
    except NotFound:
        if not queue.takes_pairs:
            raise
        messages.warning(request, pairs.LEFT)
    return _on(request, queue, None if queue.takes_pairs else asked)


@require_POST
@signed_in
def skip(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """Put the item at the end of the caller's list, and go on; a form that comes along is kept."""
    return _leave(request, queue_id, judged_id)


@require_POST
@signed_in
def go_on(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """On to another item from one that was lost; the form is kept, and nothing was skipped."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    keep_along(request, queue, judged_id)
    reservations.release(access=request.access, queue_id=queue_id, entity_id=judged_id)
    return _next(request, queue, passing=judged_id)


@require_POST
@signed_in
def decline(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """Never be asked about it again, with a reason, and go on."""
    return _leave(request, queue_id, judged_id, reason=request.POST.get("reason", ""))


@require_POST
@signed_in
def undo(request: PageRequest, queue_id: UUID) -> HttpResponse:
    """Take back the caller's last submit and return to it, the old answers in place.

    The form of the item that is left comes along without script, and is kept.
    """
    queue = queues.find(access=request.access, queue_id=queue_id)
    if (left := uuid_of(request.POST.get("of", ""))) is not None:
        keep_along(request, queue, left)
    back = reopenings.undo(access=request.access, queue=queue)
    if back is None:
        messages.info(request, "There is nothing to undo in this queue.")
        return _next(request, queue)
    messages.success(request, TAKEN_BACK_BESIDE if back.has_newer else TAKEN_BACK)
    return _go(request, queue, back.review.judged_id)


def _leave(
    request: PageRequest, queue_id: UUID, judged_id: UUID, reason: str | None = None
) -> HttpResponse:
    queue = queues.find(access=request.access, queue_id=queue_id)
    try:
        keep_along(request, queue, judged_id)
        if reason is None:
            reviews.skip(access=request.access, queue=queue, judged_id=judged_id)
        else:
            reviews.decline(access=request.access, queue=queue, judged_id=judged_id, reason=reason)
    except (Conflict, Invalid) as refusal:
        messages.error(request, str(refusal))
        return _go(request, queue, judged_id)
    return _on(request, queue)


def _next(
    request: PageRequest, queue: AnnotationQueue, passing: UUID | None = None
) -> HttpResponse:
    handed = reviews.take_next(access=request.access, queue=queue, passing=passing)
    return _hand(request, queue, handed)


def _on(
    request: PageRequest, queue: AnnotationQueue, asked: Sequence[Question] | None = None
) -> HttpResponse:
    """From an item that the caller is through with to the one that the browser has read ahead, if
    it is free still, else to the next one."""
    coming, handed = uuid_of(request.headers.get(READ, "")[:UUID_LENGTH]), None
    if coming is not None:
        handed = holds.take_coming(access=request.access, queue=queue, judged_id=coming)
    handed = handed or reviews.take_next(access=request.access, queue=queue)
    return _hand(request, queue, handed, asked)


def _hand(
    request: PageRequest,
    queue: AnnotationQueue,
    handed: Handed | None,
    asked: Sequence[Question] | None = None,
) -> HttpResponse:
    known = Known(asked=asked, handed=handed, read=request.headers.get(READ, ""))
    return _go(request, queue, handed.item.entity_id if handed else None, known)


def _go(
    request: PageRequest,
    queue: AnnotationQueue,
    judged_id: UUID | None,
    known: Known = Known(),  # noqa: B008 - it does not change
) -> HttpResponse:
    """The page of an item: at once for HTMX, which puts its address in the bar, else by address."""
    address = _address(queue.pk, judged_id)
    if not request.htmx:
        return redirect(address)
    if judged_id is None:
        response = _end(request, queue)
    else:
        response = _show(request, queue, judged_id, known)
    response["HX-Push-Url"] = address
    return response


def _take(
    request: PageRequest,
    queue: AnnotationQueue,
    judged_id: UUID,
    asked: Sequence[Question],
    filled: Filled,
) -> HttpResponse:
    """The form again, with what was submitted in one field; nothing is submitted by that."""
    access, field = request.access, request.POST["take"]
    taken = judgement.with_submitted(access, queue, judged_id, asked, filled, field)
    kept = judgement.as_draft(asked, taken.given, taken.feedback)
    reviews.keep_draft(access=access, queue=queue, judged_id=judged_id, draft=kept)
    return _again(request, queue, judged_id, taken, {"": COMPARED})


def _again(
    request: PageRequest,
    queue: AnnotationQueue,
    judged_id: UUID,
    sent: Filled,
    mistakes: Mapping[str, str],
) -> HttpResponse:
    """The item with what was sent, and what is wrong with it."""
    return _show(request, queue, judged_id, Known(sent=sent, mistakes=mistakes))


def _show(
    request: PageRequest, queue: AnnotationQueue, judged_id: UUID, known: Known
) -> HttpResponse:
    access = request.access
    if access.may_judge and not known.sent and not known.handed:
        holds.take(access=access, queue=queue, judged_id=judged_id)
    filled = page.context(access, queue, judged_id, known)
    if access.may_judge and filled["guideline"].is_first:
        number = filled["guideline"].number
        guideline_reads.take_note(access=access, queue=queue, number=number)
    is_swapped = request.htmx and not request.htmx.history_restore_request
    layout = "body.html" if is_swapped else "base.html"
    sheet = keys.of(access, queue, filled)
    filled |= {"keys": sheet, "most_feedback": MAX_FEEDBACK, "layout": layout}
    template = "feedback_app/reviews/focus.html"
    if queue.takes_pairs:
        filled |= pairs.context(filled, shows_words="words" in request.GET)
        template = "feedback_app/reviews/pair.html"
    status = HTTPStatus.UNPROCESSABLE_ENTITY if known.sent else HTTPStatus.OK
    response = render(request, template, filled, status=status)
    if filled["is_read"]:
        response[READ] = known.read
    return response


def _end(request: PageRequest, queue: AnnotationQueue) -> HttpResponse:
    filled = {"queue": queue, "done": summary.of(request.access, queue)}
    return render(request, "feedback_app/reviews/finished.html", filled)


def _address(queue_id: UUID, judged_id: UUID | None) -> str:
    if judged_id is None:
        return reverse("review-finished", args=[queue_id])
    return reverse("review-item", args=[queue_id, judged_id])


def _seconds(request: PageRequest) -> float:
    try:
        return float(request.POST.get("seconds", ""))
    except ValueError:
        return 0.0
