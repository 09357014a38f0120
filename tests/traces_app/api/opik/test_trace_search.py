"""``POST /traces/search``: a stream of lines."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.api.opik import streams
from traces_app.models import Project, Role, Workspace

pytestmark = pytest.mark.django_db
NAME = "rec proj"
LATER = "2100-01-01T00:00:00Z"


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
    monkeypatch.setattr(streams, "FIRST", 2)
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


def test_long_rows_come_by_fewer_and_none_is_lost(
    opik: Opik, five: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "FIRST", 2)
    monkeypatch.setattr(streams, "BYTES", 1)
    monkeypatch.setattr(streams, "CHUNK", 1)

    with CaptureQueriesContext(connection) as asked:
        found = lines(opik.post("/traces/search", {"project_name": NAME}))

    assert [each["id"] for each in found] == five
    pages = [q["sql"] for q in asked if 'ORDER BY "traces_app_trace"."id" DESC LIMIT' in q["sql"]]
    assert [int(sql.rpartition(" ")[2]) for sql in pages] == [2, 1, 1, 1, 1]


def test_a_line_is_a_trace_as_it_is_read_alone(opik: Opik) -> None:
    sent = trace(input={"text": "a\r\nb \u2028 ü"})
    opik.post("/traces", sent)

    [found] = lines(opik.post("/traces/search", {"project_name": NAME}))

    assert found == opik.get(f"/traces/{sent['id']}").json()


def test_nothing_found_is_an_empty_body(opik: Opik, five: list[str]) -> None:
    body = {"project_name": NAME, "filters": [{"field": "name", "operator": "=", "value": "x"}]}

    assert lines(opik.post("/traces/search", body)) == []


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({"filters": [{"field": "name", "operator": ">", "value": "t2", "type": 7}]}, ["t4", "t3"]),
        ({"from_time": "2100-01-01T00:00:00Z"}, []),
        ({"to_time": "2100-01-01T00:00:00Z", "limit": 1}, ["t4"]),
        ({"exclude": ["input", "output"], "limit": 1}, ["t4"]),
        ({"project_name": "nowhere", "project_id": "named"}, ["t4", "t3", "t2", "t1", "t0"]),
    ],
)
def test_every_parameter_counts(
    opik: Opik, five: list[str], more: dict[str, Any], names: list[str]
) -> None:
    if "project_id" in more:
        more = more | {"project_id": str(Project.objects.get(name=NAME).pk)}

    found = lines(opik.post("/traces/search", {"project_name": NAME} | more))

    assert [each["name"] for each in found] == names
    assert all(("input" in each) == ("exclude" not in more) for each in found)


@pytest.mark.parametrize(("truncate", "kind"), [(True, str), (False, dict), (None, dict)])
def test_truncate_shortens_long_documents(opik: Opik, truncate: bool | None, kind: type) -> None:
    opik.post("/traces", trace(output={"long": "x" * 20_000}))

    [found] = lines(opik.post("/traces/search", {"project_name": NAME, "truncate": truncate}))

    assert isinstance(found["output"], kind)


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({}, 400, "Either 'project_name' or 'project_id' query params must be provided"),
        ({"project_name": " "}, 400, "Either 'project_name' or 'project_id' query params"),
        ({"project_name": "nowhere"}, 404, "Project name: nowhere not found"),
        ({"project_id": "01a20588-0000-7000-8000-000000000000"}, 404, "Project id: 01a20588-"),
        ({"project_name": NAME, "filters": [{"field": "x"}]}, 400, "Invalid filters query param"),
        ({"project_name": NAME, "filters": {}}, 400, "Unable to process JSON"),
        (
            {"project_name": NAME, "filters": [{"field": "tags", "operator": ">", "value": "1"}]},
            400,
            "Invalid operator '>' for field 'tags' of type 'LIST'",
        ),
        ({"project_name": NAME, "exclude": ["id"]}, 400, "Invalid query param exclude '"),
        (
            {"project_name": NAME, "from_time": LATER, "to_time": LATER},
            400,
            "Parameter 'from_time' must be before 'to_time'",
        ),
        ({"project_name": NAME, "from_time": "2026-01-01T00:00:00"}, 400, "Unable to process"),
        ({"project_name": NAME, "to_time": "yesterday"}, 400, "Unable to process JSON"),
        ({"project_name": NAME, "limit": "many"}, 400, "Unable to process JSON"),
        ({"project_name": NAME, "limit": 1e300}, 400, "Unable to process JSON"),
        ({"project_name": NAME, "last_retrieved_id": "x"}, 400, "Unable to process JSON"),
        ([], 400, "Unable to process JSON"),
    ],
)
def test_errors_come_before_the_stream(
    opik: Opik, five: list[str], body: Any, status: int, message: str
) -> None:
    response = opik.post("/traces/search", body)

    assert response.status_code == status
    assert response.json()["code"] == status
    assert response.json()["message"].startswith(message)


def test_a_stranger_and_a_reviewer_find_no_project(
    opik: Opik, workspace: Workspace, five: list[str]
) -> None:
    body = {"project_id": str(Project.objects.get(name=NAME).pk)}
    others = [factories.key(factories.workspace()), factories.key(workspace, Role.REVIEWER)]

    answers = [Opik(key).post("/traces/search", body) for key in others]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert Opik(None).post("/traces/search", body).status_code == 401
