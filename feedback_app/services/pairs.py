"""Pairs: what is compared with what, on which side each stands, and how pairs come into a queue."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from feedback_app.focus.questions import Answer
from feedback_app.models import Correction, Review
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import NIL, AnnotationQueue, EntityType, QueueItem, Trace
from traces_app.services import entities, queue_items, queues

PREFERENCE = "Preference"
"""What a queue of pairs asks for, unless whoever sets it up gives it another name."""
UNCORRECTED = "There is no submitted correction to compare with."
ALTERED = "One of the two has changed since you opened this pair. Compare them again."
OWN = "One of the two is your own correction. Somebody else is to compare them."
GONE = "There is no such pair in this queue."


class Choice(StrEnum):
    """Which of the two is better, whatever side it stood on."""

    FIRST = "first"
    SECOND = "second"
    EQUAL = "equal"


ANSWERS = {
    Choice.FIRST: Answer(Choice.FIRST.value, Decimal(1), "The first is better"),
    Choice.SECOND: Answer(Choice.SECOND.value, Decimal(0), "The other is better"),
    Choice.EQUAL: Answer(Choice.EQUAL.value, Decimal("0.5"), "Equal"),
}
"""What each choice is as a score of the first trace."""


@dataclass(frozen=True)
class Pair:
    """Two outputs to be compared; ``other`` is None where it is the first one's correction."""

    first: Trace
    other: Trace | None
    first_output: str | None
    other_output: str | None

    @property
    def print(self) -> UUID:
        """A fingerprint of the two: what somebody compared is what is there, or it is not."""
        outputs = (self.first_output or "", self.other_output or "")
        sizes = str(len(outputs[0]))
        return UUID(bytes=blake2b("\n".join((sizes, *outputs)).encode(), digest_size=16).digest())


def is_first_left(queue: AnnotationQueue, judged_id: UUID, author_id: UUID) -> bool:
    """Whether the first is on the left for this person: by chance, and each time the same."""
    thrown = blake2b(judged_id.bytes + author_id.bytes, key=queue.pk.bytes, digest_size=1)
    return thrown.digest()[0] % 2 == 0


def find(*, access: Access, queue: AnnotationQueue, item: QueueItem) -> Pair:
    """Both sides of an item, the correction for whoever may judge it. Raises NotFound."""
    visible = Trace.objects.visible_to(access).filter(project_id=queue.project_id)
    if item.other_id is None:
        raise NotFound(GONE)
    ids = {item.entity_id, item.other_id} - {NIL}
    rows = {row.pk: row for row in visible.filter(pk__in=ids)}
    if len(rows) < len(ids):
        raise NotFound(GONE)
    first = rows[item.entity_id]
    if item.other_id != NIL:
        other = rows[item.other_id]
        return Pair(first, other, first.output, other.output)
    # Not asked for by who wrote it: for a blind reviewer others' corrections exist as sides only.
    corrections = Correction.objects.filter(project_id=queue.project_id, trace_id=first.pk)
    newest = corrections.submitted().order_by("-submitted_at", "-pk").first()
    if newest is None:
        raise NotFound(GONE)
    return Pair(first, None, first.output, newest.output)


def of_own_words(author_id: UUID) -> Q:
    """Of the items of queues those that compare one's own correction with its trace."""
    submitted = Correction.objects.submitted().filter(project_id=OuterRef("project_id"))
    own = submitted.filter(trace_id=OuterRef("entity_id"), author_id=author_id)
    newer = submitted.filter(trace_id=OuterRef("trace_id")).filter(
        Q(submitted_at__gt=OuterRef("submitted_at"))
        | Q(submitted_at=OuterRef("submitted_at"), pk__gt=OuterRef("pk"))
    )
    return Q(other_id=NIL) & Q(Exists(own.filter(~Exists(newer))))


def is_of_own_words(*, access: Access, item: QueueItem) -> bool:
    """Whether an item compares the caller's own correction; no query for what compares none."""
    if item.other_id != NIL:
        return False
    this = QueueItem.objects.filter(project_id=item.project_id, pk=item.pk)
    return this.filter(of_own_words(access.author_id)).exists()


def take_sides(*, queue: AnnotationQueue, item: QueueItem, review: Review) -> None:
    """Note on a review of a pair, which is not saved here, what it compares and on which sides."""
    if item.other_id is None:
        return
    if review.other_id not in (None, item.other_id):
        review.draft = None  # it was about another pair, as is what was taken back
        if not review.is_submitted:
            review.answers, review.feedback = Review.NO_ANSWERS, ""
    review.other_id = item.other_id
    review.is_first_left = is_first_left(queue, item.entity_id, review.author_id)


def check(
    *,
    access: Access,
    queue: AnnotationQueue,
    item: QueueItem,
    answers: Collection[Answer],
    compared: UUID,
) -> None:
    """Refuse what is no preference, one between outputs that are not there any more, and one on
    the caller's own words.

    ``compared`` is the fingerprint of the pair as it was read. Raises Invalid, Conflict, NotFound.
    """
    if not queue.takes_pairs:
        return
    if len(answers) != 1 or any(each not in ANSWERS.values() for each in answers):
        raise Invalid("Say which of the two is better, or that they are equal.")
    if is_of_own_words(access=access, item=item):
        raise Conflict(OWN)
    if find(access=access, queue=queue, item=item).print != compared:
        raise Conflict(ALTERED)


@transaction.atomic
def add(*, access: Access, queue_id: UUID, pairs: Mapping[UUID, UUID]) -> int:
    """Put pairs into a queue: by the first trace the other one, or NIL for its correction.

    How many were not in it. Left out is a trace without a correction to compare with, and one that
    was judged there against something else before: its scores would count for the wrong pair.
    Raises Forbidden, NotFound for the queue and for traces, Invalid where nothing is left to add.
    """
    access.must_write()
    queue = queues.find(access=access, queue_id=queue_id)
    # All at once and in order, as whoever locks traces does; corrections come and go under it.
    entities.locked_homes(access, EntityType.TRACE, {*pairs, *pairs.values()} - {NIL})
    bare = {first for first, other in pairs.items() if other == NIL}
    bare -= corrected(access=access, project_id=queue.project_id, ids=bare)
    if pairs and len(bare) == len(pairs):
        raise Invalid(UNCORRECTED)
    judged = _judged(queue, pairs)
    wanted = {
        first: other
        for first, other in pairs.items()
        if first not in bare and judged.get(first, other) == other
    }
    return queue_items.add_pairs(access=access, queue_id=queue_id, pairs=wanted)


def corrected(*, access: Access, project_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Which of these traces have a submitted correction; one query."""
    rows = Correction.objects.visible_to(access).submitted()
    mine = rows.filter(project_id=project_id, trace_id__in=list(ids))
    return set(mine.values_list("trace_id", flat=True))


def _judged(queue: AnnotationQueue, firsts: Collection[UUID]) -> dict[UUID, UUID | None]:
    """With what each was compared by those who have judged it in the queue."""
    rows = Review.objects.filter(
        project_id=queue.project_id,
        queue_id=queue.pk,
        judged_id__in=list(firsts),
        state=Review.State.SUBMITTED,
    )
    return dict(rows.values_list("judged_id", "other_id"))
