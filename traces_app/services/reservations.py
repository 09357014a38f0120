"""Reservations: who is judging which item of a queue just now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import AnnotationQueue, QueueItem, Reservation
from traces_app.services import queues


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
    return Claim(True, access.author_id, until)


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


def _locked_item(queue: AnnotationQueue, entity_id: UUID) -> QueueItem:
    # Claims of one item take turns here; its trace cannot go while it is claimed.
    items = QueueItem.objects.filter(
        project_id=queue.project_id, queue_id=queue.pk, entity_id=entity_id
    )
    item = items.select_for_update().first()
    if item is None:
        raise NotFound(f"Annotation queue item id: {entity_id} not found")
    return item
