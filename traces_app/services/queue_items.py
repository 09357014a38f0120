"""What stands in annotation queues: traces, threads and pairs, added and taken out."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from uuid_utils.compat import uuid7

from traces_app.access import Access
from traces_app.errors import Invalid, NotFound
from traces_app.models import (
    NIL,
    AnnotationQueue,
    EntityType,
    Face,
    QueueItem,
    Reservation,
    Thread,
    Trace,
)
from traces_app.services import entities, events, queue_order, queue_reviews, queues

_MODELS: dict[EntityType, type[Trace] | type[Thread]] = {
    EntityType.TRACE: Trace,
    EntityType.THREAD: Thread,
}
TAKES_PAIRS = "This queue takes pairs: choose what to compare with."
NO_PAIRS = "This queue takes no pairs."
WITH_ITSELF = "A trace cannot be compared with itself."


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
    is of another project than the queue; Invalid where the queue takes pairs.
    """
    access.must_write()
    queue = queues.find(access=access, queue_id=queue_id)
    if queue.takes_pairs:
        raise Invalid(TAKES_PAIRS)
    _lock_entities(access, queue, set(entity_ids))
    queue = queues.find(access=access, queue_id=queue_id, lock=True)
    there = _items(queue, entity_ids).values_list("entity_id", flat=True)
    new = sorted(set(entity_ids) - set(there))
    _store(access, queue, dict.fromkeys(new), source)
    return len(new)


@transaction.atomic
def add_pairs(*, access: Access, queue_id: UUID, pairs: Mapping[UUID, UUID]) -> int:
    """Put pairs into a queue of pairs: by the first trace the other one, or NIL for its correction.

    How many were not in it; a trace is the first of one pair, and a pair is the same whichever of
    its traces comes first. Raises NotFound as ``add`` does, Invalid where the queue takes no pairs
    and for a trace with itself. Whoever says NIL has made sure of a correction.
    """
    access.must_write()
    queue = queues.find(access=access, queue_id=queue_id)
    if not queue.takes_pairs:
        raise Invalid(NO_PAIRS)
    if any(first == other for first, other in pairs.items()):
        raise Invalid(WITH_ITSELF)
    _lock_entities(access, queue, {*pairs, *pairs.values()} - {NIL})
    queue = queues.find(access=access, queue_id=queue_id, lock=True)
    there = _items(queue, {*pairs, *pairs.values()}).values_list("entity_id", "other_id")
    known: dict[UUID, UUID | None] = dict(there)
    new: dict[UUID, UUID | None] = {}
    for first, other in pairs.items():
        if first not in known and known.get(other) != first:
            new[first] = known[first] = other
    _store(access, queue, new, QueueItem.Source.MANUAL)
    return len(new)


def _store(
    access: Access, queue: AnnotationQueue, new: Mapping[UUID, UUID | None], source: str
) -> None:
    """Put in what was not there: by what is judged, of a pair the other."""
    ids = sorted(new)
    positions = queue_order.positions(queue, ids)
    now = timezone.now()
    QueueItem.objects.bulk_create(
        QueueItem(
            id=uuid7(),
            project_id=queue.project_id,
            queue_id=queue.pk,
            entity_type=queue.entity_type,
            entity_id=entity_id,
            other_id=new[entity_id],
            position=positions[entity_id],
            reviews_needed=queue_reviews.needed(queue, entity_id),
            source=source,
            added_at=now,
            added_by_id=access.author_id,
        )
        for entity_id in ids
    )
    _count(queue.project_id, {queue.pk: len(ids)})
    queue_reviews.refresh(queue_reviews.Said(queue.project_id, queue.pk, pk) for pk in ids)
    events.record(access, _added(access, queue, new))


@transaction.atomic
def remove(*, access: Access, queue_id: UUID, entity_ids: Collection[UUID]) -> int:
    """Take items out of a queue; what was scored stays. How many went; unknown ids are no error.

    Raises NotFound for the queue.
    """
    access.must_write()
    queue = queues.find(access=access, queue_id=queue_id, lock=True)
    doomed = list(_in_lock_order(_items(queue, entity_ids)))
    _remove(access, queue.project_id, doomed)
    return len(doomed)


def leave(
    *,
    access: Access,
    project_id: UUID,
    trace_ids: Collection[UUID] = (),
    thread_ids: Collection[str] = (),
) -> list[QueueItem]:
    """Take traces that were deleted or moved out of all queues, and threads that are empty now.
    Returns the items that went.

    A pair goes with either of its traces. In the caller's transaction, which has the traces locked
    and has counted those of the threads.
    """
    empty = Thread.objects.filter(
        project_id=project_id, thread_id__in=list(thread_ids), trace_count=0
    )
    gone = [*trace_ids, *empty.values_list("pk", flat=True)]
    is_gone = Q(entity_type__in=list(_MODELS), entity_id__in=gone)
    items = QueueItem.objects.filter(
        is_gone | Q(other_id__in=list(trace_ids)), project_id=project_id
    )
    return _leave(access, project_id, items)


