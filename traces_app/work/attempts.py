"""One attempt at one job: its lease is kept while it runs, and its outcome is saved."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from traces_app import normal_form
from traces_app.errors import Refusal
from traces_app.models import Job
from traces_app.services import jobs
from traces_app.work.registry import Handler, JobRun, TryAgain

logger = logging.getLogger(__name__)

RETRY_AFTER = 1.0
"""Seconds until an outcome is saved again that the database did not take."""


def run(job: Job, handlers: Mapping[str, Handler], on_life: Callable[[], None]) -> None:
    """Make one attempt and save how it ended, whatever it was.

    ``on_life`` is called whenever the attempt shows that it does not hang.
    """
    on_life()
    with _heartbeat(job):
        save = _attempt(JobRun(job, on_life), handlers)
        _insist(save, on_life)


def mark_fallen(job_id: UUID, token: UUID, reason: str) -> None:
    """Save that the process of an attempt died."""

    def save() -> None:
        for job in Job.objects.filter(pk=job_id, lease_token=token):
            jobs.fail(job=job, error=reason)

    _insist(save, on_life=lambda: None)


def _attempt(job_run: JobRun, handlers: Mapping[str, Handler]) -> Callable[[], None]:
    job = job_run.job
    try:
        if job.kind not in handlers:
            raise LookupError(f"This worker knows no job of the kind {job.kind}.")
        result = normal_form.dump(handlers[job.kind](job_run))
    except jobs.LeaseLost:
        logger.warning("Job %s (%s) passed to another worker", job.pk, job.kind)
        return lambda: None
    except jobs.CalledOff:
        return partial(jobs.end_called_off, job=job)
    except Refusal as refusal:
        return partial(jobs.fail, job=job, error=str(refusal), is_final=True)
    except TryAgain as reason:
        logger.info("Job %s (%s) is to be tried again", job.pk, job.kind)
        return partial(jobs.fail, job=job, error=str(reason), after=reason.after)
    except Exception as error:
        logger.exception("Job %s (%s) failed in attempt %d", job.pk, job.kind, job.attempts)
        return partial(jobs.fail, job=job, error=f"{type(error).__name__}: {error}")
    if job_run.is_finished:
        return lambda: None
    return partial(jobs.finish, job=job, result=result)


def _insist(save: Callable[[], None], on_life: Callable[[], None]) -> None:
    """Save an outcome, however long the database is locked or away."""
    while True:
        on_life()
        try:
            save()
        except jobs.LeaseLost:
            logger.warning("An outcome came too late: the job had passed to another worker")
        except (OperationalError, InterfaceError):
            logger.warning("The database does not take an outcome; trying again")
            connection.close()
            time.sleep(RETRY_AFTER)
            continue
        return


@contextmanager
def _heartbeat(job: Job) -> Iterator[None]:
    """Renew the lease from a thread of its own, four times a lease."""
    is_over = threading.Event()

    def beat() -> None:
        while not is_over.wait(settings.JOB_LEASE_SECONDS / 4):
            try:
                jobs.renew(job=job)
            except jobs.LeaseLost:
                return
            except (OperationalError, InterfaceError):
                logger.warning("The lease of job %s could not be renewed; trying again", job.pk)
            finally:
                connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
