"""Reviews of the items of queues: handed out, drafted, submitted, put off and taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from feedback_app.focus.questions import Answer
from feedback_app.models import Review
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid
from traces_app.models import NIL, VERDICT, AnnotationQueue, EntityType, QueueItem, Score, Source
from traces_app.services import authors, entities, events, queues, reservations, scores
from traces_app.services.scores import MAX_FEEDBACK, Said

FULL = "Others have finished this item meanwhile. Your answers are kept as a draft."
CHANGED = "You have answered this in another place meanwhile. Compare before you submit again."
MOST_SECONDS = 3600
"""More than this on one item was not spent on it."""


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """What somebody submits; ``token`` is fresh for each time that the form is opened.

    ``seen`` is the submitted review that the form was filled with, as its token; NIL for none.
    """

    answers: Mapping[str, Answer]
    feedback: str = ""
    seconds: float = 0
    token: UUID = NIL
    seen: UUID = NIL


def take_next(*, access: Access, queue_id: UUID) -> UUID | None:
    """Reserve the next item for the caller; the trace or thread, None when nothing is left.

    What the caller holds comes first, then what nobody asked of the caller yet, in the queue's
    order, then what the caller has skipped. Raises Forbidden and NotFound.
    """
    queue = queues.find(access=access, queue_id=queue_id)
    states = Review.State
    return reservations.take_next(
        access=access,
        queue_id=queue_id,
        finished=_ids(mine(access, queue, states.SUBMITTED, states.DECLINED)),
        later=mine(access, queue, states.SKIPPED).values("judged_id", "last_updated_at"),
    )


@transaction.atomic
def hold(
    *, access: Access, queue_id: UUID, judged_id: UUID, renew: bool = False
) -> datetime | None:
    """Reserve an item for the caller, if a review by the caller is still wanted of it; until when.

    With ``renew`` only what the caller holds is held on to: who lost it is to ask for it anew.
    None: it is not held. Raises Forbidden and NotFound.
    """
    access.must_judge()
    queue, review = _open(access, queue_id, judged_id)
    item = reservations.locked_item(queue=queue, entity_id=judged_id)
    held = reservations.until(access=access, queue=queue, item=item)
    if review.state in (Review.State.SUBMITTED, Review.State.DECLINED) or (renew and not held):
        return None
    if not reservations.may_review(access=access, queue=queue, item=item):
        return None
    claim = reservations.claim(access=access, queue_id=queue_id, entity_id=judged_id)
    return claim.expires_at if claim.is_mine else None


@transaction.atomic
def submit(*, access: Access, queue_id: UUID, judged_id: UUID, said: Submitted) -> Review:
    """Record the caller's answers as scores of the queue; the same token twice is one submit.

    Raises Forbidden, NotFound, Invalid, and Conflict where enough others have reviewed the item,
    or where the caller has answered elsewhere since the form was opened: nothing is recorded then.
    """
    access.must_judge()
    queue, review = _open(access, queue_id, judged_id)
    if review.state == Review.State.SUBMITTED and review.token == said.token:
        return review
    feedback = normal_form.clean_text(said.feedback.strip())
    if len(feedback) > MAX_FEEDBACK:
        raise Invalid(f"Feedback has at most {MAX_FEEDBACK} characters.")
    item = reservations.locked_item(queue=queue, entity_id=judged_id)
    if review.state == Review.State.SUBMITTED:
        if review.token != said.seen:
            raise Conflict(CHANGED)
    elif not reservations.may_review(access=access, queue=queue, item=item):
        raise Conflict(FULL)
    before = _facts(review)
    # An empty box clears what it held, and is silent about words that were never in it.
    words = feedback if feedback or review.feedback else None
    _score(access, queue, judged_id, said.answers, words)
    review.answers = normal_form.dump({name: each.stored for name, each in said.answers.items()})
    review.feedback, review.draft, review.decline_reason = feedback, None, ""
    review.state, review.token = Review.State.SUBMITTED, said.token
    review.seconds = max(0.0, min(float(said.seconds), MOST_SECONDS))
    review.last_updated_at = review.submitted_at = timezone.now()
    review.save()
    reservations.release(access=access, queue_id=queue_id, entity_id=judged_id)
    _record(access, "review.submit", queue, review, before)
    return review


@transaction.atomic
def keep_draft(*, access: Access, queue_id: UUID, judged_id: UUID, draft: str | None) -> None:
    """Keep the form as it stands, as JSON text; None throws the draft away. No event tells of it.

    It is kept whether or not the caller still holds the item. Raises Forbidden and NotFound.
    """
    access.must_judge()
    _, review = _open(access, queue_id, judged_id)
    review.draft = draft
    review.last_updated_at = timezone.now()
    review.save()


@transaction.atomic
def skip(*, access: Access, queue_id: UUID, judged_id: UUID) -> None:
    """Put an item at the end of the caller's own list; others may have it at once."""
    _leave(access, queue_id, judged_id, Review.State.SKIPPED, "")


@transaction.atomic
def decline(*, access: Access, queue_id: UUID, judged_id: UUID, reason: str) -> None:
    """Never be asked about an item again. Raises Invalid without a reason."""
    access.must_judge()
    words = normal_form.clean_text(reason.strip())
    if not words or len(words) > MAX_FEEDBACK:
        raise Invalid("Say why you decline it.")
    _leave(access, queue_id, judged_id, Review.State.DECLINED, words)


@transaction.atomic
def flag(*, access: Access, queue_id: UUID, judged_id: UUID, is_flagged: bool) -> Review:
    """Mark an item for whoever leads the queue, or take the mark away."""
    access.must_judge()
    queue, review = _open(access, queue_id, judged_id)
    before = _facts(review)
    review.is_flagged = is_flagged
    review.last_updated_at = timezone.now()
    review.save()
    _record(access, "review.flag", queue, review, before)
    return review


