"""The product as a process of its own, started by the command that ``make run`` ends in."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

ROOT = Path(__file__).resolve().parent.parent
SERVE = (sys.executable, "manage.py", "serve")
READY = "Marginalia is at "
_READY_WITHIN = 90  # seconds; a machine with two busy cores is slow
_GONE_WITHIN = 40
_STARTED: list[Path] = []
"""The folders of the servers that have started."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers, and how to come in."""

    base_url: str
    key: str
    folder: Path
    process: subprocess.Popen[bytes]
    log: Path
    database_url: str = ""

    def printed(self) -> str:
        """Everything that the server has printed so far, its errors included."""
        return self.log.read_text(encoding="utf-8")


def environment(folder: Path, port: int, database_url: str = "", **more: str) -> dict[str, str]:
    """What the server is told by its surroundings: ours, without what pytest has set."""
    ours = {"DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE", "DATABASE_URL"}
    inherited = {name: text for name, text in os.environ.items() if name not in ours}
    named = {"DATA_DIR": str(folder), "PORT": str(port), "DATABASE_URL": database_url}
    return inherited | named | more


def start(folder: Path, database_url: str = "", *, port: int = 0, **more: str) -> Server:
    """Start a server in ``folder``, on a free port unless told, and wait until it has greeted."""
    folder.mkdir(parents=True, exist_ok=True)
    _give_static_files(folder)
    port, log = port or free_port(), folder.with_name(f"{folder.name}-{uuid4().hex[:8]}.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            SERVE,
            cwd=ROOT,
            env=environment(folder, port, database_url, **more),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: _has_greeted(process, log), _READY_WITHIN)
    except BaseException:
        process.kill()
        sys.stderr.write(log.read_text(encoding="utf-8"))
        raise
    _STARTED.append(folder)
    return Server(f"http://127.0.0.1:{port}", _key(folder), folder, process, log, database_url)


def stop(server: Server, number: signal.Signals = signal.SIGTERM) -> int:
    """Ask the server to stop; its exit code."""
    server.process.send_signal(number)
    try:
        return server.process.wait(_GONE_WITHIN)
    except subprocess.TimeoutExpired:
        server.process.kill()
        raise


def manage(server: Server, *command: str) -> str:
    """What ``manage.py`` prints for a command on the server's own data."""
    ran = subprocess.run(
        (sys.executable, "manage.py", *command),
        cwd=ROOT,
        env=environment(server.folder, urlsplit(server.base_url).port or 0, server.database_url),
        capture_output=True,
        text=True,
        check=True,
        timeout=_READY_WITHIN,
    )
    return ran.stdout.strip()


@contextmanager
def running(
    folder: Path, database_url: str = "", *, port: int = 0, **more: str
) -> Iterator[Server]:
    """A started server that is stopped at the end."""
    server = start(folder, database_url, port=port, **more)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            stop(server)


@contextmanager
def fresh_database(options: str = "") -> Iterator[str]:
    """A new database beside the one under test, as ``DATABASE_URL``; empty text for SQLite."""
    under_test = os.environ.get("DATABASE_URL", "")
    if not under_test.startswith("postgres"):
        yield ""
        return
    name = f"marginalia_{uuid4().hex[:12]}"
    with psycopg.connect(under_test, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {options}".encode())
        try:
            yield urlsplit(under_test)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def children(pid: int) -> dict[int, str]:
    """The command line of each process below ``pid``, by its id."""
    found: dict[int, str] = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
        words = Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8")
        found |= {int(child): words.replace("\0", " ")} | children(int(child))
    return found


def alive(pid: int) -> bool:
    """Does the process run? One that has ended and waits for its parent does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until(what: Callable[[], bool], seconds: float = 30, every: float = 0.05) -> None:
    """Wait for something to become true; AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(every)


def _give_static_files(folder: Path) -> None:
    """What the first server of these tests has collected, its stamp with it: it takes seconds."""
    made, here = next((each / "static" for each in _STARTED), None), folder / "static"
    if made is not None and made.exists() and not here.exists():
        shutil.copytree(made, here)


def _has_greeted(process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, f"The server ended with code {process.returncode}."
    return READY in log.read_text(encoding="utf-8")


def _key(folder: Path) -> str:
    kept = (folder / "first-start.txt").read_text(encoding="utf-8")
    found = re.search(r"mg_\S+", kept)
    assert found is not None
    return found.group()
