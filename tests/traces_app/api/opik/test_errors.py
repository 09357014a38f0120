"""Every shape of error that opik.md §0.4 names, as it is on the wire."""

import json
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.models import Role, Workspace

pytestmark = pytest.mark.django_db
NAME = "rec proj"
VERSION_4 = "0190babc-62a0-41d2-832a-0feffa4676eb"
SCORE = {"name": "quality", "value": 1, "source": "sdk"}


@pytest.fixture
def sent(opik: Opik) -> dict[str, Any]:
    made = trace()
    opik.post("/traces", made)
    return made


def filtered(opik: Opik, **clause: Any) -> Any:
    return opik.get("/traces", project_name=NAME, filters=json.dumps([clause]))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"name": 1}', b'{"source": "mars"}'])
def test_what_cannot_be_read_is_400_with_code_and_message(opik: Opik, body: bytes) -> None:
    response = opik.raw("POST", "/traces", body)

    assert response.status_code == 400
    assert set(response.json()) == {"code", "message"}
    assert response.json()["message"].startswith("Unable to process JSON.")


@pytest.mark.parametrize(
    ("method", "path", "body", "entity"),
    [
        ("POST", "/traces", trace() | {"id": VERSION_4}, "Trace"),
        ("POST", "/traces/batch", {"traces": [trace() | {"id": VERSION_4}]}, "Trace"),
        ("PATCH", f"/traces/{VERSION_4}", {"name": "x"}, "Trace"),
        ("PUT", "/traces/feedback-scores", {"scores": [SCORE | {"id": VERSION_4}]}, "trace"),
        ("PUT", "/spans/feedback-scores", {"scores": [SCORE | {"id": VERSION_4}]}, "span"),
    ],
)
def test_an_id_that_is_no_uuid7_is_400_with_details(
    opik: Opik, method: str, path: str, body: Any, entity: str
) -> None:
    response = opik.send(method, path, body)

    assert response.status_code == 400
    assert response.json() == {
        "code": 400,
        "message": "Invalid UUID for id",
        "details": f"{entity} id must be a version 7 UUID",
    }


def test_what_is_not_there_is_404_by_its_id(opik: Opik, sent: dict[str, Any]) -> None:
    pk = uuid7()
    answers = {
        opik.get(f"/traces/{pk}"): f"Trace id: {pk} not found",
        opik.put(f"/traces/{pk}/feedback-scores", SCORE): f"Trace id: {pk} not found",
        opik.post(f"/traces/{pk}/comments", {"text": "x"}): f"trace id: {pk} not found",
        opik.get(f"/traces/{sent['id']}/comments/{pk}"): f"Comment id: {pk} not found",
        opik.get("/traces", project_id=str(pk)): f"Project id: {pk} not found",
        opik.get("/traces", project_name="none"): "Project name: none not found",
    }

    for answer, message in answers.items():
        assert (answer.status_code, answer.json()) == (404, {"code": 404, "message": message})


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/traces/no-uuid", {}),
        ("/traces", {"project_id": "no-uuid"}),
        ("/traces", {"project_name": NAME, "page": "one"}),
        ("/traces", {"project_name": NAME, "size": "1.5"}),
        ("/traces", {"project_name": NAME, "from_time": "yesterday"}),
        ("/traces", {"project_name": NAME, "annotation_queue_id": "no-uuid"}),
        ("/traces/stats", {"project_name": NAME, "to_time": "2026-01-01"}),
        ("/nothing", {}),
    ],
)
def test_an_address_that_cannot_be_bound_is_404(
    opik: Opik, sent: dict[str, Any], path: str, query: dict[str, str]
) -> None:
    response = opik.get(path, **query)

    assert (response.status_code, response.json()["code"]) == (404, 404)


@pytest.mark.parametrize(("name", "value"), [("page", "0"), ("size", "-1"), ("size", "15001")])
def test_a_page_out_of_range_is_400_as_a_list(opik: Opik, name: str, value: str) -> None:
    response = opik.get("/traces", project_name=NAME, **{name: value})

    assert response.status_code == 400
    [line] = response.json()["errors"]
    assert line.startswith(f"query param {name} must be ")


def test_broken_rules_are_422_in_javas_names_and_all_at_once(opik: Opik) -> None:
    broken = {"traces": [trace(), {"error_info": {}, "ttft": -1, "project_name": " "}]}

    response = opik.post("/traces/batch", broken)

    assert response.status_code == 422
    assert set(response.json()["errors"]) == {
        "traces[1].startTime must not be null",
        "traces[1].projectName must not be blank",
        "traces[1].ttft must be greater than or equal to 0",
        "traces[1].errorInfo.exceptionType must not be blank",
        "traces[1].errorInfo.traceback must not be blank",
    }


@pytest.mark.parametrize(
    ("name", "value", "before"),
    [
        ("start_time", "1969-12-31T23:59:59Z", "2262-04-11T23:47:16Z"),
        ("end_time", "2262-04-11T23:47:16Z", "2262-04-11T23:47:16Z"),
        ("last_updated_at", "2300-01-01T00:00:00Z", "2300-01-01T00:00:00Z"),
    ],
)
def test_times_have_bounds(opik: Opik, name: str, value: str, before: str) -> None:
    response = opik.post("/traces", trace() | {name: value})

    field = {"start_time": "startTime", "end_time": "endTime"}.get(name, "lastUpdatedAt")
    line = f"{field} must be after or equal 1970-01-01T00:00:00Z and before {before}"
    assert (response.status_code, response.json()) == (422, {"errors": [line]})


