"""Streams of a served process: places for them, and who gives one back."""

import http.client
import json
from contextlib import ExitStack
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from uuid_utils.compat import uuid7

from tests.servers import Server, wait_until
from tests.traces_app.api.opik.client import trace

pytestmark = pytest.mark.process
TRACES = "/api/v1/private/traces"
MOST_PLACES = 4  # a quarter of eight threads, in each of at most two processes


def ask(server: Server, path: str, body: Any) -> tuple[http.client.HTTPConnection, Any]:
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc, timeout=60)
    headers = {"Authorization": server.key, "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body), headers)
    return connection, connection.getresponse()


@pytest.fixture
def project(server: Server) -> str:
    """One whose traces are more than sockets hold: 60 MB."""
    name = f"streams-{uuid7()}"
    for _ in range(12):
        many = [trace(project_name=name, input={"text": "x" * 50_000}) for _ in range(100)]
        connection, answer = ask(server, f"{TRACES}/batch", {"traces": many})
        assert answer.status == 204
        connection.close()
    return name


def status(server: Server, project: str) -> int:
    """Of a search that is read to its end."""
    connection, answer = ask(server, f"{TRACES}/search", {"project_name": project, "limit": 1})
    answer.read()
    connection.close()
    return int(answer.status)


def test_places_are_few_and_a_client_that_hangs_up_gives_its_own_back(
    server: Server, project: str
) -> None:
    body = {"project_name": project, "limit": 2000}
    with ExitStack() as stack:
        for place in count():
            connection, answer = ask(server, f"{TRACES}/search", body)
            stack.callback(connection.close)
            stack.callback(answer.close)
            if answer.status != 200:
                break
            assert place < MOST_PLACES
            assert json.loads(answer.readline())["project_id"]

        assert (answer.status, answer.headers["RateLimit-Reset"]) == (429, "1")
        assert json.loads(answer.read())["message"].startswith("Too Many Requests: ")

    wait_until(lambda: [status(server, project) for _ in range(4)] == [200] * 4)


def test_lines_arrive_while_others_are_still_read(server: Server, project: str) -> None:
    connection, answer = ask(server, f"{TRACES}/search", {"project_name": project, "limit": 2000})

    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert len([line for line in answer if line.endswith(b"\r\n")]) == 1200
    connection.close()
