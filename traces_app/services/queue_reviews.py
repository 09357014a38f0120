"""How often the items of queues were reviewed: the facts on an item follow the queue's scores."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from traces_app.models import NIL, AnnotationQueue, QueueItem
from traces_app.models.queues_sql import count_reviews


class Said(NamedTuple):
    """That something was scored in a queue, or is not any more."""

    project_id: UUID
    queue_id: UUID
    entity_id: UUID


def refresh(said: Iterable[Said]) -> None:
    """Count anew who has reviewed these items; what is in no queue, or no item, is no error.

    In the caller's transaction, which has the scored entities locked. A review is one author's
    scores of one item in its queue.
    """
    count_reviews(sorted({each for each in said if each.queue_id != NIL}))


def needed(queue: AnnotationQueue) -> int:
    """How many reviews a new item of the queue needs."""
    return queue.annotators_per_item


def recount(queue: AnnotationQueue) -> None:
    """Decide anew which items are done, after the queue has come to need more or fewer reviews."""
    items = QueueItem.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
    # In the order in which scores write them; one that is being scored just now is waited for.
    deque(items.order_by("entity_id").select_for_update().values_list("pk").iterator(), maxlen=0)
    needed = queue.annotators_per_item
    items.filter(review_count__gte=needed).update(reviews_needed=needed, is_done=True)
    items.filter(review_count__lt=needed).update(reviews_needed=needed, is_done=False)
