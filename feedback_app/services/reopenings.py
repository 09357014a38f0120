"""Reviews that are open again: somebody took a submit back, or others deleted its scores."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from feedback_app.models import Review
from feedback_app.services import reviews
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import NIL, AnnotationQueue, Score
from traces_app.services import reservations, scores


@dataclass(frozen=True)
class Undone:
    """A review that was taken back, and whether something was drafted after its submit."""

    review: Review
    has_newer: bool


@transaction.atomic
def undo(*, access: Access, queue: AnnotationQueue, judged_id: UUID | None = None) -> Undone | None:
    """Take back the caller's submit of one item, or the last in the queue: its scores go.

    The item is the caller's to answer anew, from what was submitted or from what was drafted
    since. None when there is nothing to take back.
    """
    access.must_judge()
    submitted = reviews.mine(access, queue, Review.State.SUBMITTED).filter(reviews.in_queue(queue))
    if judged_id is not None:
        submitted = submitted.filter(judged_id=judged_id)
    last = submitted.order_by("-submitted_at").first()
    if last is None:
        return None
    item, review = reviews.locked(access, queue, last.judged_id)
    if review.state != Review.State.SUBMITTED:  # another request has taken it back meanwhile
        return Undone(review, has_newer=False)
    undone = Undone(review, has_newer=review.draft is not None)
    scores.replace(access=access, item=item, said=[])
    _reopen(access, queue, review, "review.undo")
    item = reservations.locked_item(queue=queue, entity_id=review.judged_id)  # counted anew
    if reservations.holders_of(access=access, item=item).leave_room(item):
        reservations.hold(access=access, queue=queue, item=item)
    return undone


def follow_scores(*, access: Access, queue: AnnotationQueue, judged_id: UUID) -> None:
    """Reopen the reviews of which no score is left: they count no more, so the item waits for them.

    In the caller's transaction, which has deleted scores and has what they are about locked.
    """
    theirs = Score.objects.about(queue.entity_type, {judged_id}).filter(
        project_id=queue.project_id, queue_id=queue.pk, author_id=OuterRef("author_id")
    )
    bare = Review.objects.filter(
        ~Exists(theirs),
        project_id=queue.project_id,
        queue_id=queue.pk,
        judged_id=judged_id,
        state=Review.State.SUBMITTED,
    )
    for review in bare.order_by("pk"):
        _reopen(access, queue, review, "review.reopen")


def _reopen(access: Access, queue: AnnotationQueue, review: Review, action: str) -> None:
    """What was submitted is the draft again, unless there is one that was typed since. It stays
    beside the draft in any case: a browser may still have other words to put into that."""
    before = reviews.facts(review)
    if review.draft is None:
        review.draft = normal_form.dump(
            {"answers": normal_form.load(review.answers), "feedback": review.feedback}
        )
    review.state, review.token, review.submitted_at = Review.State.OPEN, NIL, None
    review.last_updated_at = timezone.now()
    review.save()
    reviews.record(access, action, queue, review, before)
