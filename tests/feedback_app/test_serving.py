import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import servers
from tests.servers import Server, alive, children

pytestmark = pytest.mark.process


Place = tuple[Path, str]
"""A data folder and its ``DATABASE_URL``."""
in_one_place = pytest.mark.xdist_group("place")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Where one server starts after the other: only the first has a database to make."""
    with servers.fresh_database() as url:
        yield tmp_path_factory.mktemp("place") / "data", url


def refused(folder: Path, port: int | None = None, **more: str) -> str:
    """What a start that must fail says; it is one sentence, without a traceback."""
    given = servers.environment(folder, port or servers.free_port()) | more
    done = subprocess.run(
        servers.SERVE, cwd=servers.ROOT, env=given, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_first_start_prints_how_to_come_in(server: Server) -> None:
    printed = server.printed()

    for wanted in (server.base_url, "owner@example.com", server.key, "curl ", "opik.Opik("):
        assert wanted in printed
    assert "Traceback" not in printed


def test_what_was_printed_is_kept_for_the_owner_of_the_folder_alone(server: Server) -> None:
    kept = server.folder / "first-start.txt"

    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.read_text(encoding="utf-8") in server.printed()


def test_printed_sign_in_works_on_plain_http_and_opens_the_admin(server: Server) -> None:
    printed = server.printed()
    password = re.search(r"password +(\S+)", printed)
    assert password is not None

    with httpx.Client(base_url=server.base_url, follow_redirects=True) as browser:
        browser.get("/sign-in")
        answer = browser.post(
            "/sign-in?next=/admin/",
            data={
                "username": "owner@example.com",
                "password": password.group(1),
                "csrfmiddlewaretoken": browser.cookies["csrftoken"],
            },
        )

    assert (answer.status_code, answer.url.path) == (200, "/admin/")


def test_static_files_are_served_under_hashed_names_for_a_year(server: Server) -> None:
    page = httpx.get(f"{server.base_url}/admin/login/").text
    address = re.search(r'href="(/static/admin/css/base\.[0-9a-f]+\.css)"', page)
    assert address is not None

    answer = httpx.get(server.base_url + address.group(1))

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]


def test_small_answers_are_not_held_back(server: Server) -> None:
    """A listening socket's TCP_NODELAY is inherited; without it answers wait for 40 ms."""
    with httpx.Client(base_url=server.base_url) as client:
        client.get("/is-alive/ping")
        fastest = min(client.get("/is-alive/ping").elapsed.total_seconds() for _ in range(20))

    assert fastest < 0.03


@in_one_place
def test_second_start_keeps_everything_and_ctrl_c_leaves_no_process(place: Place) -> None:
    folder, url = place
    first = servers.start(folder, url)
    below = children(first.process.pid)
    assert servers.stop(first, signal.SIGINT) == 0
    collected = (folder / "static/.collected").stat().st_mtime_ns
    second = servers.start(folder, url)
    works = httpx.get(f"{second.base_url}/sign-in").status_code
    assert servers.stop(second, signal.SIGTERM) == 0

    assert len(below) >= 3
    assert not [pid for pid in below if alive(pid)]
    assert works == 200
    assert second.key == first.key
    assert "password" not in second.printed()
    assert (folder / "static/.collected").stat().st_mtime_ns == collected
    assert "Traceback" not in first.printed() + second.printed()


@in_one_place
def test_worker_that_dies_is_started_again(place: Place) -> None:
    def workers(server: Server) -> list[int]:
        below = children(server.process.pid)
        return [pid for pid, words in below.items() if words.endswith("manage.py worker ")]

    with servers.running(*place) as server:
        before = workers(server)
        for pid in before:
            os.kill(pid, signal.SIGKILL)

        servers.wait_until(lambda: bool(set(workers(server)) - set(before)))

    assert before


@in_one_place
def test_web_server_that_dies_stops_everything_with_its_code(place: Place) -> None:
    with servers.running(*place) as server:
        below = children(server.process.pid)
        web = min(pid for pid, words in below.items() if "gunicorn" in words)
        os.kill(web, signal.SIGKILL)

        code = server.process.wait(60)

    assert code == 128 + signal.SIGKILL
    servers.wait_until(lambda: not [pid for pid in below if alive(pid)])


@in_one_place
def test_killed_supervisor_leaves_nothing_behind(place: Place) -> None:
    with servers.running(*place) as server:
        below = children(server.process.pid)
        server.process.kill()

        servers.wait_until(lambda: not [pid for pid in below if alive(pid)])


def test_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        said = refused(tmp_path, port)

    assert f"Port {port}" in said
    assert "in use" in said


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DATA_DIR", "/dev/null/data", "data folder /dev/null/data cannot be written"),
        ("PORT", "eighty", "PORT must be a whole number"),
        ("DATABASE_URL", "mysql://localhost/traces", "DATABASE_URL must begin with"),
        ("DATABASE_URL", "postgresql://u:sesame@127.0.0.1:1/traces", "database does not answer"),
        ("DATABASE_URL", "sqlite:////dev/null/file", "database does not answer"),
    ],
)
def test_wrong_surroundings_are_one_sentence(
    tmp_path: Path, name: str, value: str, expected: str
) -> None:
    said = refused(tmp_path, None, **{name: value})

    assert expected in said
    assert "sesame" not in said


def test_database_that_cannot_hold_every_text_is_one_sentence(tmp_path: Path) -> None:
    with servers.fresh_database("ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0") as url:
        if not url:
            pytest.skip("SQLite holds every text")

        said = refused(tmp_path, DATABASE_URL=url)

    assert "SQL_ASCII" in said


def test_old_python_is_one_sentence(tmp_path: Path) -> None:
    for name in ("python3.11", "python3", "python"):
        stub = tmp_path / name
        stub.write_text("#!/bin/sh\nexit 1\n", encoding="ascii")
        stub.chmod(0o755)
    for name in ("Makefile", "pyproject.toml"):
        (tmp_path / name).write_bytes((servers.ROOT / name).read_bytes())
    given = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}

    done = subprocess.run(
        ["make", "run"], cwd=tmp_path, env=given, capture_output=True, text=True, timeout=60
    )

    assert done.returncode != 0
    assert done.stderr.startswith("Marginalia needs Python 3.11 or newer")
    assert "Traceback" not in done.stderr
