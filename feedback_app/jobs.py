"""Every kind of background job, wired to the function that does it."""

from datetime import timedelta

from traces_app.services import jobs, waiting_scores
from traces_app.work.registry import JobRun, Registry


def purge(job_run: JobRun) -> dict[str, int]:
    """Remove jobs that ended long ago."""
    return {"removed": jobs.purge()}


def sweep_waiting_scores(job_run: JobRun) -> dict[str, int]:
    """Expire scores that waited too long for their trace."""
    return {"waiting": waiting_scores.sweep()}


REGISTRY = Registry(
    handlers={
        "jobs.purge": purge,
        "waiting_scores.sweep": sweep_waiting_scores,
    },
    periodic={
        "jobs.purge": timedelta(hours=1),
        "waiting_scores.sweep": timedelta(minutes=10),
    },
)
"""Consumers of the outbox go in here too; with none, changed traces are just forgotten."""
