"""What a reviewer does with the item that is open; the answer is the next one."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from feedback_app.focus import guide, judgement, pairs, questions
from feedback_app.focus.judgement import Filled
from feedback_app.focus.page import Known
from feedback_app.focus.questions import Mistakes, Question
from feedback_app.http import PageRequest, signed_in, uuid_of
from feedback_app.models import Review
from feedback_app.services import reopenings, reviews
from feedback_app.views.asides import keep_along
from feedback_app.views.review_items import go, go_to_coming, go_to_next, show
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import NIL, AnnotationQueue
from traces_app.services import queues, reservations

COMPARED = "Not submitted yet: compare the others, too, and submit then."
LEFT = "That item has left the queue. This is the next one."
TAKEN_BACK = "Taken back: your answers are here again, as a draft."
TAKEN_BACK_BESIDE = "Taken back. You have typed something else since: that is in the form."


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
    return go_to_coming(
        request, queue, Review.State.SUBMITTED, None if queue.takes_pairs else asked
    )


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
    with suppress(NotFound):  # it may have left the queue
        reservations.release(access=request.access, queue_id=queue_id, entity_id=judged_id)
    return go_to_next(request, queue, passing=judged_id)


@require_POST
@signed_in
def visit(request: PageRequest, queue_id: UUID, judged_id: UUID) -> HttpResponse:
    """To another item of the queue without script, which a link would do; the form is kept."""
    queue = queues.find(access=request.access, queue_id=queue_id)
    request.access.must_judge()
    keep_along(request, queue, judged_id)
    return redirect("review-item", queue_id, uuid_of(request.POST.get("to", "")) or judged_id)


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
        return go_to_next(request, queue)
    messages.success(request, TAKEN_BACK_BESIDE if back.has_newer else TAKEN_BACK)
    return go(request, queue, back.review.judged_id)


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
        return go(request, queue, judged_id)
    except NotFound:
        messages.warning(request, LEFT)
        return go_to_next(request, queue)
    left_as = Review.State.SKIPPED if reason is None else Review.State.DECLINED
    return go_to_coming(request, queue, left_as)


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
    return show(request, queue, judged_id, Known(sent=sent, mistakes=mistakes))


def _seconds(request: PageRequest) -> float:
    try:
        return float(request.POST.get("seconds", ""))
    except ValueError:
        return 0.0
