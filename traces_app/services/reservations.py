"""Reservations: who is judging which item of a queue just now."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import AnnotationQueue, QueueItem, Reservation, reservations_sql
from traces_app.models.prepared import prepared
from traces_app.services import events, queues


@dataclass(frozen=True, slots=True)
class Claim:
    """Whether the caller holds the item; else who does, and until when."""

    is_mine: bool
    holder_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Holders:
    """Who holds an item: until when the caller does, and how many others."""

    mine: datetime | None
    others: int

    def leave_room(self, item: QueueItem) -> bool:
        """Whether a review by the caller, who has given none, is still wanted of it."""
        if self.mine is not None:
            return True
        return item.review_count + self.others < item.reviews_needed


@dataclass(frozen=True, slots=True)
class Handed:
    """An item that the caller holds."""

    item: QueueItem
    until: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody has done in a queue: ``finished`` gives the ids of what that one is through
    with; ``later`` of what comes last, by ``judged_id`` and ``last_updated_at``, the longest put
    off first; ``barred`` are the items that are for others alone."""

    finished: QuerySet[Any, Any]
    later: QuerySet[Any, Any]
    barred: Q = Q()  # noqa: RUF009 - it does not change


@transaction.atomic
def claim(*, access: Access, queue_id: UUID, entity_id: UUID) -> Claim:
    """Reserve an item for the caller's author, or renew what that author holds.

    As many may hold an item at one time as it needs reviews. Raises Forbidden for viewers,
    NotFound for the queue and for what is not in it.
    """
    access.must_judge()
    queue = queues.find(access=access, queue_id=queue_id)
    item = locked_item(queue=queue, entity_id=entity_id)
    now = timezone.now()
    there = _there(item)
    others = [row for row in there if row.expires_at > now and row.holder_id != access.author_id]
    if len(others) >= item.reviews_needed:
        first = min(others, key=lambda row: (row.expires_at, row.pk))
        return Claim(False, first.holder_id, first.expires_at)
    until = _hold(access, queue, item, now, there)
    return Claim(True, access.author_id, until)


def hold(*, access: Access, queue: AnnotationQueue, item: QueueItem) -> datetime:
    """Reserve a locked item that leaves room for the caller, or renew that; until when."""
    return _hold(access, queue, item, timezone.now(), _there(item))


@transaction.atomic
def take_next(*, access: Access, queue: AnnotationQueue, done: Done) -> Handed | None:
    """Reserve the first item that waits for a review by the caller, who has ``done`` others.

    What the caller holds already comes before all. An item is handed to no more people than it
    still needs reviews. None: nothing is left. Raises Forbidden.
    """
    access.must_judge()
    now = timezone.now()
    waiting = _waiting(queue, done)
    held = _active(queue, now).filter(holder_id=access.author_id)
    mine = waiting.filter(pk__in=held.values("item_id")).order_by("position", "pk")
    taken = _take(access, queue, mine, now)
    if taken is not None:
        return taken
    for rows in _free(access, queue, done, now):
        taken = _take(access, queue, rows, now)
        if taken is not None:
            return taken
    return None


def look_ahead(
    *, access: Access, queue: AnnotationQueue, judged_id: UUID, done: Done
) -> UUID | None:
    """The item that ``take_next`` would come to after this one, which nobody is kept from.

    Raises Forbidden.
    """
    access.must_judge()
    now = timezone.now()
    held = _active(queue, now).filter(holder_id=access.author_id)
    mine = _waiting(queue, done).filter(pk__in=held.values("item_id")).order_by("position", "pk")
    for rows in (mine, *_free(access, queue, done, now)):
        found = rows.exclude(entity_id=judged_id).values_list("entity_id", flat=True).first()
        if found is not None:
            return found
    return None


def holders_of(*, access: Access, item: QueueItem) -> Holders:
    """Who holds an item just now; to be relied on where it is locked."""
    now = timezone.now()
    active = {row.holder_id: row.expires_at for row in _there(item) if row.expires_at > now}
    mine = active.pop(access.author_id, None)
    return Holders(mine, len(active))


def locked_item(*, queue: AnnotationQueue, entity_id: UUID) -> QueueItem:
    """An item of the queue, locked until the commit. Raises NotFound."""
    # Claims of one item take turns here; its trace cannot go while it is claimed.
    item = _locked.first(queue.project_id, queue.pk, entity_id)
    if item is None:
        raise NotFound(f"Annotation queue item id: {entity_id} not found")
    return item


def give_back(*, access: Access, item: QueueItem) -> None:
    """Let go of a locked item, if the caller holds it.

    What others held for too long goes with it: nobody may ever ask for the item again.
    """
    reservations_sql.give_back(item.project_id, item.pk, access.author_id, timezone.now())


@transaction.atomic
def release(
    *, access: Access, queue_id: UUID, entity_id: UUID, until: datetime | None = None
) -> None:
    """Give back an item, if the caller holds it. Raises as ``claim``.

    ``until`` is how long the caller believes to hold it: one that was renewed since is kept.
    """
    access.must_judge()
    queue = queues.find(access=access, queue_id=queue_id)
    item = locked_item(queue=queue, entity_id=entity_id)
    mine = holders_of(access=access, item=item).mine
    if until is None or mine is None or mine <= until:
        give_back(access=access, item=item)


