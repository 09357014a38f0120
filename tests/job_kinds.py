"""Kinds of jobs that only tests know; the worker is started with ``--registry tests.job_kinds``."""

import os
import signal
import time
from datetime import timedelta

from django.db import transaction

from traces_app.errors import Refusal
from traces_app.models import NIL, AuditEvent, Face, Job
from traces_app.services import events
from traces_app.work.registry import JobRun, Registry

EFFECT = "test.effect"


def leave_effect(job_run: JobRun) -> None:
    """Takes ``seconds``, the first time. Effect and outcome commit together, so it counts once."""
    if job_run.job.attempts == 1:
        time.sleep(job_run.payload.get("seconds", 0))
    with transaction.atomic():
        _record(job_run.job)
        job_run.finish({"attempt": job_run.job.attempts})


def tick(job_run: JobRun) -> None:
    _record(job_run.job)


def count(job_run: JobRun) -> int:
    for done in range(11):
        job_run.report(done, 10)
    return 10


def kill_own_process(job_run: JobRun) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang(job_run: JobRun) -> None:
    time.sleep(3600)


def raise_error(job_run: JobRun) -> None:
    raise ValueError("no such luck")


def refuse(job_run: JobRun) -> None:
    raise Refusal("This cannot be done.")


def effects_of(job: Job) -> int:
    return AuditEvent.objects.filter(action=EFFECT, entity_id=job.pk).count()


def _record(job: Job) -> None:
    events.record_one(
        workspace_id=NIL,
        actor_id=None,
        face=Face.WORKER,
        action=EFFECT,
        entity_type="job",
        entity_id=job.pk,
    )


REGISTRY = Registry(
    handlers={
        "effect": leave_effect,
        "tick": tick,
        "count": count,
        "poison": kill_own_process,
        "hang": hang,
        "error": raise_error,
        "refusal": refuse,
    },
    periodic={"tick": timedelta(hours=1)},
)
