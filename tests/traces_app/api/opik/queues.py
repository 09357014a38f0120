"""Queues as a client of Opik makes, fills and reads them."""

from typing import Any

from uuid_utils.compat import uuid7

from tests.traces_app.api.opik.client import Opik, trace

ADDRESS = "/annotation-queues"


def queue(project_id: str, **fields: Any) -> dict[str, Any]:
    return {"project_id": project_id, "name": "queue A", "scope": "trace"} | fields


def made(opik: Opik, project_id: str, **fields: Any) -> str:
    answer = opik.post(ADDRESS, queue(project_id, **fields))
    assert answer.status_code == 201, answer.content
    return str(answer["Location"]).rpartition("/")[2]


def sent_traces(opik: Opik, number: int, **fields: Any) -> list[str]:
    ids = [uuid7() for _ in range(number)]
    opik.post("/traces/batch", {"traces": [trace(pk, **fields) for pk in ids]})
    return [str(pk) for pk in ids]


def read(opik: Opik, queue_id: str) -> dict[str, Any]:
    found: dict[str, Any] = opik.get(f"{ADDRESS}/{queue_id}").json()
    return found
