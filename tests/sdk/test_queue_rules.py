"""A rule fills its queue with what a client sends: over HTTP, by the worker that runs beside."""

import re
from collections.abc import Iterator

import httpx
import opik
import pytest
from uuid_utils.compat import uuid7

from tests.servers import Server, wait_until

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]


@pytest.fixture
def pages(server: Server) -> Iterator[httpx.Client]:
    """The browser of the owner, signed in."""
    kept = (server.folder / "first-start.txt").read_text(encoding="utf-8")
    with httpx.Client(base_url=server.base_url, follow_redirects=True) as client:
        form = {"username": "owner@example.com", "password": _password(kept)}
        _post(client, "/sign-in", "/sign-in", form)
        yield client


def _password(kept: str) -> str:
    found = re.search(r"[Pp]assword:?\s+(\S+)", kept)
    assert found is not None, kept
    return found.group(1)


def _post(client: httpx.Client, form: str, to: str, fields: dict[str, str]) -> httpx.Response:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(form).text)
    assert found is not None
    headers = {"Referer": str(client.base_url)}
    answer = client.post(to, data=fields | {"csrfmiddlewaretoken": found.group(1)}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def test_what_a_client_sends_comes_into_the_queue(
    client: opik.Opik, project: str, pages: httpx.Client
) -> None:
    client.trace(name="before")
    client.flush()
    rest = client.rest_client
    queue, home = str(uuid7()), rest.projects.retrieve_project(name=project).id or ""
    rest.annotation_queues.create_annotation_queue(
        id=queue, project_id=home, name=f"rule {project}", scope="trace"
    )
    made = f"/queues/{queue}/rules/new"
    _post(pages, made, made, {"query": "tag=hot", "percent": "100", "is_on": "on"})

    client.trace(name="hot", tags=["hot"])
    client.trace(name="cold", tags=["cold"])
    client.flush()

    def count() -> int:
        found = rest.annotation_queues.get_annotation_queue_by_id(id=queue)
        return found.items_count or 0

    wait_until(lambda: count() == 1)
    assert "hot" in pages.get(f"/queues/{queue}/rules").text
