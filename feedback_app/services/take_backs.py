"""Imports taken back: what one has added leaves the dataset, unless somebody has edited it since.

A job does it, a short transaction a batch. Snapshots hold copies of their own and keep them.
"""

from dataclasses import asdict, dataclass
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F

from feedback_app.models import Datapoint, DatasetImport
from feedback_app.services import asked_jobs, datapoints, dataset_imports, named_datasets
from traces_app.access import Access
from traces_app.errors import Conflict
from traces_app.models import NIL, Job
from traces_app.pace import Pace
from traces_app.services import events
from traces_app.services.meetings import survives_meeting
from traces_app.work.registry import JobRun

KIND = "datasets.take_back"
NOTHING = "This import has added nothing that could be taken back."
IS_ASKED = "This import is being taken back, or was already."
CUT_SHORT = (Job.State.FAILED, Job.State.CANCELLED)
State = DatasetImport.State


@dataclass(frozen=True)
class Progress:
    """How far a job is; ``after`` is the last datapoint that it looked at."""

    after: str = str(NIL)
    removed: int = 0
    kept: int = 0


def may_ask(task: DatasetImport) -> bool:
    """Has it added something that is there, and has nobody asked yet?

    One that goes on is stopped first. Whose taking back was cut short may be asked for again.
    """
    if task.state not in (State.DONE, State.STOPPED, State.FAILED):
        return False
    if not Datapoint.objects.imported_by(task).exists():
        return False
    if task.take_back_job_id is None:
        return True
    return Job.objects.filter(pk=task.take_back_job_id, state__in=CUT_SHORT).exists()


@transaction.atomic
def ask(*, access: Access, import_id: UUID) -> Job:
    """Have it taken back by a job, once. Raises Forbidden, NotFound, Conflict."""
    access.must_write()
    task = dataset_imports.locked(access=access, import_id=import_id)
    if not may_ask(task):
        raise Conflict(IS_ASKED if task.take_back_job_id else NOTHING)
    payload = {"import": str(task.pk), "file": task.file_name, "total": task.good}
    job = asked_jobs.enqueue(access=access, kind=KIND, payload=payload, token=uuid4())
    task.take_back_job_id = job.pk
    task.save(update_fields=["take_back_job_id"])
    change = events.Change("dataset.take_back", "dataset", task.dataset_id, task.project_id)
    change.after.update({"import": str(task.pk), "file": task.file_name})
    events.record(access, [change])
    return job


def run(job_run: JobRun) -> None:
    """Do the job, or the rest of it, by what the one who asked may do by now."""
    job, pace = job_run.job, Pace(20, 200, least=20, brief=0.015, long=0.03)
    while not job_run.is_finished:
        job_run.go_on()
        access = asked_jobs.access_of(workspace_id=job.workspace_id, user_id=job.created_by_id)
        with pace.step():
            _step(job_run, access, pace.size)


@survives_meeting
@transaction.atomic
def _step(job_run: JobRun, access: Access, size: int) -> None:
    before = Progress(**job_run.checkpoint)
    task = dataset_imports.find(access=access, import_id=UUID(job_run.payload["import"]))
    # Whoever edits a datapoint holds its dataset.
    named_datasets.locked(access=access, dataset_id=task.dataset_id)
    added = Datapoint.objects.imported_by(task).filter(pk__gt=before.after).order_by("pk")
    met = list(added.only("digest", "made_digest")[:size])
    doomed = [point.pk for point in met if not point.is_edited]
    datapoints.delete(access=access, ids=doomed, dataset_id=task.dataset_id, is_final=True)
    so_far = Progress(
        after=str(met[-1].pk) if met else before.after,
        removed=before.removed + len(doomed),
        kept=before.kept + len(met) - len(doomed),
    )
    mine = DatasetImport.objects.filter(project_id=task.project_id, pk=task.pk)
    mine.update(taken_back=F("taken_back") + len(doomed), kept=so_far.kept)
    job_run.save(asdict(so_far), so_far.removed + so_far.kept, job_run.payload["total"])
    if len(met) < size:
        job_run.finish(asdict(so_far))