def leave_corrections(*, access: Access, project_id: UUID, trace_id: UUID) -> None:
    """Take the pair of a trace with its correction out of all queues: there is no correction left.

    In the caller's transaction, which has the trace locked.
    """
    mine = QueueItem.objects.filter(entity_type=EntityType.TRACE, entity_id=trace_id)
    _leave(access, project_id, mine.filter(project_id=project_id, other_id=NIL))


def _leave(access: Access, project_id: UUID, items: "QuerySet[QueueItem]") -> list[QueueItem]:
    in_queues = set(items.values_list("queue_id", flat=True))
    if not in_queues:
        return []  # nearly always
    # The queues before their items, in order, as everyone who changes items locks them.
    mine = AnnotationQueue.objects.filter(project_id=project_id, pk__in=in_queues)
    list(mine.order_by("pk").select_for_update().values_list("pk", flat=True))
    gone_items = list(_in_lock_order(items))
    _remove(access, project_id, gone_items)
    return gone_items


@transaction.atomic
def put_back(*, items: Collection[QueueItem]) -> None:
    """Put items back into queues as they were, in the caller's transaction, which has what they
    are about. A queue that is gone is passed over, and so is what is in it again, and a pair of
    which one side is gone."""
    homes = {item.project_id for item in items}
    queues_of = {item.queue_id for item in items}
    there = AnnotationQueue.objects.filter(project_id__in=homes, pk__in=queues_of)
    held = set(there.order_by("pk").select_for_update().values_list("pk", flat=True))
    about = {item.entity_id for item in items}
    again = QueueItem.objects.filter(project_id__in=homes, queue_id__in=held, entity_id__in=about)
    inside = set(again.values_list("queue_id", "entity_id"))
    sides = {pk for item in items for pk in _sides(item)}
    alive = set(
        Trace.objects.filter(project_id__in=homes, pk__in=sides).values_list("pk", flat=True)
    )
    back = [
        item
        for item in items
        if item.queue_id in held
        and (item.queue_id, item.entity_id) not in inside
        and alive.issuperset(_sides(item))
    ]
    QueueItem.objects.bulk_create(back)
    for home in sorted(homes):
        _count(home, Counter(item.queue_id for item in back if item.project_id == home))
    queue_reviews.refresh(
        queue_reviews.Said(item.project_id, item.queue_id, item.entity_id) for item in back
    )


def _sides(item: QueueItem) -> set[UUID]:
    """The traces of a pair; none of any other item."""
    return set() if item.other_id is None else {item.entity_id, item.other_id} - {NIL}


def _lock_entities(access: Access, queue: AnnotationQueue, ids: set[UUID]) -> None:
    # The lock keeps a delete or a move of the entity from passing between here and the commit.
    visible: QuerySet[Any] = _MODELS[queue.entity_type].objects.visible_to(access)
    if queue.entity_type is EntityType.THREAD:
        visible = visible.filter(trace_count__gt=0)
    rows = entities.in_lock_order(visible.filter(project_id=queue.project_id, pk__in=list(ids)))
    known = set(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    missing = ids - known
    if missing:
        raise NotFound(f"{queue.entity_type.capitalize()} id: {min(missing)} not found")


def _items(queue: AnnotationQueue, entity_ids: Collection[UUID]) -> QuerySet[QueueItem]:
    return QueueItem.objects.filter(
        project_id=queue.project_id, queue_id=queue.pk, entity_id__in=list(entity_ids)
    )


def _in_lock_order(items: "QuerySet[QueueItem]") -> "QuerySet[QueueItem]":
    """Locked as scores write them, or the two could wait for each other."""
    return items.order_by("queue_id", "entity_id").select_for_update()


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


def _added(
    access: Access, queue: AnnotationQueue, new: Mapping[UUID, UUID | None]
) -> Iterable[events.Change]:
    if access.face in (Face.PAGE, Face.ADMIN):
        kind, home = queue.entity_type.value, queue.project_id
        return [
            events.Change("queue.add", kind, pk, home, after=_placed(queue, other))
            for pk, other in sorted(new.items())
        ]
    if not new:
        return []
    change = events.Change("queue.add_items", "queue", queue.pk, queue.project_id)
    change.after["items"] = len(new)
    return [change]


def _placed(queue: AnnotationQueue, other: UUID | None) -> dict[str, object]:
    placed: dict[str, object] = {"queue": str(queue.pk)}
    return placed if other is None else placed | {"with": _named(other)}


def _named(other: UUID) -> str:
    return "correction" if other == NIL else str(other)
