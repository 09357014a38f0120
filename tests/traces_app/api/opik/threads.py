"""Threads as a client of Opik sends and reads them."""

import json
from typing import Any

from tests.traces_app.api.opik.client import Opik

NAME = "rec proj"
PLACE = {"project_name": NAME}
NO_PLACE = "The request body must provide either a project_name or a project_id"
SECOND: dict[str, Any] = {
    "start_time": "2026-11-22T23:20:00Z",
    "end_time": "2026-11-22T23:20:01.5Z",
    "input": {"q": "and then?"},
    "output": {"a": "then bye"},
}


def send(opik: Opik, *sent: dict[str, Any]) -> None:
    assert opik.post("/traces/batch", {"traces": list(sent)}).status_code == 204


def retrieved(opik: Opik, thread_id: str, **more: Any) -> Any:
    return opik.post("/traces/threads/retrieve", PLACE | {"thread_id": thread_id} | more)


def listed(opik: Opik, **query: str) -> list[str]:
    answer = opik.get("/traces/threads", project_name=NAME, **query)
    assert answer.status_code == 200, answer.content
    return [each["id"] for each in answer.json()["content"]]


def found(opik: Opik, **body: Any) -> list[dict[str, Any]]:
    answer = opik.post("/traces/threads/search", PLACE | body)
    assert answer.status_code == 200, answer.content
    lines = b"".join(answer.streaming_content).split(b"\r\n")
    assert lines.pop() == b""
    return [json.loads(line) for line in lines]
