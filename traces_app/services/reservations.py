"""Reservations: who is judging which item of a queue just now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import AnnotationQueue, QueueItem, Reservation, reservations_sql
from traces_app.models.prepared import prepared
from traces_app.services import events, queues
from traces_app.services.queue_lines import Line, Part, Waiting


@dataclass(frozen=True, slots=True)
class Claim:
    """Whether the caller holds the item; else who does, and until when."""

    is_mine: bool
    holder_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Holders:
    """Who holds an item: until when the caller does, and how many others; ``rows`` are its
    reservations, also those that have expired."""

    mine: datetime | None
    others: int
    rows: Sequence[Reservation]

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


def hold(
    *, access: Access, queue: AnnotationQueue, item: QueueItem, holders: Holders | None = None
) -> datetime:
    """Reserve a locked item that leaves room for the caller, or renew that; until when.

    ``holders`` are those of the locked item, where they have been asked for.
    """
    there = holders.rows if holders else _there(item)
    return _hold(access, queue, item, timezone.now(), there)


@transaction.atomic
def take_next(
    *, access: Access, queue: AnnotationQueue, line: Line, passed: Sequence[UUID] = ()
) -> Handed | None:
    """Reserve the first item of the caller's ``line`` but for ``passed`` traces or threads.

    An item is handed to no more people than it still needs reviews. None: nothing is left. Raises
    Forbidden.
    """
    access.must_judge()
    now = timezone.now()
    for part in line.parts:
        taken = _take(access, queue, part, now, list(passed))
        if taken is not None:
            return taken
    return None


def look_ahead(
    *, access: Access, queue: AnnotationQueue, judged_id: UUID, line: Line
) -> UUID | None:
    """The item that ``take_next`` would come to after this one, which nobody is kept from.

    Raises Forbidden.
    """
    access.must_judge()
    waiting = Waiting(queue.project_id, queue.pk, access.author_id, timezone.now())
    for part in line.parts:
        found = part.first(waiting, [judged_id])
        if found is not None:
            return found.entity_id
    return None


def holders_of(*, access: Access, item: QueueItem) -> Holders:
    """Who holds an item just now; to be relied on where it is locked."""
    now = timezone.now()
    there = _there(item)
    active = {row.holder_id: row.expires_at for row in there if row.expires_at > now}
    mine = active.pop(access.author_id, None)
    return Holders(mine, len(active), there)


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


def _take(
    access: Access, queue: AnnotationQueue, part: Part, now: datetime, passed: list[UUID]
) -> Handed | None:
    """The first that is free, held; those that others lock just now are passed."""
    waiting = Waiting(queue.project_id, queue.pk, access.author_id, now)
    while True:
        item = part.first(waiting, passed, lock=True)
        if item is None:
            return None
        # Who claimed it between the look and the lock is seen only now.
        there = _there(item)
        others = sum(row.expires_at > now and row.holder_id != access.author_id for row in there)
        if item.review_count + others < item.reviews_needed:
            return Handed(item, _hold(access, queue, item, now, there))
        passed.append(item.entity_id)


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
