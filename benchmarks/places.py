"""Installations to measure: the product as ``manage.py serve`` starts it, on a database each."""

import os
import platform
import signal
import sqlite3
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests import postgresql, servers

_ROWS = "import django; django.setup(); from benchmarks import rows; rows.main()"
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
_AS_IN_LIFE = "-c shared_buffers=512MB -c max_wal_size=4GB"
"""Of our own cluster: every commit is on disk before it is answered, as PostgreSQL comes."""


@dataclass(frozen=True)
class Place:
    """One installation: the name of its database, its server and ``DATABASE_URL``."""

    name: str
    server: servers.Server
    url: str

    def inside(self, *words: object) -> str:
        """What ``benchmarks.rows`` prints, run as a process with this installation's settings."""
        settings = {"DJANGO_SETTINGS_MODULE": "feedback_app.settings"}
        done = subprocess.run(
            (sys.executable, "-c", _ROWS, *map(str, words)),
            cwd=servers.ROOT,
            env=servers.environment(self.server.folder, 8000, self.url, **settings),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout


def parser(description: str) -> ArgumentParser:
    made = ArgumentParser(description=description)
    for name in (SQLITE, POSTGRESQL):
        made.add_argument(
            f"--{name.lower()}",
            dest="databases",
            action="append_const",
            const=name,
            help=f"only {name}; without any, both",
        )
    return made


@contextmanager
def installations(chosen: Sequence[str] | None, **more: str) -> Iterator[list[Place]]:
    """Running servers, all at once: so that they can be measured in turn; ``more`` of their
    environment.

    PostgreSQL is a fresh database beside ``DATABASE_URL``, else a cluster of our own.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))  # and stop the servers, too
    with ExitStack() as stack:
        parent = Path(stack.enter_context(TemporaryDirectory(prefix="marginalia-benchmark-")))
        places: list[Place] = []
        for name in chosen or (SQLITE, POSTGRESQL):
            url = stack.enter_context(_postgresql()) if name == POSTGRESQL else ""
            if url is None:
                print(f"{name}: not measured; there is no DATABASE_URL and no initdb here.")
                continue
            server = stack.enter_context(servers.running(parent / name, url, **more))
            places.append(Place(name, server, url))
        yield places


def facts(places: Sequence[Place]) -> str:
    """The machine and the versions, in two lines."""
    cores = len(os.sched_getaffinity(0))
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    parts = [f"Python {platform.python_version()}", f"Django {version('Django')}"]
    parts.append(f"SQLite {sqlite3.sqlite_version}")
    for place in places:
        if place.url:
            with psycopg.connect(place.url) as connection:
                number = connection.info.server_version
            parts.append(f"PostgreSQL {number // 10_000}.{number % 10_000}")
    return f"{cores} cores, load {load} (1, 5, 15 minutes)\n{', '.join(parts)}"


@contextmanager
def _postgresql() -> Iterator[str | None]:
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        with servers.fresh_database() as url:
            yield url
        return
    programs = postgresql.binaries()
    if programs is None:
        yield None
        return
    with postgresql.throwaway(programs, _AS_IN_LIFE) as url:
        yield url
