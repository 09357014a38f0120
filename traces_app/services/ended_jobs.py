"""Jobs that have ended: failed ones start over if somebody says so, old ones go."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from traces_app.models import Face, Job
from traces_app.services import events

PURGE_BATCH = 500
KEPT = {
    Job.State.DONE: timedelta(days=7),
    Job.State.CANCELLED: timedelta(days=7),
    Job.State.FAILED: timedelta(days=30),
}


@transaction.atomic
def retry(*, job_ids: Collection[UUID], actor_id: UUID, face: Face) -> int:
    """Let failed jobs start over; how many there were. Jobs in any other state are left alone."""
    failed = list(
        Job.objects.select_for_update()
        .filter(pk__in=job_ids, state=Job.State.FAILED)
        .order_by("pk")
        .values_list("pk", "workspace_id", "error")
    )
    Job.objects.filter(pk__in=[job_id for job_id, _, _ in failed]).update(
        state=Job.State.WAITING, run_after=timezone.now(), attempts=0, finished_at=None
    )
    for job_id, workspace_id, error in failed:
        events.record_one(
            workspace_id=workspace_id,
            actor_id=actor_id,
            face=face,
            action="job.retry",
            entity_type="job",
            entity_id=job_id,
            before={"error": error},
        )
    return len(failed)


def purge() -> int:
    """Remove jobs that ended long ago, a small batch a transaction; how many."""
    gone = 0
    for state, kept in KEPT.items():
        old = Job.objects.filter(state=state, finished_at__lt=timezone.now() - kept)
        while batch := list(old.values_list("pk", flat=True)[:PURGE_BATCH]):
            gone += old.filter(pk__in=batch).delete()[0]
    return gone
