"""Workers started as processes on the test database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
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


@pytest.fixture
def start_worker(transactional_db: None) -> Iterator[StartWorker]:
    """Starts ``manage.py worker`` on the test database, with short times; ends it afterwards."""
    started: list[Worker] = []

    def start(**environment: str) -> Worker:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "worker", "--registry", "tests.job_kinds"],
            cwd=BASE_DIR,
            start_new_session=True,
            env=os.environ | QUICK | {"DATABASE_URL": _test_database()} | environment,
        )
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.kill()
        worker.wait()


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