@transaction.atomic
def undo(*, access: Access, queue_id: UUID) -> UUID | None:
    """Take back the caller's last submit in a queue: its scores go, its answers are a draft again.

    The item is the caller's to answer anew. None when there is nothing to take back.
    """
    access.must_judge()
    queue = queues.find(access=access, queue_id=queue_id)
    submitted = mine(access, queue, Review.State.SUBMITTED).filter(in_queue(queue))
    last = submitted.order_by("-submitted_at").first()
    if last is None:
        return None
    queue, review = _open(access, queue_id, last.judged_id)
    if review.state != Review.State.SUBMITTED:  # another request has taken it back meanwhile
        return review.judged_id
    before = _facts(review)
    _score(access, queue, review.judged_id, {}, None)
    review.draft = normal_form.dump(
        {"answers": normal_form.load(review.answers), "feedback": review.feedback}
    )
    review.state, review.answers, review.feedback = Review.State.OPEN, "{}", ""
    review.token, review.submitted_at = NIL, None
    review.last_updated_at = timezone.now()
    review.save()
    _record(access, "review.undo", queue, review, before)
    reservations.claim(access=access, queue_id=queue_id, entity_id=review.judged_id)
    return review.judged_id


def mine(access: Access, queue: AnnotationQueue, *states: str) -> QuerySet[Review]:
    """The caller's own reviews in a queue."""
    rows = Review.objects.filter(
        project_id=queue.project_id, queue_id=queue.pk, author_id=access.author_id
    )
    return rows.filter(state__in=states) if states else rows


def in_queue(queue: AnnotationQueue) -> Exists:
    """Does the review's item still stand in the queue?"""
    return Exists(
        QueueItem.objects.filter(
            project_id=queue.project_id, queue_id=queue.pk, entity_id=OuterRef("judged_id")
        )
    )


def _ids(reviews: QuerySet[Review]) -> "QuerySet[Review, UUID]":
    return reviews.values_list("judged_id", flat=True)


def _open(access: Access, queue_id: UUID, judged_id: UUID) -> tuple[AnnotationQueue, Review]:
    """The queue, and the caller's review of its item, new and unsaved if there is none.

    The item is locked. Raises NotFound.
    """
    queue = queues.find(access=access, queue_id=queue_id)
    # What is judged before its item, as all who write scores lock them.
    entities.locked_homes(access, EntityType(queue.scope), {judged_id})
    reservations.locked_item(queue=queue, entity_id=judged_id)
    review = mine(access, queue).filter(judged_id=judged_id).first()
    now = timezone.now()
    is_thread = queue.scope == AnnotationQueue.Scope.THREAD
    return queue, review or Review(
        project_id=queue.project_id,
        queue_id=queue.pk,
        judged_id=judged_id,
        trace_id=None if is_thread else judged_id,
        thread_id=judged_id if is_thread else None,
        author_id=access.author_id,
        created_at=now,
        last_updated_at=now,
    )


def _leave(access: Access, queue_id: UUID, judged_id: UUID, state: str, reason: str) -> None:
    access.must_judge()
    queue, review = _open(access, queue_id, judged_id)
    if review.state == Review.State.SUBMITTED:
        raise Conflict("You have submitted this one. Undo that first.")
    before = _facts(review)
    review.state, review.decline_reason = state, reason
    review.last_updated_at = timezone.now()
    review.save()
    reservations.release(access=access, queue_id=queue_id, entity_id=judged_id)
    _record(access, f"review.{'skip' if not reason else 'decline'}", queue, review, before)


def _score(
    access: Access,
    queue: AnnotationQueue,
    judged_id: UUID,
    answers: Mapping[str, Answer],
    feedback: str | None,
) -> None:
    """Make the caller's scores in the queue say what ``answers`` say; the feedback goes to one of
    them: to the verdict, else to the first that is no text itself. None is no word on it; ""
    clears."""
    kind = EntityType(queue.scope)
    old = Score.objects.about(kind, {judged_id}).filter(
        project_id=queue.project_id, queue_id=queue.pk, author_id=access.author_id
    )
    gone = set(old.values_list("name", flat=True)) - set(answers)
    if gone:
        scores.delete(
            access=access,
            entity_type=kind,
            entity_id=judged_id,
            names=gone,
            author=authors.names([access.author_id])[access.author_id],
            queue_id=queue.pk,
        )
    wordless = [name for name, answer in answers.items() if answer.words is None]
    worded = VERDICT if VERDICT in wordless else next(iter(wordless), "")
    said = [
        Said(
            judged_id,
            name,
            answer.value,
            Source.UI.value,
            feedback if name == worded else answer.words,
            answer.category,
            queue.pk,
        )
        for name, answer in answers.items()
    ]
    if said:
        scores.record(access=access, entity_type=kind, said=said)


def _facts(review: Review) -> dict[str, object]:
    return {
        "state": str(review.state),
        "answers": normal_form.load(review.answers),
        "feedback": review.feedback,
        "is_flagged": review.is_flagged,
        "decline_reason": review.decline_reason,
    }


def _record(
    access: Access, action: str, queue: AnnotationQueue, review: Review, before: dict[str, object]
) -> None:
    after = _facts(review)
    changed = [name for name in after if before[name] != after[name]]
    change = events.Change(
        action,
        queue.scope,
        review.judged_id,
        review.project_id,
        {name: before[name] for name in changed},
        {name: after[name] for name in changed} | {"queue": str(queue.pk)},
    )
    if action == "review.submit":
        change.after["seconds"] = review.seconds
    events.record(access, [change])
