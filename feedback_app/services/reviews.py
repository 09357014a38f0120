"""Reviews of the items of queues: handed out, drafted, submitted, put off and declined."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from feedback_app.focus.questions import Answer
from feedback_app.models import Review
from feedback_app.services import lines, pairs
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid
from traces_app.models import (
    NIL,
    VERDICT,
    AnnotationQueue,
    EntityType,
    QueueItem,
    Source,
    statements,
)
from traces_app.models.prepared import prepared
from traces_app.services import entities, events, guidelines, reservations, scores
from traces_app.services.reservations import Handed
from traces_app.services.scores import MAX_FEEDBACK, Said

FULL = "Others hold or have finished this item. Your answers are kept as a draft."
CHANGED = "You have answered this in another place meanwhile. Compare before you submit again."
MOST_SECONDS = 3600
"""More than this on one item was not spent on it."""


class NoRoom(Conflict):
    """The item has as many reviews, or people who hold it, as it needs."""


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """What somebody submits; ``token`` is fresh for each time that the form is opened.

    ``seen`` is the submitted review that the form was filled with, as its token; NIL for none.
    ``compared`` is the fingerprint of the pair that was read, where it is one.
    ``guideline`` is the version that stood beside it; the newest counts for one that is none.
    """

    answers: Mapping[str, Answer]
    feedback: str = ""
    seconds: float = 0
    token: UUID = NIL
    seen: UUID = NIL
    compared: UUID = NIL
    guideline: int = 0


def take_next(
    *, access: Access, queue: AnnotationQueue, passing: UUID | None = None
) -> Handed | None:
    """Reserve the next item of a queue for the caller; None when nothing is left.

    What the caller holds comes first, then what nobody asked of the caller yet, in the queue's
    order, then what the caller has skipped; ``passing`` only where there is no other. Raises
    Forbidden.
    """
    line = lines.of(queue)
    if passing is not None:
        others = reservations.take_next(access=access, queue=queue, line=line, passed=[passing])
        if others is not None:
            return others
    return reservations.take_next(access=access, queue=queue, line=line)


def look_ahead(*, access: Access, queue: AnnotationQueue, judged_id: UUID) -> UUID | None:
    """What ``take_next`` would hand out once the caller is through with an item; it stays free.

    Raises Forbidden.
    """
    return reservations.look_ahead(
        access=access, queue=queue, judged_id=judged_id, line=lines.of(queue)
    )


@transaction.atomic
def submit(*, access: Access, queue: AnnotationQueue, judged_id: UUID, said: Submitted) -> Review:
    """Record the caller's answers as scores of the queue; the same token twice is one submit.

    Raises Forbidden, NotFound, Invalid, NoRoom where enough others review the item, and Conflict
    where the caller has answered elsewhere since the form was opened: nothing is recorded then.
    """
    access.must_judge()
    item, review = locked(access, queue, judged_id)
    if review.state == Review.State.SUBMITTED and review.token == said.token:
        return review
    feedback = normal_form.clean_text(said.feedback.strip())
    if len(feedback) > MAX_FEEDBACK:
        raise Invalid(f"Feedback has at most {MAX_FEEDBACK} characters.")
    if review.state == Review.State.SUBMITTED:
        if review.token != said.seen:
            raise Conflict(CHANGED)
    elif not reservations.holders_of(access=access, item=item).leave_room(item):
        raise NoRoom(FULL)
    pairs.check(
        access=access,
        queue=queue,
        item=item,
        answers=said.answers.values(),
        compared=said.compared,
    )
    before = facts(review)
    # An empty box clears what it held, and is silent about words that were never in it.
    held = review.is_submitted and review.feedback
    words = feedback if feedback or held else None
    scores.replace(access=access, item=item, said=_scores(item, said.answers, words))
    review.answers = normal_form.dump({name: each.stored for name, each in said.answers.items()})
    review.feedback, review.draft, review.decline_reason = feedback, None, ""
    review.state, review.token = Review.State.SUBMITTED, said.token
    review.instructions_version = _guideline(queue, said.guideline)
    review.seconds = max(0.0, min(float(said.seconds), MOST_SECONDS))
    review.last_updated_at = review.submitted_at = timezone.now()
    statements.save(review)
    reservations.give_back(access=access, item=item)
    record(access, "review.submit", queue, review, before)
    return review


@transaction.atomic
def keep_draft(
    *, access: Access, queue: AnnotationQueue, judged_id: UUID, draft: str | None
) -> None:
    """Keep the form as it stands, as JSON text; None throws the draft away. No event tells of it.

    It is kept whether or not the caller still holds the item. Raises Forbidden and NotFound.
    """
    access.must_judge()
    _, review = locked(access, queue, judged_id)
    review.draft = draft
    review.last_updated_at = timezone.now()
    review.save()


@transaction.atomic
def skip(*, access: Access, queue: AnnotationQueue, judged_id: UUID) -> None:
    """Put an item at the end of the caller's own list; others may have it at once.

    Raises Conflict for what the caller has submitted.
    """
    _leave(access, queue, judged_id, Review.State.SKIPPED, "")


@transaction.atomic
def decline(*, access: Access, queue: AnnotationQueue, judged_id: UUID, reason: str) -> None:
    """Never be asked about an item again. Raises Invalid without a reason."""
    access.must_judge()
    words = normal_form.clean_text(reason.strip())
    if not words or len(words) > MAX_FEEDBACK:
        raise Invalid("Say why you decline it.")
    _leave(access, queue, judged_id, Review.State.DECLINED, words)


def mine(access: Access, queue: AnnotationQueue, *states: str) -> QuerySet[Review]:
    """The caller's own reviews in a queue."""
    rows = Review.objects.filter(
        project_id=queue.project_id, queue_id=queue.pk, author_id=access.author_id
    )
    return rows.filter(state__in=states) if states else rows