@pytest.mark.parametrize("path", ["/traces/delete", "/traces/comments/delete"])
def test_a_list_has_1_to_1000_elements(opik: Opik, path: str) -> None:
    answers = [opik.post(path, {"ids": ids}) for ids in (None, [], [str(uuid7())] * 1001)]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert [answer.json()["errors"][0] for answer in answers] == [
        "ids must not be null",
        "ids size must be between 1 and 1000",
        "ids size must be between 1 and 1000",
    ]


def test_conflicts_are_409_as_a_list(opik: Opik, sent: dict[str, Any]) -> None:
    there = [opik.post("/traces", sent), opik.post("/traces", sent | {"project_name": "other"})]

    assert [answer.status_code for answer in there] == [409, 409]
    assert there[0].json() == {"errors": ["Trace already exists"]}
    mismatch = "Project name and workspace name do not match the existing trace"
    assert there[1].json() == {"errors": [mismatch]}


@pytest.mark.parametrize(
    ("clause", "message"),
    [
        (
            {"field": "tags", "operator": ">", "value": "a"},
            "Invalid operator '>' for field 'tags' of type 'LIST'",
        ),
        (
            {"field": "duration", "operator": "=", "value": "long"},
            "Invalid value 'long' or key '' for field 'duration' of type 'NUMBER'",
        ),
        (
            {"field": "feedback_scores", "operator": "=", "value": "1"},
            "Invalid value '1' or key '' for field 'feedback_scores' of type "
            "'FEEDBACK_SCORES_NUMBER'",
        ),
        (
            {"field": "start_time", "operator": ">", "value": "2026-01-01"},
            "Invalid value '2026-01-01' or key '' for field 'start_time' of type 'DATE_TIME'",
        ),
        (
            {"field": "name", "operator": "contains", "value": " "},
            "Invalid value ' ' or key '' for field 'name' of type 'STRING'",
        ),
        (
            {"field": "custom", "operator": "=", "key": "metadata", "value": "x"},
            "Invalid key 'metadata' for custom filter",
        ),
    ],
)
def test_a_filter_that_cannot_be_asked_is_400_in_opiks_words(
    opik: Opik, sent: dict[str, Any], clause: dict[str, str], message: str
) -> None:
    response = filtered(opik, **clause)

    assert (response.status_code, response.json()) == (400, {"code": 400, "message": message})


@pytest.mark.parametrize(
    ("clause", "total"),
    [
        ({"field": "duration", "operator": "=", "value": 1000}, 1),
        ({"field": "duration", "operator": ">", "value": 1e3}, 0),
        ({"field": "metadata", "key": "m", "operator": "=", "value": 1}, 1),
        ({"field": "tags", "operator": "contains", "value": "a%20b"}, 1),
        ({"field": "tags", "operator": "=", "value": "a%20b", "type": "nonsense"}, 1),
        ({"field": "name", "operator": "=", "value": "100%25"}, 1),
        ({"field": "thread_id", "operator": "is_not_empty", "value": ""}, None),
        ({"field": "error_info", "operator": "is_empty", "value": None}, 1),
        ({"field": "error_info", "operator": "is_empty"}, 1),
    ],
)
def test_values_may_be_numbers_or_encoded_and_types_are_passed_over(
    opik: Opik, clause: dict[str, Any], total: int | None
) -> None:
    opik.post("/traces", trace(tags=["a b"], name="100%25"))

    response = filtered(opik, **clause)

    if total is None:
        assert response.status_code == 400
    else:
        assert response.json()["total"] == total
    body = {"project_name": NAME, "filters": [clause, clause]}
    streamed = opik.post("/traces/search", body)
    found = b"".join(streamed).count(b"\r\n") if streamed.status_code == 200 else None
    assert found == total


@pytest.mark.parametrize("group", [{"any": []}, {"any": [{"any": []}]}, {"any": [5]}, {"any": "a"}])
def test_a_malformed_group_is_400(opik: Opik, sent: dict[str, Any], group: Any) -> None:
    raw = json.dumps([group])
    body = {"project_name": NAME, "filters": [group]}

    listed = opik.get("/traces", project_name=NAME, filters=raw)
    searched = [opik.post(f"/{kind}/search", body) for kind in ("traces", "spans")]

    assert listed.json() == {
        "code": 400,
        "message": f"Invalid filters query parameter '{raw}'",
    }
    assert [answer.status_code for answer in (listed, *searched)] == [400] * 3


def test_who_may_not_is_403_and_who_is_nobody_401(
    workspace: Workspace, sent: dict[str, Any]
) -> None:
    viewer = Opik(factories.key(workspace, Role.VIEWER)).post("/traces", trace())
    nobody = Opik(None).get("/traces", project_name=NAME)
    elsewhere = Opik(factories.key(workspace), workspace="other").get("/traces")

    assert (viewer.status_code, viewer.json()["code"]) == (403, 403)
    assert (nobody.status_code, nobody.json()["code"]) == (401, 401)
    assert elsewhere.json() == {"code": 403, "message": "Workspace not found or not allowed"}


def test_a_method_that_is_not_there_is_405(opik: Opik) -> None:
    response = opik.put("/traces", {})

    assert (response.status_code, response.json()["code"]) == (405, 405)
