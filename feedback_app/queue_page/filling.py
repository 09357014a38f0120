"""What fills queues: where something stands, and the queues that it can be added to."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from traces_app.access import Access
from traces_app.models import AnnotationQueue, EntityType, QueueItem, Thread, Trace

MOST = 100


@dataclass(frozen=True)
class Standing:
    """The queues that something is in, and those it can be added to, alone or in a pair."""

    items: list[QueueItem]
    others: list[AnnotationQueue]
    of_pairs: list[AnnotationQueue]


def targets(access: Access, projects: Sequence[UUID], scope: str) -> list[AnnotationQueue]:
    """The newest queues of a scope in these projects, with their project; none for readers."""
    if not access.may_write:
        return []
    visible = AnnotationQueue.objects.visible_to(access).filter(
        project_id__in=projects, scope=scope
    )
    return list(visible.select_related("project").newest_first()[:MOST])


def standing(access: Access, judged: Trace | Thread) -> Standing | None:
    """Where a trace or thread stands; None for a reviewer, who judges and does not run queues."""
    if access.sees_queues_only:
        return None
    kind = EntityType.TRACE if isinstance(judged, Trace) else EntityType.THREAD
    mine = QueueItem.objects.visible_to(access).filter(
        Q(entity_type=kind, entity_id=judged.pk) | Q(other_id=judged.pk),
        project_id=judged.project_id,
    )
    items = list(mine.select_related("queue").order_by("pk"))
    inside = {item.queue_id for item in items}
    offered = targets(access, [judged.project_id], kind)
    alone = [each for each in offered if each.pk not in inside]
    pairs = AnnotationQueue.Scope.PAIR
    is_trace = kind is EntityType.TRACE
    return Standing(items, alone, targets(access, [judged.project_id], pairs) if is_trace else [])