@transaction.atomic
def revoke(*, access: Access, queue_id: UUID, entity_id: UUID, holder_id: UUID) -> bool:
    """Take an item from whoever holds it; whether it was held. What was typed stays a draft.

    Raises Forbidden for those who do not run queues, NotFound.
    """
    access.must_write()
    queue = queues.find(access=access, queue_id=queue_id)
    item = locked_item(queue=queue, entity_id=entity_id)
    held = Reservation.objects.filter(
        project_id=queue.project_id, item_id=item.pk, holder_id=holder_id
    )
    if not held.delete()[0]:
        return False
    change = events.Change("queue.release", queue.entity_type, entity_id, queue.project_id)
    change.before.update({"queue": str(queue.pk), "holder": str(holder_id)})
    events.record(access, [change])
    return True


def holders(*, access: Access, queue_id: UUID) -> dict[UUID, list[UUID]]:
    """Who holds what of a queue just now: author ids by trace or thread. Raises NotFound."""
    queue = queues.find(access=access, queue_id=queue_id)
    active = Reservation.objects.filter(
        project_id=queue.project_id, queue_id=queue.pk, expires_at__gt=timezone.now()
    )
    rows: Iterable[tuple[UUID, UUID]] = active.order_by("created_at", "pk").values_list(
        "item__entity_id", "holder_id"
    )
    held: dict[UUID, list[UUID]] = {}
    for entity_id, holder_id in rows:
        held.setdefault(entity_id, []).append(holder_id)
    return held


def _waiting(queue: AnnotationQueue, done: Done) -> QuerySet[QueueItem]:
    waiting = _items(queue).filter(is_done=False).exclude(entity_id__in=done.finished)
    return waiting.exclude(done.barred) if done.barred else waiting


def _free(
    access: Access, queue: AnnotationQueue, done: Done, now: datetime
) -> Iterator[QuerySet[QueueItem]]:
    """What may be handed to the caller: first what is fresh, then what the caller has put off."""
    others = _active(queue, now).exclude(holder_id=access.author_id)
    of_item = others.filter(item_id=OuterRef("pk")).order_by().values("item_id")
    held = of_item.annotate(number=Count("pk")).values("number")
    free = (
        _waiting(queue, done)
        .alias(held=Coalesce(Subquery(held), 0))
        .filter(review_count__lt=F("reviews_needed") - F("held"))
    )
    put_off = done.later.values("judged_id")
    yield free.exclude(entity_id__in=put_off).order_by("position", "pk")
    since = done.later.filter(judged_id=OuterRef("entity_id")).values("last_updated_at")[:1]
    yield free.filter(entity_id__in=put_off).order_by(Subquery(since), "position", "pk")


def _take(
    access: Access, queue: AnnotationQueue, free: QuerySet[QueueItem], now: datetime
) -> Handed | None:
    """The first of ``free``, held; those that others lock just now are passed."""
    passed: list[UUID] = []
    while True:
        rows = free.exclude(pk__in=passed) if passed else free
        item = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if item is None:
            return None
        # Who claimed it between the look and the lock is seen only now.
        there = _there(item)
        others = sum(row.expires_at > now and row.holder_id != access.author_id for row in there)
        if item.review_count + others < item.reviews_needed:
            return Handed(item, _hold(access, queue, item, now, there))
        passed.append(item.pk)


def _hold(
    access: Access,
    queue: AnnotationQueue,
    item: QueueItem,
    now: datetime,
    there: Sequence[Reservation],
) -> datetime:
    """Until when the caller holds a locked item; ``there`` are its reservations, also old ones."""
    old = [row.pk for row in there if row.expires_at <= now and row.holder_id != access.author_id]
    rows = Reservation.objects.filter(project_id=queue.project_id)
    if old:
        rows.filter(pk__in=old).delete()
    until = now + timedelta(seconds=queue.lock_timeout_seconds)
    mine = next((row for row in there if row.holder_id == access.author_id), None)
    if mine is None:
        of = queue.project_id, queue.pk, item.pk
        reservations_sql.insert(*of, access.author_id, now, until)
        return until
    since = mine.created_at if mine.expires_at > now else now
    rows.filter(pk=mine.pk).update(created_at=since, expires_at=until)
    return until


def _there(item: QueueItem) -> list[Reservation]:
    """All of an item, also those that have expired."""
    return _of_item(item.project_id, item.pk)


@prepared
def _of_item(project_id: UUID, item_id: UUID) -> QuerySet[Reservation]:
    return Reservation.objects.filter(project_id=project_id, item_id=item_id)


@prepared
def _locked(project_id: UUID, queue_id: UUID, entity_id: UUID) -> QuerySet[QueueItem]:
    mine = QueueItem.objects.filter(project_id=project_id, queue_id=queue_id)
    return mine.filter(entity_id=entity_id).select_for_update()


def _active(queue: AnnotationQueue, now: datetime) -> QuerySet[Reservation]:
    return Reservation.objects.filter(
        project_id=queue.project_id, queue_id=queue.pk, expires_at__gt=now
    )


def _items(queue: AnnotationQueue) -> QuerySet[QueueItem]:
    return QueueItem.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
