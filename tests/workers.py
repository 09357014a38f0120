"""Workers started as processes on the test database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.db import connection

from feedback_app.env import BASE_DIR

QUICK = {
    "JOB_LEASE_SECONDS": "2",
    "JOB_BACKOFF_SECONDS": "0.2",
    "JOB_POLL_SECONDS": "0.1",
    "JOB_QUIET_SECONDS": "60",
    "JOB_STOP_SECONDS": "10",
}

Worker = subprocess.Popen[bytes]
StartWorker = Callable[..., Worker]


@contextmanager
def starting() -> Iterator[StartWorker]:
    """Starts ``manage.py worker`` on the test database, with short times; ends it afterwards.

    ``registry`` names the module of the kinds of jobs; the others are variables.
    """
    started: list[Worker] = []

    def start(registry: str = "feedback_app.jobs", **environment: str) -> Worker:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "worker", "--registry", registry],
            cwd=BASE_DIR,
            start_new_session=True,
            env=os.environ | QUICK | _same_place() | environment,
        )
        started.append(worker)
        return worker

    try:
        yield start
    finally:
        for worker in started:
            worker.kill()
            worker.wait()


def _same_place() -> dict[str, str]:
    """The tests' database and data folder; the settings of tests would make a folder anew."""
    return {"DATABASE_URL": _test_database(), "DJANGO_SETTINGS_MODULE": "feedback_app.settings"}


def _test_database() -> str:
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def wait_until(fact: Callable[[], bool], seconds: float = 30) -> None:
    latest = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < latest, "it did not come true in time"
        time.sleep(0.05)


def children_of(worker: Worker) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(worker.pid)], capture_output=True, check=False
    )
    return [int(pid) for pid in listed.stdout.split()]


def kill_hard(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
