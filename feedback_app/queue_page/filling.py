"""What fills queues: those that traces can be added to, and how far a job is that adds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from feedback_app.services import queue_fills
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import AnnotationQueue, EntityType, Job, QueueItem, Trace

MOST = 100


@dataclass(frozen=True)
class Filling:
    """A job that adds traces: how many it has matched, and when it is over how many were new."""

    pk: UUID
    state: str
    matched: int
    added: int
    error: str

    @property
    def is_over(self) -> bool:
        return self.state in (Job.State.DONE, Job.State.FAILED)


@dataclass(frozen=True)
class Standing:
    """The queues that a trace is in, and those it can be added to."""

    items: list[QueueItem]
    others: list[AnnotationQueue]


def of(access: Access, queue: AnnotationQueue, job_id: UUID) -> Filling | None:
    """A job of this queue; None for any other, also when it was purged."""
    job = Job.objects.filter(
        pk=job_id, kind=queue_fills.KIND, workspace_id=access.workspace_id
    ).first()
    if job is None or normal_form.load(job.payload).get("queue") != str(queue.pk):
        return None
    result = normal_form.load(job.result) if job.result else {}
    matched = result.get("matched", job.progress_done)
    return Filling(job.pk, job.state, matched, result.get("added", 0), job.error)


def targets(access: Access, projects: Sequence[UUID]) -> list[AnnotationQueue]:
    """The newest queues of traces in these projects, with their project; none for readers."""
    if not access.may_write:
        return []
    visible = AnnotationQueue.objects.visible_to(access).filter(
        project_id__in=projects, scope=AnnotationQueue.Scope.TRACE
    )
    return list(visible.select_related("project").newest_first()[:MOST])


def standing(access: Access, trace: Trace) -> Standing | None:
    """Where a trace stands; None for a reviewer, who judges and does not run queues."""
    if access.sees_queues_only:
        return None
    items = list(
        QueueItem.objects.visible_to(access)
        .filter(project_id=trace.project_id, entity_type=EntityType.TRACE, entity_id=trace.pk)
        .select_related("queue")
        .order_by("pk")
    )
    inside = {item.queue_id for item in items}
    others = [each for each in targets(access, [trace.project_id]) if each.pk not in inside]
    return Standing(items, others)
