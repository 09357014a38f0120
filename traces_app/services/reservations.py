"""Reservations: who is judging which item of a queue just now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import AnnotationQueue, QueueItem, Reservation
from traces_app.services import events, queues


@dataclass(frozen=True, slots=True)
class Claim:
    """Whether the caller holds the item; else who does, and until when."""

    is_mine: bool
    holder_id: UUID
    expires_at: datetime


@transaction.atomic
def claim(*, access: Access, queue_id: UUID, entity_id: UUID) -> Claim:
    """Reserve an item for the caller's author, or renew what that author holds.

    As many may hold an item at one time as it needs reviews. Raises Forbidden for viewers,
    NotFound for the queue and for what is not in it.
    """
    access.must_judge()
    queue = queues.find(access=access, queue_id=queue_id)
    item = _locked_item(queue, entity_id)
    now = timezone.now()
    held = Reservation.objects.filter(project_id=queue.project_id, item_id=item.pk)
    held.filter(expires_at__lte=now).delete()
    others = list(held.exclude(holder_id=access.author_id).order_by("expires_at", "pk"))
    if len(others) >= queue.annotators_per_item:
        return Claim(False, others[0].holder_id, others[0].expires_at)
    _hold(access, queue, item, now)
    return Claim(True, access.author_id, now + timedelta(seconds=queue.lock_timeout_seconds))


@transaction.atomic
def take_next(
    *, access: Access, queue_id: UUID, finished: QuerySet[Any, Any], later: QuerySet[Any, Any]
) -> UUID | None:
    """Reserve the first item that waits for a review by the caller; its trace or thread.

    ``finished`` gives the ids of those that the caller is done with; ``later`` those that come
    last, by ``judged_id`` and ``last_updated_at``, the longest put off first. What the caller holds
    already comes before all. An item is handed to no more people than it still needs reviews.
    None: nothing is left. Raises Forbidden and NotFound.
    """
    access.must_judge()
    queue = queues.find(access=access, queue_id=queue_id)
    now = timezone.now()
    waiting = QueueItem.objects.filter(
        project_id=queue.project_id, queue_id=queue.pk, is_done=False
    ).exclude(entity_id__in=finished)
    held = Reservation.objects.filter(
        project_id=queue.project_id,
        queue_id=queue.pk,
        holder_id=access.author_id,
        expires_at__gt=now,
    )
    mine = waiting.filter(pk__in=held.values("item_id")).order_by("position", "pk").first()
    put_off = later.filter(judged_id=OuterRef("entity_id")).values("last_updated_at")[:1]
    fresh = waiting.exclude(entity_id__in=later.values("judged_id"))
    item = mine or _take(access, queue, fresh.order_by("position", "pk"), now)
    if item is None:
        again = waiting.filter(entity_id__in=later.values("judged_id"))
        item = _take(access, queue, again.order_by(Subquery(put_off), "position", "pk"), now)
    if item is None:
        return None
    _hold(access, queue, item, now)
    return item.entity_id


def may_review(*, access: Access, queue: AnnotationQueue, item: QueueItem) -> bool:
    """Whether a review by the caller, who has given none, is still wanted of a locked item.

    It is where the caller holds it; else where reviews and other holders are fewer than needed.
    """
    active = _active(queue, timezone.now()).filter(item_id=item.pk)
    if active.filter(holder_id=access.author_id).exists():
        return True
    return item.review_count + active.count() < queue.annotators_per_item


def until(*, access: Access, queue: AnnotationQueue, item: QueueItem) -> datetime | None:
    """Until when the caller holds the item; None when it is not held."""
    mine = _active(queue, timezone.now()).filter(item_id=item.pk, holder_id=access.author_id)
    return mine.values_list("expires_at", flat=True).first()


def locked_item(*, queue: AnnotationQueue, entity_id: UUID) -> QueueItem:
    """An item of the queue, locked until the commit. Raises NotFound."""
    return _locked_item(queue, entity_id)


@transaction.atomic
def release(*, access: Access, queue_id: UUID, entity_id: UUID) -> bool:
    """Give back an item that the caller holds; whether it was held. Raises as ``claim``."""
    access.must_judge()
    queue = queues.find(access=access, queue_id=queue_id)
    item = _locked_item(queue, entity_id)
    mine = Reservation.objects.filter(
        project_id=queue.project_id, item_id=item.pk, holder_id=access.author_id
    )
    return mine.delete()[0] > 0


@transaction.atomic
def revoke(*, access: Access, queue_id: UUID, entity_id: UUID, holder_id: UUID) -> bool:
    """Take an item from whoever holds it; whether it was held. What was typed stays a draft.

    Raises Forbidden for those who do not run queues, NotFound.
    """
    access.must_write()
    queue = queues.find(access=access, queue_id=queue_id)
    item = _locked_item(queue, entity_id)
    held = Reservation.objects.filter(
        project_id=queue.project_id, item_id=item.pk, holder_id=holder_id
    )
    if not held.delete()[0]:
        return False
    change = events.Change("queue.release", queue.scope, entity_id, queue.project_id)
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
    access: Access, queue: AnnotationQueue, waiting: QuerySet[QueueItem], now: datetime
) -> QueueItem | None:
    """The first of ``waiting`` that is free, locked; those that others lock just now are passed."""
    others = _active(queue, now).exclude(holder_id=access.author_id)
    of_item = others.filter(item_id=OuterRef("pk")).order_by().values("item_id")
    held = of_item.annotate(number=Count("pk")).values("number")
    free = waiting.alias(held=Coalesce(Subquery(held), 0)).filter(
        review_count__lt=queue.annotators_per_item - F("held")
    )
    passed: list[UUID] = []
    while True:
        rows = free.exclude(pk__in=passed)
        item = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if item is None:
            return None
        # Who claimed it between the look and the lock is seen only now.
        if item.review_count + others.filter(item_id=item.pk).count() < queue.annotators_per_item:
            return item
        passed.append(item.pk)


def _hold(access: Access, queue: AnnotationQueue, item: QueueItem, now: datetime) -> None:
    held = Reservation.objects.filter(project_id=queue.project_id, item_id=item.pk)
    held.filter(expires_at__lte=now).delete()
    until = now + timedelta(seconds=queue.lock_timeout_seconds)
    if not held.filter(holder_id=access.author_id).update(expires_at=until):
        Reservation.objects.create(
            project_id=queue.project_id,
            queue_id=queue.pk,
            item_id=item.pk,
            holder_id=access.author_id,
            created_at=now,
            expires_at=until,
        )


def _active(queue: AnnotationQueue, now: datetime) -> QuerySet[Reservation]:
    return Reservation.objects.filter(
        project_id=queue.project_id, queue_id=queue.pk, expires_at__gt=now
    )


def _locked_item(queue: AnnotationQueue, entity_id: UUID) -> QueueItem:
    # Claims of one item take turns here; its trace cannot go while it is claimed.
    items = QueueItem.objects.filter(
        project_id=queue.project_id, queue_id=queue.pk, entity_id=entity_id
    )
    item = items.select_for_update().first()
    if item is None:
        raise NotFound(f"Annotation queue item id: {entity_id} not found")
    return item
