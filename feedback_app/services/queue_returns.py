"""What was put into a queue at once, taken out again unless somebody has begun it."""

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from django.utils import timezone

from feedback_app.models import Review
from traces_app.access import Access
from traces_app.models import AnnotationQueue, EntityType, QueueItem, Reservation
from traces_app.services import entities, queue_items, queues


def added(
    *, access: Access, queue: AnnotationQueue, ids: Collection[UUID], add: Callable[[], object]
) -> dict[UUID, UUID]:
    """Let ``add`` put some of these traces into the queue; the new items by trace.

    In the caller's transaction, which has the traces locked.
    """
    # Held, so that what is new afterwards is what was added here.
    queues.find(access=access, queue_id=queue.pk, lock=True)
    before = _standing(queue, ids)
    add()
    return {pk: item for pk, item in _standing(queue, ids).items() if pk not in before}


def take_out(*, access: Access, queue_id: UUID, items: Mapping[UUID, UUID]) -> int:
    """Take items, by trace, out of a queue; how many went.

    What somebody has reviewed, drafted, put off, flagged or holds just now stays, and so does what
    was taken out and put in anew. In the caller's transaction. Raises Forbidden.
    """
    access.must_write()
    entities.locked_homes(access, EntityType.TRACE, set(items))
    visible = AnnotationQueue.objects.visible_to(access).filter(pk=queue_id)
    queue = visible.select_for_update().first()
    if queue is None:
        return 0
    mine = QueueItem.objects.filter(
        project_id=queue.project_id, queue_id=queue.pk, pk__in=items.values(), review_count=0
    )
    # In the order in which scores write them; nobody can claim one that is held.
    held = dict(mine.order_by("entity_id").select_for_update().values_list("pk", "entity_id"))
    free = set(held.values()) - _begun(queue, held)
    return queue_items.remove(access=access, queue_id=queue.pk, entity_ids=free)


def _standing(queue: AnnotationQueue, ids: Collection[UUID]) -> dict[UUID, UUID]:
    rows = QueueItem.objects.filter(
        project_id=queue.project_id, queue_id=queue.pk, entity_id__in=list(ids)
    )
    return dict(rows.values_list("entity_id", "pk"))


def _begun(queue: AnnotationQueue, items: Mapping[UUID, UUID]) -> set[UUID]:
    """What of these items somebody has written about, or is at."""
    here = {"project_id": queue.project_id, "queue_id": queue.pk}
    written = Review.objects.filter(**here, judged_id__in=items.values())
    active = Reservation.objects.filter(
        **here, item_id__in=list(items), expires_at__gt=timezone.now()
    )
    at_it = {items[pk] for pk in active.values_list("item_id", flat=True)}
    return at_it | set(written.values_list("judged_id", flat=True))
