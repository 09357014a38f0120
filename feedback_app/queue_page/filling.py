"""What fills queues: those that traces can be added to, and how far a job is that adds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from feedback_app.services import queue_fills
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import AnnotationQueue, EntityType, Job, QueueItem, Thread, Trace

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
    """The queues that something is in, and those it can be added to."""

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


def targets(
    access: Access, projects: Sequence[UUID], scope: str = AnnotationQueue.Scope.TRACE
) -> list[AnnotationQueue]:
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
        project_id=judged.project_id, entity_type=kind, entity_id=judged.pk
    )
    items = list(mine.select_related("queue").order_by("pk"))
    inside = {item.queue_id for item in items}
    offered = targets(access, [judged.project_id], kind)
    return Standing(items, [each for each in offered if each.pk not in inside])
