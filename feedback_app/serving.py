"""What a start does before anything is served: check, migrate, collect static files."""

import contextlib
import hashlib
import http.client
import socket

import psycopg
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresqlWrapper

from traces_app.errors import Refusal

_ANSWERS_WITHIN = 5  # seconds


class CannotServe(Refusal):
    """Something on this machine keeps us from serving; the sentence says what to change."""


def prepare() -> None:
    """Make sure that we can serve, and bring database and static files up to date."""
    check_port()
    check_database()
    call_command("migrate", interactive=False, verbosity=0)
    collect_static()


def check_port() -> None:
    """Raises CannotServe when the port is taken or not ours to take."""
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.HOST.strip("[]"), settings.PORT))
        except OSError as error:
            raise CannotServe(
                f"Port {settings.PORT} of {settings.HOST} cannot be used: "
                f"{(error.strerror or str(error)).lower()}. Set PORT to another one."
            ) from error


def check_database() -> None:
    """Raises CannotServe when the database does not answer, or cannot hold every text."""
    try:
        if connection.vendor == "postgresql":
            _check_postgresql()
        else:
            connection.ensure_connection()
    except (psycopg.Error, DatabaseError) as error:
        reason = str(error).strip().splitlines()[-1].strip().rstrip(".")
        raise CannotServe(f"The database does not answer: {reason}. Check DATABASE_URL.") from error


def _check_postgresql() -> None:
    # Not through the pool, which goes on trying and logs each attempt.
    given = {"connect_timeout": _ANSWERS_WITHIN} | connection.get_connection_params()
    with psycopg.connect(**given) as raw:
        encoding = raw.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise CannotServe(
            f"The database's encoding is {encoding}, which cannot hold every text: make one with "
            "ENCODING 'UTF8' and TEMPLATE template0."
        )


def collect_static() -> None:
    """Collect the static files if they are not those of the last start."""
    stamp = settings.STATIC_ROOT / ".collected"
    state = _state_of_static()
    with contextlib.suppress(FileNotFoundError):
        if stamp.read_text(encoding="ascii") == state:
            return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(state, encoding="ascii")


def release_connections() -> None:
    """Close what the checks opened: the supervisor itself needs no database."""
    for each in connections.all(initialized_only=True):
        each.close()
        if isinstance(each, PostgresqlWrapper):
            each.close_pool()


def is_answering() -> bool:
    """Whether the web server answers, whatever it says."""
    host = "127.0.0.1" if settings.HOST == "0.0.0.0" else settings.HOST  # noqa: S104
    asked = http.client.HTTPConnection(host, settings.PORT, timeout=_ANSWERS_WITHIN)
    try:
        asked.request("GET", "/is-alive/ping")
        return asked.getresponse().status > 0
    except OSError:
        return False
    finally:
        asked.close()


def _state_of_static() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            seen = (path, storage.size(path), storage.get_modified_time(path).isoformat())
            digest.update(repr(seen).encode())
    return digest.hexdigest()
