"""How often the items of queues were reviewed: the facts on an item follow the queue's scores."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db.models import F

from traces_app.models import NIL, AnnotationQueue, QueueItem
from traces_app.models.queues_sql import count_reviews

_AT_ONCE = 1000


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


def needed(queue: AnnotationQueue, entity_id: UUID) -> int:
    """How many reviews an item of the queue needs.

    Which ones need a second review hangs on their ids alone: more items, or a larger share, leave
    those that were chosen as they are.
    """
    digest = hashlib.blake2b(entity_id.bytes, key=queue.pk.bytes, person=b"double", digest_size=8)
    is_chosen = int.from_bytes(digest.digest()) % 100 < queue.double_percent
    return max(queue.annotators_per_item, 2 if is_chosen else 1)


def recount(queue: AnnotationQueue) -> None:
    """Decide anew which items are done, after the queue has come to need more or fewer reviews."""
    items = QueueItem.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
    # In the order in which scores write them; one that is being scored just now is waited for.
    ids = items.order_by("entity_id").select_for_update().values_list("entity_id", flat=True)
    by_number: dict[int, list[UUID]] = defaultdict(list)
    for entity_id in ids.iterator():
        by_number[needed(queue, entity_id)].append(entity_id)
    for number, chosen in by_number.items():
        for start in range(0, len(chosen), _AT_ONCE):
            some = items.filter(entity_id__in=chosen[start : start + _AT_ONCE])
            some.update(reviews_needed=number)
    items.filter(is_done=False, review_count__gte=F("reviews_needed")).update(is_done=True)
    items.filter(is_done=True, review_count__lt=F("reviews_needed")).update(is_done=False)
