"""Where one stands in a queue: the items around this one, and how far one has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from feedback_app.focus import titles
from feedback_app.models import Review
from feedback_app.services import reviews
from traces_app.access import Access
from traces_app.models import AnnotationQueue, QueueItem, Reservation, Thread
from traces_app.models.prepared import prepared

BEFORE, AFTER = 6, 14
_Row = tuple[UUID, str | None, bool]
_WHEN = Coalesce("submitted_at", "last_updated_at")


@dataclass(frozen=True)
class Progress:
    """What of the queue the caller has finished."""

    total: int
    finished: int

    @property
    def percent(self) -> int:
        return 100 * self.finished // self.total if self.total else 0


@dataclass(frozen=True)
class Stop:
    """One item in the rail."""

    number: int
    judged_id: UUID
    title: str
    state: str
    is_held: bool


def progress(access: Access, queue: AnnotationQueue) -> Progress:
    """One count on an index."""
    finished = _all_finished.count(queue.project_id, queue.pk, access.author_id)
    return Progress(queue.item_count, finished)


def number(access: Access, queue: AnnotationQueue, item: QueueItem, progress: Progress) -> int:
    """The item's number on the caller's way: one count on an index."""
    if not queue.follows_scores:
        return _places_before.count(queue.project_id, queue.pk, item.position, item.pk) + 1
    done = _items(queue).alias(done_at=_done_at(access, queue))
    now = _finished_at(access, queue, item)
    return (done.filter(done_at__lt=now).count() if now else progress.finished) + 1


def of(access: Access, queue: AnnotationQueue, item: QueueItem, number: int) -> list[Stop]:
    """The items around ``item``, which is the ``number``th on the caller's way; three queries.

    That is the queue's order. Where scores change it, the caller's way is what the caller has
    finished, as it was finished, then this item, then the queue's order: nothing moves behind.
    """
    asked = queue.project_id, queue.pk, access.author_id, timezone.now()
    if queue.follows_scores:
        earlier, others = _own_way(access, queue, item, _rows(*asked))
    else:
        there = item.position, item.pk
        earlier = _rows_before(*asked, *there)[::-1]
        others = _rows_from(*asked, *there)
    stops = [*earlier, *others]
    titles = _titles(queue, [judged_id for judged_id, _, _ in stops])
    return [
        Stop(at, judged_id, titles.get(judged_id, ""), state or "", is_held)
        for at, (judged_id, state, is_held) in enumerate(stops, start=number - len(earlier))
    ]


def _rows(
    project_id: UUID, queue_id: UUID, author_id: UUID, now: datetime
) -> "QuerySet[QueueItem, _Row]":
    items = QueueItem.objects.filter(project_id=project_id, queue_id=queue_id)
    mine = Review.objects.filter(
        project_id=project_id,
        queue_id=queue_id,
        author_id=author_id,
        judged_id=OuterRef("entity_id"),
    )
    held = Reservation.objects.filter(
        project_id=project_id, item_id=OuterRef("pk"), expires_at__gt=now
    ).exclude(holder_id=author_id)
    return items.annotate(state=Subquery(mine.values("state")), is_held=Exists(held)).values_list(
        "entity_id", "state", "is_held"
    )


@prepared
def _rows_before(
    project_id: UUID, queue_id: UUID, author_id: UUID, now: datetime, position: int, pk: UUID
) -> "QuerySet[QueueItem, _Row]":
    rows = _rows(project_id, queue_id, author_id, now).filter(_before(position, pk))
    return rows.order_by("-position", "-pk")[:BEFORE]


@prepared
def _rows_from(
    project_id: UUID, queue_id: UUID, author_id: UUID, now: datetime, position: int, pk: UUID
) -> "QuerySet[QueueItem, _Row]":
    rows = _rows(project_id, queue_id, author_id, now).exclude(_before(position, pk))
    return rows.order_by("position", "pk")[: AFTER + 1]


def _own_way(
    access: Access, queue: AnnotationQueue, item: QueueItem, rows: QuerySet[Any, _Row]
) -> tuple[list[_Row], list[_Row]]:
    """What lies behind the caller, and the item with what comes then."""
    done = rows.alias(done_at=_done_at(access, queue))
    now = _finished_at(access, queue, item)
    behind = done.filter(Q(done_at__lt=now) if now else Q(done_at__isnull=False))
    earlier = list(behind.order_by("-done_at", "-pk")[:BEFORE])[::-1]
    coming = done.filter(Q(done_at__gt=now) if now else Q(pk__isnull=True)).order_by(
        "done_at", "pk"
    )
    open_ = done.filter(done_at__isnull=True).exclude(pk=item.pk).order_by("position", "pk")
    others = [*rows.filter(pk=item.pk), *coming[:AFTER], *open_[:AFTER]]
    return earlier, others[: AFTER + 1]


@prepared
def _places_before(
    project_id: UUID, queue_id: UUID, position: int, pk: UUID
) -> "QuerySet[QueueItem, UUID]":
    items = QueueItem.objects.filter(project_id=project_id, queue_id=queue_id)
    return items.filter(_before(position, pk)).values_list("pk", flat=True)


def _finished_at(access: Access, queue: AnnotationQueue, item: QueueItem) -> datetime | None:
    mine = _finished(access, queue).filter(judged_id=item.entity_id)
    return mine.values_list(_WHEN, flat=True).first()


def _done_at(access: Access, queue: AnnotationQueue) -> Subquery:
    """When the caller has finished an item, if so."""
    mine = _finished(access, queue).filter(judged_id=OuterRef("entity_id"))
    return Subquery(mine.values(at=_WHEN))


def _finished(access: Access, queue: AnnotationQueue) -> QuerySet[Review]:
    """Without what was taken out of the queue since."""
    rows = reviews.mine(access, queue, Review.State.SUBMITTED, Review.State.DECLINED)
    return rows.filter(reviews.in_queue(queue))


@prepared
def _all_finished(project_id: UUID, queue_id: UUID, author_id: UUID) -> "QuerySet[Review, UUID]":
    rows = Review.objects.filter(project_id=project_id, queue_id=queue_id, author_id=author_id)
    through = rows.filter(state__in=(Review.State.SUBMITTED, Review.State.DECLINED))
    return through.filter(reviews.stands(project_id, queue_id)).values_list("pk", flat=True)


def _items(queue: AnnotationQueue) -> QuerySet[QueueItem]:
    return QueueItem.objects.filter(project_id=queue.project_id, queue_id=queue.pk)


def _before(position: int, pk: UUID) -> Q:
    return Q(position__lt=position) | Q(position=position, pk__lt=pk)


def _titles(queue: AnnotationQueue, ids: Sequence[UUID]) -> dict[UUID, str]:
    if queue.scope == AnnotationQueue.Scope.THREAD:
        threads = Thread.objects.filter(project_id=queue.project_id, pk__in=ids)
        return dict(threads.values_list("pk", "thread_id"))
    rows = titles.heads(queue.project_id, list(ids))
    return titles.of(rows, 60, ids if queue.takes_pairs else ())
