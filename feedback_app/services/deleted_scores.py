"""Scores that are deleted: whoever has given them as a review may review the item again."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from feedback_app.services import reopenings
from traces_app.access import Access
from traces_app.models import NIL, AnnotationQueue, EntityType
from traces_app.services import scores


@transaction.atomic
def delete(
    *,
    access: Access,
    entity_type: EntityType,
    entity_id: UUID,
    names: Collection[str],
    author: str | None = None,
    queue_id: UUID = NIL,
) -> int:
    """Delete scores as ``scores.delete`` does, and reopen the reviews that were made of them."""
    gone = scores.delete(
        access=access,
        entity_type=entity_type,
        entity_id=entity_id,
        names=names,
        author=author,
        queue_id=queue_id,
    )
    if gone and queue_id != NIL:
        # Also one that the caller does not see: the scores were there to be deleted.
        queues = AnnotationQueue.objects.filter(project__in=access.project_ids, pk=queue_id)
        for queue in queues:
            if queue.entity_type is entity_type:
                reopenings.follow_scores(access=access, queue=queue, judged_id=entity_id)
    return gone
