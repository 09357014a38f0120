"""The whole product killed while an answer is being written, and started again."""

import contextlib
import os
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import servers
from tests.chat_endpoint import answering
from tests.servers import Server
from tests.workers import QUICK

pytestmark = pytest.mark.process


def call(server: Server, method: str, where: str, **sent: Any) -> Any:
    """The JSON of a call in Prem's dialect that must succeed."""
    key = {"Authorization": f"Bearer {server.key}"}
    answer = httpx.request(method, f"{server.base_url}{where}", headers=key, timeout=60, **sent)
    answer.raise_for_status()
    return answer.json()


def queued(server: Server) -> str:
    """The id of a trace that the generator is asked about."""
    trace = {"modelId": "m", "input": "Is it covered?", "output": "No.", "score": 0.1}
    trace |= {"feedback": "Only in year one.", "projectName": "outage"}
    pk = str(call(server, "post", "/api/v1/traces", json=[trace])["results"][0]["traceId"])
    added = call(server, "post", f"/api/v1/traces/{pk}/addToDataset")
    assert added["status"] == "queued", added
    return pk


def kill_all(server: Server) -> None:
    """Supervisor, web server and worker at once, with no word to any of them."""
    below = servers.children(server.process.pid)
    for pid in [server.process.pid, *below]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    server.process.wait()
    servers.wait_until(lambda: not any(map(servers.alive, below)))


def test_answer_is_there_once_after_web_server_and_worker_were_killed(tmp_path: Path) -> None:
    folder, port = tmp_path / "data", servers.free_port()
    with servers.fresh_database() as url, answering() as endpoint:
        endpoint.may_answer.clear()
        more = QUICK | endpoint.environment
        first = servers.start(folder, url, port=port, **more)
        pk = queued(first)
        servers.wait_until(lambda: len(endpoint.asked) == 1, 90)

        kill_all(first)
        endpoint.may_answer.set()
        with servers.running(folder, url, port=port, **more) as second:
            trace = f"/api/v1/traces/{pk}"
            servers.wait_until(lambda: call(second, "get", trace)["addedToDataset"], 90)

            found = call(second, "get", trace)
            counted = servers.manage(second, "shell", "--no-imports", "-c", COUNTED)

    assert (found["processingStatus"], found["processingError"]) == ("none", "")
    assert counted.split() == ["1", "0"]
    assert len(endpoint.asked) <= 2


COUNTED = (
    "from feedback_app.models import Datapoint, Generation;"
    "print(Datapoint.objects.filter(source='generated').count(), Generation.objects.count())"
)
