"""What a worker has to do, and what it gives to those who do it."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.utils.module_loading import import_string

from traces_app import normal_form
from traces_app.models import Job
from traces_app.services import jobs
from traces_app.services.outbox import Consumer

REPORT_EVERY = 1.0
"""Seconds between two writes of a job's progress."""


class TryAgain(Exception):
    """An attempt came to nothing for a reason that may pass; the text is fit for a person.

    Like any other failure it counts and is tried again later, at least ``after`` from now.
    """

    def __init__(self, reason: str, after: timedelta = timedelta(0)) -> None:
        super().__init__(reason)
        self.after = after


class JobRun:
    """A job in the hands of its handler.

    It may be the second run of this job, even beside a first one that is thought dead. So either
    the effect is harmless to repeat, or ``finish`` is called in the transaction of the effect.
    """

    def __init__(self, job: Job, on_life: Callable[[], None] = lambda: None) -> None:
        self.job = job
        self.is_finished = False
        self._on_life = on_life
        self._reported_at = 0.0

    @cached_property
    def payload(self) -> dict[str, Any]:
        """What the job was enqueued with."""
        payload: dict[str, Any] = normal_form.load(self.job.payload)
        return payload

    @property
    def is_last(self) -> bool:
        """Will there be no attempt after this one?"""
        return self.job.attempts >= self.job.max_attempts

    def report(self, done: int, total: int | None = None) -> None:
        """Say how far it is: call it often, it writes seldom.

        A job that neither ends nor reports for ``JOB_QUIET_SECONDS`` is taken for hung. Raises
        LeaseLost when the job has passed to another worker; let it through.
        """
        now = time.monotonic()
        if now - self._reported_at < REPORT_EVERY and done != total:
            return
        self._reported_at = now
        self._on_life()
        jobs.report(job=self.job, done=done, total=total)

    @property
    def checkpoint(self) -> dict[str, Any]:
        """What ``save`` was last given, by this attempt or by one before; empty at first."""
        saved: dict[str, Any] = normal_form.load(self.job.checkpoint or "{}")
        return saved

    def save(self, checkpoint: Mapping[str, object], done: int, total: int | None = None) -> None:
        """Say how far it is, in the transaction of what was done since the last time.

        The next attempt goes on from there. Raises LeaseLost like ``report``.
        """
        self._on_life()
        text = normal_form.dump(dict(checkpoint))
        jobs.save_checkpoint(job=self.job, checkpoint=text, done=done, total=total)

    def go_on(self) -> None:
        """Ask between two steps. Raises CalledOff when somebody has cancelled the job; let it
        through: what was done stays."""
        if jobs.is_called_off(job=self.job):
            raise jobs.CalledOff("It was cancelled.")

    def finish(self, result: object = None) -> None:
        """Save the outcome now, within the transaction of the effect.

        Raises LeaseLost when the job has passed to another worker: the effect must roll back.
        """
        jobs.finish(job=self.job, result=normal_form.dump(result))
        self.is_finished = True


Handler = Callable[[JobRun], object]
"""Does the work and returns a result that fits in JSON. A Refusal is final, else it may retry."""


def at_need(path: str) -> Handler:
    """The handler at a dotted path, imported with the first such job: not every worker has one."""

    def handler(job_run: JobRun) -> object:
        return import_string(path)(job_run)

    return handler


@dataclass(frozen=True)
class Registry:
    """All that a worker has to do."""

    handlers: Mapping[str, Handler]
    periodic: Mapping[str, timedelta] = field(default_factory=dict)
    """How often these kinds run, by themselves, in the lane for short jobs."""
    consumers: Sequence[Consumer] = ()
