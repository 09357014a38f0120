"""In which order the items of a queue are handed out."""

import hashlib
from uuid import UUID

from traces_app.models import NIL, AnnotationQueue, QueueItem

_AT_ONCE = 1000


def reorder(queue: AnnotationQueue) -> None:
    """Give every item its place in the queue's order, after that was changed."""
    items = QueueItem.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
    items = items.only("project_id", "entity_id").order_by("pk")
    last = NIL
    while batch := list(items.filter(pk__gt=last)[:_AT_ONCE]):
        for item in batch:
            item.position = position(queue, item.entity_id)
        items.bulk_update(batch, ["position"])
        last = batch[-1].pk


def position(queue: AnnotationQueue, entity_id: UUID) -> int:
    """Where an item stands in its queue, least first: by the time in its id, or shuffled."""
    if queue.order == AnnotationQueue.Order.RANDOM:
        digest = hashlib.blake2b(entity_id.bytes, key=queue.pk.bytes, digest_size=8).digest()
        return int.from_bytes(digest) >> 1
    milliseconds = entity_id.int >> 80
    return -milliseconds if queue.order == AnnotationQueue.Order.NEWEST else milliseconds
