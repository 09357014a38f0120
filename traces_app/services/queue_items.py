"""What stands in annotation queues: traces and threads, added and taken out."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from uuid_utils.compat import uuid7

from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import (
    AnnotationQueue,
    Face,
    QueueItem,
    Reservation,
    Thread,
    Trace,
)
from traces_app.services import entities, events, queue_order, queue_reviews, queues

_MODELS: dict[str, type[Trace] | type[Thread]] = {
    AnnotationQueue.Scope.TRACE: Trace,
    AnnotationQueue.Scope.THREAD: Thread,
}


@transaction.atomic
def add(
    *,
    access: Access,
    queue_id: UUID,
    entity_ids: Collection[UUID],
    source: str = QueueItem.Source.MANUAL,
) -> int:
    """Put traces, or threads by ``thread_model_id``, into a queue; how many were not in it.

    Raises NotFound and adds nothing when the queue or one of them is not the caller's to see, or
    is of another project than the queue.
    """
    access.must_write()
    queue = queues.find(access=access, queue_id=queue_id)
    _lock_entities(access, queue, set(entity_ids))
    queue = queues.find(access=access, queue_id=queue_id, lock=True)
    there = _items(queue, entity_ids).values_list("entity_id", flat=True)
    new = sorted(set(entity_ids) - set(there))
    positions = queue_order.positions(queue, new)
    now = timezone.now()
    QueueItem.objects.bulk_create(
        QueueItem(
            id=uuid7(),
            project_id=queue.project_id,
            queue_id=queue.pk,
            entity_type=queue.scope,
            entity_id=entity_id,
            position=positions[entity_id],
            reviews_needed=queue_reviews.needed(queue, entity_id),
            source=source,
            added_at=now,
            added_by_id=access.author_id,
        )
        for entity_id in new
    )
    _count(queue.project_id, {queue.pk: len(new)})
    queue_reviews.refresh(queue_reviews.Said(queue.project_id, queue.pk, pk) for pk in new)
    events.record(access, _added(access, queue, new))
    return len(new)


@transaction.atomic
def remove(*, access: Access, queue_id: UUID, entity_ids: Collection[UUID]) -> int:
    """Take items out of a queue; what was scored stays. How many went; unknown ids are no error.

    Raises NotFound for the queue.
    """
    access.must_write()
    queue = queues.find(access=access, queue_id=queue_id, lock=True)
    doomed = list(_items(queue, entity_ids).select_for_update().order_by("pk"))
    _remove(access, queue.project_id, doomed)
    return len(doomed)


def leave(
    *,
    access: Access,
    project_id: UUID,
    trace_ids: Collection[UUID] = (),
    thread_ids: Collection[str] = (),
) -> None:
    """Take traces that were deleted or moved out of all queues, and threads that are empty now.

    In the caller's transaction, which has the traces locked and has counted those of the threads.
    """
    empty = Thread.objects.filter(
        project_id=project_id, thread_id__in=list(thread_ids), trace_count=0
    )
    gone = [*trace_ids, *empty.values_list("pk", flat=True)]
    items = QueueItem.objects.filter(
        project_id=project_id, entity_type__in=list(_MODELS), entity_id__in=gone
    )
    in_queues = set(items.values_list("queue_id", flat=True))
    if not in_queues:
        return  # nearly always
    # The queues before their items, in order, as everyone who changes items locks them.
    mine = AnnotationQueue.objects.filter(project_id=project_id, pk__in=in_queues)
    list(mine.order_by("pk").select_for_update().values_list("pk", flat=True))
    _remove(access, project_id, list(items.select_for_update().order_by("pk")))


def _lock_entities(access: Access, queue: AnnotationQueue, ids: set[UUID]) -> None:
    # The lock keeps a delete or a move of the entity from passing between here and the commit.
    visible: QuerySet[Any] = _MODELS[queue.scope].objects.visible_to(access)
    if queue.scope == AnnotationQueue.Scope.THREAD:
        visible = visible.filter(trace_count__gt=0)
    rows = entities.in_lock_order(visible.filter(project_id=queue.project_id, pk__in=list(ids)))
    known = set(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    missing = ids - known
    if missing:
        raise NotFound(f"{queue.scope.capitalize()} id: {min(missing)} not found")


def _items(queue: AnnotationQueue, entity_ids: Collection[UUID]) -> QuerySet[QueueItem]:
    return QueueItem.objects.filter(
        project_id=queue.project_id, queue_id=queue.pk, entity_id__in=list(entity_ids)
    )


def _remove(access: Access, project_id: UUID, items: Sequence[QueueItem]) -> None:
    if not items:
        return
    ids = [item.pk for item in items]
    Reservation.objects.filter(project_id=project_id, item_id__in=ids).delete()
    QueueItem.objects.filter(project_id=project_id, pk__in=ids)._raw_delete("default")
    gone = Counter(item.queue_id for item in items)
    _count(project_id, {queue_id: -number for queue_id, number in gone.items()})
    events.record(
        access,
        [
            events.Change(
                "queue.remove",
                item.entity_type,
                item.entity_id,
                project_id,
                before={"queue": str(item.queue_id)},
            )
            for item in items
        ],
    )


def _count(project_id: UUID, more: dict[UUID, int]) -> None:
    for queue_id, number in sorted(more.items()):
        if number:
            AnnotationQueue.objects.filter(project_id=project_id, pk=queue_id).update(
                item_count=F("item_count") + number
            )


def _added(access: Access, queue: AnnotationQueue, new: Sequence[UUID]) -> Iterable[events.Change]:
    if access.face in (Face.PAGE, Face.ADMIN):
        after: dict[str, object] = {"queue": str(queue.pk)}
        return [
            events.Change("queue.add", queue.scope, pk, queue.project_id, after=after) for pk in new
        ]
    if not new:
        return []
    change = events.Change("queue.add_items", "queue", queue.pk, queue.project_id)
    change.after["items"] = len(new)
    return [change]
