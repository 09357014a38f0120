"""How often the items of queues were reviewed: the facts on an item follow the queue's scores."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from typing import NamedTuple
from uuid import UUID

from traces_app.models import NIL, AnnotationQueue, QueueItem, Score, statements

_WRITE = """
UPDATE traces_app_queueitem SET review_count = %s, is_done = %s
WHERE project_id = %s AND queue_id = %s AND entity_id = %s
"""


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
    about = {each for each in said if each.queue_id != NIL}
    if not about:
        return
    by_queue: dict[tuple[UUID, UUID], set[UUID]] = defaultdict(set)
    for each in about:
        by_queue[each.project_id, each.queue_id].add(each.entity_id)
    queues = AnnotationQueue.objects.filter(
        project_id__in={home for home, _ in by_queue}, pk__in={pk for _, pk in by_queue}
    )
    rows: list[tuple[int, bool, UUID, UUID, UUID]] = []
    for home, pk, scope, needed in queues.values_list(
        "project_id", "pk", "scope", "annotators_per_item"
    ):
        counts = _counts(home, pk, scope, by_queue.get((home, pk), set()))
        rows += [(n, n >= needed, home, pk, entity_id) for entity_id, n in counts.items()]
    statements.run(_WRITE, sorted(rows, key=lambda row: row[2:]))


def recount(queue: AnnotationQueue) -> None:
    """Decide anew which items are done, after the queue has come to need more or fewer reviews."""
    items = QueueItem.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
    # In the order in which scores write them; one that is being scored just now is waited for.
    deque(items.order_by("entity_id").select_for_update().values_list("pk").iterator(), maxlen=0)
    needed = queue.annotators_per_item
    items.filter(is_done=False, review_count__gte=needed).update(is_done=True)
    items.filter(is_done=True, review_count__lt=needed).update(is_done=False)


def _counts(
    project_id: UUID, queue_id: UUID, scope: str, entity_ids: Collection[UUID]
) -> dict[UUID, int]:
    authors: dict[UUID, set[UUID]] = {entity_id: set() for entity_id in entity_ids}
    rows = Score.objects.about(scope, list(entity_ids)).filter(
        project_id=project_id, queue_id=queue_id
    )
    for entity_id, author_id in rows.values_list("entity_id", "author_id"):
        authors[entity_id].add(author_id)
    return {entity_id: len(people) for entity_id, people in authors.items()}
