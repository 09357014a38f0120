"""``POST /traces/search``: a stream of lines."""

import json
from typing import Any

import pytest

from tests.traces_app.api.opik.client import Opik, trace
from traces_app.api.opik import streams

pytestmark = pytest.mark.django_db
NAME = "rec proj"


def lines(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200
    sent = b"".join(response.streaming_content)
    assert sent == b"" or sent.endswith(b"\r\n")
    return [json.loads(line) for line in sent.split(b"\r\n") if line]


@pytest.fixture
def five(opik: Opik) -> list[str]:
    """The ids of five traces, the newest first."""
    made = [trace(name=f"t{number}") for number in range(5)]
    opik.post("/traces/batch", {"traces": made})
    return [each["id"] for each in reversed(made)]


def test_lines_come_newest_first_page_by_page(
    opik: Opik, five: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PAGE", 2)

    response = opik.post("/traces/search", {"project_name": NAME})

    assert response["Content-Type"] == "application/octet-stream"
    assert [each["id"] for each in lines(response)] == five


def test_explicit_nulls_are_as_if_absent(opik: Opik, five: list[str]) -> None:
    body: dict[str, Any] = {"project_name": NAME, "project_id": None, "filters": None}
    body["last_retrieved_id"] = None
    body |= {"limit": 3, "truncate": True, "exclude": None}

    assert [each["id"] for each in lines(opik.post("/traces/search", body))] == five[:3]


def test_the_cursor_goes_on_after_the_last_one(opik: Opik, five: list[str]) -> None:
    body = {"project_name": NAME, "last_retrieved_id": five[2]}

    assert [each["id"] for each in lines(opik.post("/traces/search", body))] == five[3:]


@pytest.mark.parametrize("limit", [0, 2001])
def test_a_limit_out_of_range_is_422(opik: Opik, limit: int) -> None:
    response = opik.post("/traces/search", {"project_name": NAME, "limit": limit})

    assert response.status_code == 422
    assert response.json()["errors"][0].startswith("limit must be")


def test_too_many_streams_at_once_wait(opik: Opik, five: list[str]) -> None:
    running = []
    while (response := opik.post("/traces/search", {"project_name": NAME})).status_code == 200:
        running.append(response)
    assert response.status_code == 429
    assert response["RateLimit-Reset"] == "1"
    assert [len(lines(each)) for each in running] == [5] * len(running)

    assert len(lines(opik.post("/traces/search", {"project_name": NAME}))) == 5
