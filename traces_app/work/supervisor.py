"""The worker's main process: keeps a child or more a lane at work, and ends those that hang.

It opens no connection to the database while it forks, and keeps no queue: all it knows of a child
is which job it is at and when it last showed life.
"""

import contextlib
import gc
import logging
import multiprocessing
import signal
import time
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess

from django.conf import settings
from django.db import Error

from traces_app.models import Job
from traces_app.services import jobs
from traces_app.work import slots
from traces_app.work.registry import Registry
from traces_app.work.slots import Fallen, Held

logger = logging.getLogger(__name__)

TICK = 0.5
"""Seconds at most until a signal or a hung job is noticed."""
RESPAWN_AFTER = 1.0
"""Seconds until a child that died is replaced, lest one that cannot start eats the machine."""

_fork = multiprocessing.get_context("fork")  # the children share this process's memory


class Child:
    """One child process, as its supervisor sees it."""

    def __init__(self, lane: Job.Lane, registry: Registry, fallen: Fallen | None) -> None:
        self.pipe: Connection
        self.pipe, other_end = _fork.Pipe()
        self.held: Held | None = None
        self.last_life = time.monotonic()
        self.process: ForkProcess = _fork.Process(
            target=slots.serve, args=(lane, registry, other_end, fallen), daemon=True
        )
        self.process.start()
        other_end.close()

    @property
    def words(self) -> tuple[Connection, int]:
        """What to wait on: a message from it, and its end."""
        return self.pipe, self.process.sentinel

    @property
    def is_hung(self) -> bool:
        quiet = time.monotonic() - self.last_life
        return self.held is not None and quiet > settings.JOB_QUIET_SECONDS

    def listen(self) -> None:
        with contextlib.suppress(EOFError, OSError):  # it died; the job it was at is known
            while self.pipe.poll():
                self.held = self.pipe.recv()
                self.last_life = time.monotonic()

    def ask_to_stop(self) -> None:
        with contextlib.suppress(OSError):
            self.pipe.send("stop")

    def kill(self) -> None:
        """End it now. Its heartbeat ends with it, so the lease of its job runs out."""
        self.process.kill()
        self.process.join()
        self.listen()


class Slot:
    """The place of one lane, where a child is always at work."""

    def __init__(self, lane: Job.Lane, registry: Registry) -> None:
        self.lane = lane
        self.registry = registry
        self.child = Child(lane, registry, None)

    def tend(self) -> None:
        """End a child that hangs; replace one that is gone."""
        is_alive = self.child.process.is_alive()
        self.child.listen()
        if is_alive and self.child.is_hung:
            self.child.kill()
            self._replace(f"Ended: no sign of life for {settings.JOB_QUIET_SECONDS:g} seconds.")
        elif not is_alive:
            self._replace(_cause_of_death(self.child.process.exitcode or 0))

    def _replace(self, reason: str) -> None:
        held = self.child.held
        if held or self.child.process.exitcode:
            logger.error("The child for %s jobs is replaced. %s", self.lane, reason)
            time.sleep(RESPAWN_AFTER)
        self.child.pipe.close()
        self.child = Child(self.lane, self.registry, Fallen(held, reason) if held else None)


def _cause_of_death(exit_code: int) -> str:
    if exit_code < 0:
        return f"Its process died of {signal.Signals(-exit_code).name}."
    return f"Its process ended with exit code {exit_code}."


class Supervisor:
    """Runs the worker until SIGTERM or SIGINT."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.is_stopping = False

    def run(self) -> None:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        gc.freeze()  # what is shared with the children is not written to by their collectors
        lanes = [
            Slot(lane, self.registry)
            for lane in Job.Lane
            for _ in range(settings.JOBS_AT_ONCE.get(lane, 1))
        ]
        try:
            while not self.is_stopping:
                wait([word for slot in lanes for word in slot.child.words], TICK)
                for slot in lanes:
                    slot.tend()
            self._wind_up([slot.child for slot in lanes])
        finally:
            for slot in lanes:
                slot.child.kill()

    def _stop(self, *_: object) -> None:
        self.is_stopping = True

    def _wind_up(self, children: list[Child]) -> None:
        """Let running jobs end, but not for ever; give back what was cut short."""
        for child in children:
            child.ask_to_stop()
        latest = time.monotonic() + settings.JOB_STOP_SECONDS
        while any(child.process.is_alive() for child in children) and time.monotonic() < latest:
            time.sleep(TICK / 10)
            for child in children:
                child.listen()
        for child in children:
            child.kill()
            if child.held is not None:
                logger.warning("A running job was cut short by the stop; it will run again")
                with contextlib.suppress(Error, jobs.LeaseLost):
                    jobs.release(job_id=child.held.job_id, token=child.held.token)
