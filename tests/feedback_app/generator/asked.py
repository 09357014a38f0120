"""A trace whose answer is to be written, and the worker's turn, in this process."""

from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from feedback_app.jobs import REGISTRY
from feedback_app.services import datasets
from feedback_app.services.datasets import Added
from tests.feedback_app.desk import Desk
from traces_app.models import Job, Trace
from traces_app.services import jobs
from traces_app.work import attempts


def low(desk: Desk, **values: str) -> Trace:
    """A trace with a low score and feedback."""
    trace = desk.trace(**values)
    desk.score(trace, "0.2", "Only in year one.")
    return trace


def add(desk: Desk, trace: Trace, dataset_id: UUID | None = None) -> Added:
    return datasets.add_trace(access=desk.access, trace_id=trace.pk, dataset_id=dataset_id)


def work(*, now: bool = False) -> list[Job]:
    """Do what is due; ``now`` also what waits for its next attempt. The jobs, as they ended."""
    if now:
        Job.objects.filter(~Q(state="running")).update(run_after=timezone.now())
    done = []
    while job := jobs.claim(lane=Job.Lane.ASKING):
        attempts.run(job, REGISTRY.handlers, lambda: None)
        job.refresh_from_db()
        done.append(job)
    return done


def state(trace: Trace) -> tuple[bool, str, str]:
    """Added to a dataset, its status, and the reason."""
    trace.refresh_from_db()
    return trace.added_to_dataset, trace.processing_status, trace.processing_error
