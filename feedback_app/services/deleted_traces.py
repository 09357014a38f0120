"""Traces in the trash, as pages restore them: with the marks that datapoints leave on a trace."""

from uuid import UUID, uuid4

from django.db import transaction

from feedback_app.models import Datapoint
from feedback_app.services import asked_jobs, marked_traces
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import Deletion, Job
from traces_app.pace import Pace
from traces_app.services import trash
from traces_app.services.meetings import survives_meeting
from traces_app.services.trash import ALL, Restored, Wanted
from traces_app.work.registry import JobRun

KIND = "traces.restore"
AT_ONCE = 200
"""More than these are restored by a job."""
NOTHING = "There is nothing to restore any more."


def find(*, access: Access, deletion_id: UUID) -> Deletion:
    """Raises NotFound."""
    visible = Deletion.objects.visible_to(access).select_related("project", "deleted_by")
    found = visible.filter(pk=deletion_id).first()
    if found is None:
        raise NotFound(NOTHING)
    return found


@survives_meeting
@transaction.atomic
def restore(*, access: Access, deletion_id: UUID, wanted: Wanted = ALL) -> Restored:
    """Bring traces of a deletion back as they were. Raises as ``trash.restore``."""
    restored = trash.restore(access=access, deletion_id=deletion_id, wanted=wanted)
    marked_traces.unmark_orphans(access=access, trace_ids=restored.back)
    held = Datapoint.objects.visible_to(access).filter(trace_id__in=restored.back)
    marked_traces.mark(access=access, trace_ids=set(held.values_list("trace_id", flat=True)))
    return restored


@transaction.atomic
def undo(*, access: Access, batch: UUID) -> int:
    """Bring back what was deleted at once, in whatever projects; how many. Raises NotFound."""
    access.must_write()
    together = Deletion.objects.visible_to(access).filter(batch=batch).order_by("project_id")
    ids = list(together.values_list("pk", flat=True))
    if not ids:
        raise NotFound(NOTHING)
    return sum(len(restore(access=access, deletion_id=pk).back) for pk in ids)


@transaction.atomic
def ask(*, access: Access, deletion_id: UUID) -> Job:
    """Let a job restore a whole deletion; one that is at it already is not joined by another.

    Raises Forbidden, NotFound.
    """
    access.must_write()
    # Held, so that of two who ask at once one meets the other's job.
    held = Deletion.objects.visible_to(access).filter(pk=deletion_id)
    deletion = held.select_for_update(no_key=True).first()
    if deletion is None:
        raise NotFound(NOTHING)
    going = Job.objects.visible_to(access).unfinished().filter(kind=KIND, is_called_off=False)
    for job in going.order_by("pk"):
        if normal_form.load(job.payload)["deletion"] == str(deletion.pk):
            return job
    payload = {"deletion": str(deletion.pk), "total": deletion.number}
    return asked_jobs.enqueue(access=access, kind=KIND, payload=payload, token=uuid4())


def run(job_run: JobRun) -> dict[str, object] | None:
    """Do the job, or the rest of it, by what the one who asked may do by now."""
    job, pace = job_run.job, Pace(5, 50, least=5, brief=0.015, long=0.03)
    while not job_run.is_finished:
        job_run.go_on()
        access = asked_jobs.access_of(workspace_id=job.workspace_id, user_id=job.created_by_id)
        with pace.step():
            _step(job_run, access, pace.size)
    return None


@survives_meeting
@transaction.atomic
def _step(job_run: JobRun, access: Access, size: int) -> None:
    before = {"back": 0, "taken": 0, "after": None} | job_run.checkpoint
    after = UUID(before["after"]) if before["after"] else None
    deletion_id = UUID(job_run.payload["deletion"])
    met = restore(access=access, deletion_id=deletion_id, wanted=Wanted(after=after, limit=size))
    so_far = {
        "back": before["back"] + len(met.back),
        "taken": before["taken"] + met.taken,
        "after": str(met.last) if met.last else None,
    }
    job_run.save(so_far, so_far["back"] + so_far["taken"], job_run.payload["total"])
    if met.last is None:
        job_run.finish(so_far)
