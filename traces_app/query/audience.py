"""Which reviewers see what is said of a trace, span or thread: ``sight`` from its other end."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from traces_app.models import (
    AnnotationQueue,
    EntityType,
    QueueItem,
    QueueReviewer,
    Span,
    Thread,
    Trace,
)


def of_comments(
    project_id: UUID, entity_type: EntityType, entity_id: UUID, among: Collection[UUID]
) -> set[UUID]:
    """Those ``among`` some reviewers who see others' comments on this; two queries.

    It is an item of a queue of theirs, and of none that hides comments from them.
    """
    items = QueueItem.objects.filter(_holding(project_id, entity_type, entity_id))
    queues = AnnotationQueue.objects.filter(
        project_id=project_id, pk__in=items.filter(project_id=project_id).values("queue_id")
    )
    found = list(queues.values_list("pk", "is_for_everyone", "is_blind", "comments_enabled"))
    named: dict[UUID, set[UUID]] = defaultdict(set)
    reviewers = QueueReviewer.objects.filter(
        project_id=project_id, queue_id__in=[pk for pk, *_ in found], user_id__in=list(among)
    )
    for queue_id, user_id in reviewers.values_list("queue_id", "user_id"):
        named[queue_id].add(user_id)
    seeing: set[UUID] = set()
    deaf: set[UUID] = set()
    for pk, is_for_everyone, is_blind, has_comments in found:
        own = set(among) if is_for_everyone else named[pk]
        seeing |= own
        deaf |= own if is_blind and not has_comments else set()
    return seeing - deaf


def _holding(project_id: UUID, entity_type: EntityType, entity_id: UUID) -> Q:
    """Items that are this, or that hold it: a span's trace, a trace's thread."""
    if entity_type == EntityType.THREAD:
        return Q(entity_type=EntityType.THREAD, entity_id=entity_id)
    traces: QuerySet[Trace] = Trace.objects.filter(project_id=project_id)
    if entity_type == EntityType.SPAN:
        spans = Span.objects.filter(project_id=project_id, pk=entity_id)
        traces = traces.filter(pk__in=spans.values("trace_id"))
    else:
        traces = traces.filter(pk=entity_id)
    threads = Thread.objects.filter(project_id=project_id, thread_id__in=traces.values("thread_id"))
    return Q(entity_type=EntityType.TRACE, entity_id__in=traces.values("pk")) | Q(
        entity_type=EntityType.THREAD, entity_id__in=threads.values("pk")
    )
