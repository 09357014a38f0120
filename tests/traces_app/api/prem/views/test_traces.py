"""Prem's list, get and create, as its clients call them."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.traces_app.api.prem.studio import MISSING, TRACE, studio
from traces_app.models import EntityType, Trace
from traces_app.services import scores
from traces_app.services.scores import Said

pytestmark = pytest.mark.django_db

TEN = {
    "id",
    "createdAt",
    "modelId",
    "projectId",
    "input",
    "output",
    "score",
    "feedback",
    "addedToDataset",
    "processingStatus",
}


def test_array_is_answered_one_result_a_trace() -> None:
    answer = studio().read("post", "traces", [TRACE | {"score": 0.5}, TRACE])

    assert [set(result) for result in answer["results"]] == [{"traceId", "success"}] * 2
    assert all(result["success"] for result in answer["results"])


def test_created_trace_is_read_back_whole() -> None:
    prem = studio()
    pk = prem.create(score=0.25, feedback="Too short.", output='{"a": "ü"}')

    trace = prem.read("get", f"traces/{pk}")

    assert set(trace) >= TEN
    assert (trace["id"], trace["modelId"], trace["input"]) == (pk, "m-1", "question")
    assert (trace["score"], trace["feedback"]) == (0.25, "Too short.")
    assert trace["output"] == '{"a": "ü"}'


def test_new_trace_is_unassigned_unscored_and_not_added() -> None:
    prem = studio()

    trace = prem.read("get", f"traces/{prem.create()}")

    assert (trace["projectId"], trace["score"], trace["feedback"]) == (None, None, None)
    assert (trace["addedToDataset"], trace["processingStatus"]) == (False, "none")


def test_score_of_zero_is_a_score() -> None:
    prem = studio()

    trace = prem.read("get", f"traces/{prem.create(score=0)}")

    assert trace["score"] == 0


def test_feedback_may_come_without_a_score() -> None:
    prem = studio()

    trace = prem.read("get", f"traces/{prem.create(score=None, feedback='Kind.')}")

    assert (trace["score"], trace["feedback"]) == (None, "Kind.")


def test_single_object_in_snake_case_is_answered_with_its_id_and_the_trace() -> None:
    workspace = factories.workspace()
    project = factories.project(workspace)
    sent = {"project_id": str(project.pk), "model_id": "m", "input": "i", "output": "o"}

    answer = studio(workspace).read("post", "traces", sent | {"score": 0.9})

    assert answer["results"] == [{"traceId": answer["id"], "success": True}]
    assert set(answer) >= TEN
    assert answer["projectId"] == str(project.pk)


def test_bad_item_fails_alone() -> None:
    prem = studio()
    sent = [TRACE, TRACE | {"score": 7}, "nonsense", TRACE | {"feedback": "x" * 2049}, TRACE]

    results = prem.read("post", "traces", sent)["results"]

    assert [result["success"] for result in results] == [True, False, False, False, True]
    assert [result.get("index") for result in results] == [None, 1, 2, 3, None]
    assert results[1]["traceId"] is None
    assert prem.read("get", "traces")["total"] == 2


def test_item_with_a_project_of_others_fails_like_one_with_none() -> None:
    other = str(factories.project().pk)
    sent = [TRACE | {"projectId": other}, TRACE | {"projectId": MISSING}]

    first, second = studio().read("post", "traces", sent)["results"]

    assert first["error"] == second["error"]
    assert not Trace.objects.exists()


def test_feedback_of_2048_characters_is_taken() -> None:
    prem = studio()

    trace = prem.read("get", f"traces/{prem.create(feedback='é' * 2048)}")

    assert len(trace["feedback"]) == 2048


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"modelId": ""}, "modelId"),
        ({"input": None}, "input"),
        ({"output": [1]}, "output"),
        ({"score": "0.5"}, "score"),
        ({"score": True}, "score"),
        ({"score": -0.1}, "score"),
        ({"score": 1.01}, "score"),
        ({"projectId": "abc"}, "projectId"),
        ({"projectId": 5}, "projectId"),
        ({"projectId": MISSING}, "projectId"),
        ({"feedback": 1}, "feedback"),
        ({"feedback": "x" * 2049}, "feedback"),
    ],
)
def test_bad_single_trace_is_refused_by_field(change: dict[str, Any], field: str) -> None:
    answer = studio().call("post", "traces", TRACE | change)

    assert answer.status_code == 400
    assert set(json.loads(answer.content)["details"]) == {field}
    assert not Trace.objects.exists()


def test_everything_wrong_is_named_at_once() -> None:
    answer = studio().call("post", "traces", {"score": 2})

    error = json.loads(answer.content)
    assert set(error["details"]) == {"modelId", "input", "output", "score"}
    assert error["status"] == 400
    assert error["error"] == error["message"]
    assert error["support_id"].startswith("support_")


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b'"x"', b"null", b"{", b'[{"a":\xff}]', b"[1,"])
def test_body_that_is_no_trace_is_refused(body: bytes) -> None:
    answer = studio().call("post", "traces", body)

    assert answer.status_code == 400
    assert set(json.loads(answer.content)) == {
        "status",
        "error",
        "message",
        "support_id",
        "details",
    }


def test_characters_that_no_database_takes_are_replaced() -> None:
    prem = studio()
    body = rb'[{"modelId": "m\u0000", "input": "a\u0000b", "output": "\ud800", "score": NaN}]'

    created = prem.read("post", "traces", body)["results"][0]["traceId"]

    trace = prem.read("get", f"traces/{created}")
    assert (trace["modelId"], trace["input"], trace["output"]) == ("m\ufffd", "a\ufffdb", "\ufffd")
    assert trace["score"] is None


def test_other_media_types_are_refused() -> None:
    prem = studio()

    answer = prem.client.post(
        "/api/v1/traces", b"a=1", "application/x-www-form-urlencoded", headers=prem.headers
    )

    assert answer.status_code == 415
    assert answer.json()["status"] == 415


def test_body_over_the_limit_is_refused(settings: Any) -> None:
    settings.API_BODY_LIMIT = 1000

    answer = studio().call("post", "traces", [TRACE | {"input": "x" * 1000}])

    assert answer.status_code == 413
    assert json.loads(answer.content)["status"] == 413


def test_thousand_traces_take_as_many_queries_as_two() -> None:
    prem = studio()
    prem.create()
    rows = [
        TRACE | extra for extra in ({"score": 0.5, "feedback": "Good."}, {"feedback": "Hm."}, {})
    ]
    with CaptureQueriesContext(connection) as few:
        prem.read("post", "traces", rows)

    with CaptureQueriesContext(connection) as many:
        prem.read("post", "traces", rows * 100)

    # An executemany is logged once, whatever it holds.
    assert len(many) == len(few)


def test_list_prints_what_was_sent_newest_first() -> None:
    prem = studio()
    first, second = prem.create(), prem.create()

    answer = prem.read("get", "traces")

    assert [trace["id"] for trace in answer["results"]] == [second, first]
    assert answer["total"] == 2


def test_list_with_a_slash_at_the_end_is_no_redirect() -> None:
    prem = studio()
    pk = prem.create()

    assert prem.read("get", "traces/")["total"] == 1
    assert prem.read("get", f"traces/{pk}/")["id"] == pk


def test_queries_of_the_list_do_not_grow_with_its_rows() -> None:
    prem = studio()
    prem.create()
    with CaptureQueriesContext(connection) as one:
        prem.read("get", "traces")
    for _ in range(24):
        prem.create(score=0.5, feedback="Good.")

    with CaptureQueriesContext(connection) as many:
        prem.read("get", "traces")

    assert len(many) == len(one) <= 7


def test_array_over_the_limit_is_refused_whole() -> None:
    answer = studio().call("post", "traces", [TRACE] * 10_001)

    assert answer.status_code == 400
    assert not Trace.objects.exists()


@pytest.mark.parametrize(
    ("method", "where", "status"),
    [
        ("delete", "traces", 405),
        ("put", "traces", 405),
        ("post", f"traces/{MISSING}", 405),
        ("get", "nonsense", 404),
        ("get", f"traces/{MISSING}/nonsense", 404),
        ("get", "", 404),
    ],
)
def test_errors_before_a_view_have_prems_form(method: str, where: str, status: int) -> None:
    answer = studio().call(method, where)

    assert answer.status_code == status
    assert json.loads(answer.content)["support_id"].startswith("support_")


def test_verdict_of_a_page_is_prems_score() -> None:
    workspace = factories.workspace()
    prem = studio(workspace)
    pk = UUID(prem.create())
    access = factories.access(workspace)
    said = Said(pk, "User feedback", Decimal("0.5"), reason="Halfway.")
    scores.record(access=access, entity_type=EntityType.TRACE, said=[said])

    trace = prem.read("get", f"traces/{pk}")

    assert (trace["score"], trace["feedback"]) == (0.5, "Halfway.")
