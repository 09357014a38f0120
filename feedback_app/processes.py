"""Keeping the web server and the background worker running beside each other."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings

from feedback_app.env import BASE_DIR

WEB = (sys.executable, "-m", "gunicorn", "--config", "python:feedback_app.gunicorn_conf")
WORKER = (sys.executable, str(BASE_DIR / "manage.py"), "worker")

_LOOK_EVERY = 0.1
_STOP_MORE = 5.0  # seconds beyond what the processes give themselves at a stop
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Stop:
    """How often the person, or the system, has asked us to stop."""

    asked: int = 0

    def listen(self) -> None:
        """From now on SIGINT and SIGTERM only count up."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._count)

    def _count(self, *_: object) -> None:
        self.asked += 1


@dataclass(slots=True)
class Worker:
    """The background worker, started again whenever it ends, after a growing pause."""

    process: subprocess.Popen[bytes] = field(default_factory=lambda: start(WORKER))
    pause: float = _FIRST_PAUSE
    start_at: float | None = None

    def keep_alive(self) -> None:
        code = self.process.poll()
        if code is None:
            return
        now = time.monotonic()
        if self.start_at is None:
            _say(f"The background worker ended with code {code}; it is started again.")
            self.start_at = now + self.pause
            self.pause = min(self.pause * 2, _LONGEST_PAUSE)
        elif now >= self.start_at:
            self.process = start(WORKER)
            self.start_at = None


def run(*, stop: Stop, ready: Callable[[], bool], greet: Callable[[], None]) -> int:
    """Serve until asked to stop or until the web server ends; the exit code to leave with.

    ``greet`` is called once, as soon as ``ready`` says that the web server answers.
    """
    web = start(WEB)
    worker = Worker()
    greeted = False
    try:
        while not stop.asked and web.poll() is None:
            worker.keep_alive()
            if not greeted and ready():
                greet()
                greeted = True
            time.sleep(_LOOK_EVERY)
        ended = web.poll()
    finally:
        end([web, worker.process], stop)
    return 0 if ended is None else exit_code(ended)


def start(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """A process of our own: a terminal's Ctrl-C reaches us alone, and it dies when we die."""
    return subprocess.Popen(  # noqa: S603
        command,
        cwd=BASE_DIR,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent,
    )


def end(processes: list[subprocess.Popen[bytes]], stop: Stop) -> None:
    """Ask the processes to end; kill what has not in time, or at once when asked again."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    asked, deadline = stop.asked, time.monotonic() + settings.JOB_STOP_SECONDS + _STOP_MORE
    while any(process.poll() is None for process in processes):
        if time.monotonic() > deadline or stop.asked > asked:
            break
        time.sleep(_LOOK_EVERY)
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # and whatever it has started
        process.wait()


def exit_code(returned: int) -> int:
    """A process's return code as a shell shows it: 128 and the signal; never 0 for a server."""
    return 128 - returned if returned < 0 else returned or 1


def _die_with_parent() -> None:
    # A supervisor that is killed outright must not leave the port taken. Linux only.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()
