"""A slot: the child process that works on the jobs of one lane, one at a time."""

import ctypes
import logging
import multiprocessing
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, ProgrammingError, close_old_connections

from traces_app.models import Job
from traces_app.services import jobs, outbox
from traces_app.work import attempts
from traces_app.work.registry import Registry

logger = logging.getLogger(__name__)

JOBS_A_CHILD = {Job.Lane.SHORT: 500, Job.Lane.LONG: 1, Job.Lane.ASKING: 100}
"""After so many jobs the child makes room for a fresh one, so that memory does not grow."""

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Held:
    """Which job a child is at. It tells the supervisor, again at each sign of life."""

    job_id: UUID
    token: UUID


@dataclass(frozen=True)
class Fallen:
    """The job that the child before was at when its process died, and what is known of that."""

    held: Held
    reason: str


def serve(
    lane: Job.Lane, registry: Registry, supervisor: Connection, fallen: Fallen | None
) -> None:
    """The life of a child: works until the supervisor sends a word, which is stop, or is gone."""
    parent = multiprocessing.parent_process()
    _die_with_parent()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, signal.SIG_IGN)  # the supervisor says when
    if fallen is not None:
        attempts.mark_fallen(fallen.held.job_id, fallen.held.token, fallen.reason)
    slot = _Slot(lane, registry, supervisor)
    patience = 0.0
    while slot.jobs_left and parent and parent.is_alive() and not supervisor.poll(patience):
        patience = 0.0 if slot.step() else settings.JOB_POLL_SECONDS


class _Slot:
    def __init__(self, lane: Job.Lane, registry: Registry, supervisor: Connection) -> None:
        self.lane = lane
        self.registry = registry
        self.supervisor = supervisor
        self.jobs_left = JOBS_A_CHILD[lane]
        self.is_scheduled = lane != Job.Lane.SHORT

    def step(self) -> bool:
        """One round; whether there was anything to do."""
        if not self.is_scheduled:
            self.is_scheduled = _guarded(self._schedule)
        drained = self.lane == Job.Lane.SHORT and _guarded(self._drain)
        return _guarded(self._work) or drained

    def _schedule(self) -> bool:
        jobs.schedule(periodic=self.registry.periodic)
        return True

    def _drain(self) -> bool:
        return outbox.drain(self.registry.consumers) > 0

    def _work(self) -> bool:
        job = jobs.claim(lane=self.lane)
        if job is None:
            return False
        held = Held(job.pk, job.lease_token)
        attempts.run(job, self.registry.handlers, on_life=lambda: self.supervisor.send(held))
        self.supervisor.send(None)
        self.jobs_left -= 1
        return True


def _guarded(work: Callable[[], bool]) -> bool:
    """Do ``work``; False when it could not be done now. The next round tries again."""
    try:
        return work()
    except (OperationalError, InterfaceError, ProgrammingError) as error:
        logger.warning("The database is locked, away or not migrated; trying again: %s", error)
    except Exception:
        logger.exception("The worker could not do its round")
    finally:
        close_old_connections()
    return False


def _die_with_parent() -> None:
    """Let Linux end this process in mid-job when its supervisor dies, even by kill -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