def own(access: Access, queue: AnnotationQueue, judged_id: UUID) -> Review | None:
    """The caller's own review of an item, if there is one."""
    return _own.first(queue.project_id, queue.pk, judged_id, access.author_id)


@prepared
def _own(project_id: UUID, queue_id: UUID, judged_id: UUID, author_id: UUID) -> QuerySet[Review]:
    rows = Review.objects.filter(project_id=project_id, queue_id=queue_id)
    return rows.filter(judged_id=judged_id, author_id=author_id)


def in_queue(queue: AnnotationQueue) -> Exists:
    """Does the review's item still stand in the queue?"""
    return stands(queue.project_id, queue.pk)


def stands(project_id: UUID, queue_id: UUID) -> Exists:
    """The same by the ids of the queue."""
    return Exists(
        QueueItem.objects.filter(
            project_id=project_id, queue_id=queue_id, entity_id=OuterRef("judged_id")
        )
    )


def locked(access: Access, queue: AnnotationQueue, judged_id: UUID) -> tuple[QueueItem, Review]:
    """The item, locked, and the caller's review of it, new and unsaved if there is none.

    Raises NotFound.
    """
    # What is judged before its item, as all who write scores lock them.
    entities.lock(queue.entity_type, project_id=queue.project_id, entity_id=judged_id)
    item = reservations.locked_item(queue=queue, entity_id=judged_id)
    review = own(access, queue, judged_id)
    now = timezone.now()
    is_thread = queue.entity_type is EntityType.THREAD
    review = review or Review(
        project_id=queue.project_id,
        queue_id=queue.pk,
        judged_id=judged_id,
        trace_id=None if is_thread else judged_id,
        thread_id=judged_id if is_thread else None,
        author_id=access.author_id,
        created_at=now,
        last_updated_at=now,
    )
    pairs.take_sides(queue=queue, item=item, review=review)
    return item, review


def facts(review: Review) -> dict[str, object]:
    """What events tell of a review."""
    return {
        "state": str(review.state),
        # Those that were taken back are said no more.
        "answers": normal_form.load(review.answers) if review.is_submitted else {},
        "feedback": review.feedback if review.is_submitted else "",
        "is_flagged": review.is_flagged,
        "flag_note": review.flag_note,
        "decline_reason": review.decline_reason,
    }


def record(
    access: Access, action: str, queue: AnnotationQueue, review: Review, before: dict[str, object]
) -> None:
    """Write the event of a change; ``before`` is what ``facts`` gave then."""
    after = facts(review)
    changed = [name for name in after if before[name] != after[name]]
    change = events.Change(
        action,
        queue.entity_type,
        review.judged_id,
        review.project_id,
        {name: before[name] for name in changed},
        {name: after[name] for name in changed} | {"queue": str(queue.pk)},
    )
    if action == "review.submit":
        change.after["seconds"] = review.seconds
    events.record(access, [change])


def _leave(
    access: Access, queue: AnnotationQueue, judged_id: UUID, state: str, reason: str
) -> None:
    access.must_judge()
    item, review = locked(access, queue, judged_id)
    if review.state == Review.State.SUBMITTED:
        raise Conflict("You have submitted this one. Undo that first.")
    before = facts(review)
    review.state, review.decline_reason = state, reason
    review.last_updated_at = timezone.now()
    review.save()
    reservations.give_back(access=access, item=item)
    record(access, f"review.{'skip' if not reason else 'decline'}", queue, review, before)


def _scores(item: QueueItem, answers: Mapping[str, Answer], feedback: str | None) -> list[Said]:
    """The feedback goes to one of them: to the verdict, else to the first that is no text itself.
    None is no word on it; "" clears."""
    wordless = [name for name, answer in answers.items() if answer.words is None]
    worded = VERDICT if VERDICT in wordless else next(iter(wordless), "")
    return [
        Said(
            item.entity_id,
            name,
            answer.value,
            Source.UI.value,
            feedback if name == worded else answer.words,
            answer.category,
            item.queue_id,
        )
        for name, answer in answers.items()
    ]


def _guideline(queue: AnnotationQueue, number: int) -> int:
    version = (guidelines.version(queue, number) if number else None) or guidelines.known(queue)
    return version.number if version else 0
