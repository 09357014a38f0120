"""Threads through Opik's dialect: made of their traces, listed and found."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from tests.traces_app.api.opik.threads import (
    NAME,
    NO_PLACE,
    PLACE,
    SECOND,
    found,
    listed,
    retrieved,
    send,
)
from traces_app.models import Project, Thread, Trace, Workspace

pytestmark = pytest.mark.django_db


def test_thread_is_what_its_traces_are(opik: Opik, workspace: Workspace) -> None:
    first, second = trace(thread_id="t", environment="live"), trace(thread_id="t", **SECOND)
    running = trace(thread_id="t", start_time="2026-11-22T23:30:00Z", end_time=None)
    send(opik, second, first, running)
    span = {"project_name": NAME, "start_time": "2026-11-22T23:12:16Z", "type": "llm"}
    for sent, cost in ((first, 0.25), (second, 0.5)):
        usage = {"total_tokens": 3, "prompt_tokens": 1}
        more = {"trace_id": sent["id"], "usage": usage, "total_estimated_cost": cost}
        opik.post("/spans", span | more)

    read = retrieved(opik, "t").json()

    assert read["first_message"] == first["input"]
    assert read["last_message"] == SECOND["output"]
    assert (read["start_time"], read["end_time"]) == (
        "2026-11-22T23:12:16.376317Z",
        "2026-11-22T23:20:01.500000Z",
    )
    assert read["duration"] == 465123.683
    assert (read["number_of_messages"], read["status"]) == (6, "active")
    assert (read["usage"], read["total_estimated_cost"]) == (
        {"total_tokens": 6, "prompt_tokens": 2},
        0.75,
    )
    assert read["thread_model_id"] == str(Thread.objects.get().pk)
    assert read["project_id"] == str(Project.objects.get(name=NAME).pk)
    assert "tags" not in read


def test_thread_was_created_by_who_sent_its_first_trace(workspace: Workspace) -> None:
    people = [factories.member(workspace) for _ in range(2)]
    one, other = (Opik(factories.key(workspace, person=person)) for person in people)
    send(one, trace(thread_id="t", **SECOND))
    send(other, trace(thread_id="t"))

    read = retrieved(one, "t").json()

    assert read["created_by"] == people[1].author_name
    assert read["last_updated_by"] == people[1].author_name


def test_stub_is_neither_start_nor_first_message(opik: Opik) -> None:
    send(opik, trace(thread_id="t"))
    opik.patch(f"/traces/{uuid7()}", PLACE | {"thread_id": "t", "tags": ["x"]})

    read = retrieved(opik, "t").json()

    assert read["start_time"] == "2026-11-22T23:12:16.376317Z"
    assert read["first_message"] == {"q": "hello"}
    assert read["number_of_messages"] == 4


def test_list_is_last_updated_first_in_an_envelope(opik: Opik) -> None:
    for name in ("a", "b", "c"):
        send(opik, trace(thread_id=name))
    send(opik, trace(thread_id="a"), trace(thread_id=None))

    page = opik.get("/traces/threads", project_name=NAME, size="2").json()

    assert [each["id"] for each in page["content"]] == ["a", "c"]
    assert (page["page"], page["size"], page["total"]) == (1, 2, 3)
    assert {"number_of_messages", "usage.*", "feedback_scores.*"} <= set(page["sortable_by"])
    assert listed(opik, size="2", page="2") == ["b"]


def test_threads_of_one_batch_are_listed_by_their_times(opik: Opik) -> None:
    late: dict[str, Any] = {"start_time": "2026-11-22T23:50:00Z", "end_time": None}
    times = {"a": late, "b": SECOND, "c": SECOND | {"end_time": "2026-11-22T23:59:00Z"}}
    send(opik, *(trace(thread_id=name, **values) for name, values in times.items()))

    assert listed(opik) == ["c", "b", "a"]


def test_list_is_sorted_filtered_searched_and_cut(opik: Opik) -> None:
    send(opik, trace(thread_id="a"), trace(thread_id="b", input="Where is my order?"))
    send(opik, trace(thread_id="b", **SECOND))
    by_size = json.dumps([{"field": "number_of_messages", "direction": "DESC"}])
    clause = [{"field": "number_of_messages", "operator": ">", "value": "2"}]

    assert listed(opik, sorting=by_size) == ["b", "a"]
    assert listed(opik, filters=json.dumps(clause)) == ["b"]
    assert listed(opik, search="my ORDER") == ["b"]
    assert listed(opik, search="then bye") == ["b"]
    assert listed(opik, to_time="2020-01-01T00:00:00Z") == []


def test_excluded_fields_are_left_out(opik: Opik) -> None:
    send(opik, trace(thread_id="t"))
    out = ["first_message", "start_time", "usage", "duration"]

    page = opik.get("/traces/threads", project_name=NAME, exclude=json.dumps(out)).json()

    assert not set(out) & page["content"][0].keys()
    assert page["content"][0]["last_message"] == {"a": "hi"}
    bad = opik.get("/traces/threads", project_name=NAME, exclude='["metadata"]')
    assert bad.json()["message"] == "Invalid query param exclude '[\"metadata\"]'"


def test_truncate_shortens_messages(opik: Opik) -> None:
    send(opik, trace(thread_id="t", input={"long": "x" * 20_000}))

    cut = retrieved(opik, "t", truncate=True).json()["first_message"]

    assert isinstance(cut, str)
    assert len(cut) == 10_001


def test_thread_without_traces_is_nowhere(opik: Opik) -> None:
    send(opik, trace(thread_id="other"))
    opik.put("/traces/threads/open", PLACE | {"thread_id": "t"})

    assert Thread.objects.filter(thread_id="t").exists()
    assert listed(opik) == ["other"]
    assert [each["id"] for each in found(opik)] == ["other"]
    assert retrieved(opik, "t").json() == {
        "code": 404,
        "message": "Trace Thread id: t not found",
    }


def test_thread_goes_with_its_last_trace_and_comes_back_with_the_next(opik: Opik) -> None:
    sent = [trace(thread_id="t") for _ in range(2)]
    send(opik, *sent)

    opik.delete(f"/traces/{sent[0]['id']}")
    assert listed(opik) == ["t"]
    opik.post("/traces/delete", {"ids": [sent[1]["id"]]})
    assert listed(opik) == []
    send(opik, trace(thread_id="t"))
    assert listed(opik) == ["t"]


def test_trace_that_changes_its_thread_leaves_the_old_one(opik: Opik) -> None:
    pk = uuid7()
    send(opik, trace(pk, thread_id="a"))
    opik.patch(f"/traces/{pk}", PLACE | {"thread_id": "b"})
    assert listed(opik) == ["b"]

    send(opik, trace(pk, thread_id="c", last_updated_at="2030-01-01T00:00:00Z"))
    assert listed(opik) == ["c"]
    send(opik, trace(pk, thread_id="a", last_updated_at="2020-01-01T00:00:00Z"))
    assert listed(opik) == ["c"]


@pytest.fixture
def eleven(opik: Opik) -> list[str]:
    """The ids of threads, the newest first."""
    names = [f"t{number}" for number in range(11)]
    send(opik, *(trace(thread_id=name) for name in names))
    return names[::-1]


@pytest.mark.parametrize("cursor", ["id", "thread_model_id"])
def test_search_goes_on_after_the_cursor(opik: Opik, eleven: list[str], cursor: str) -> None:
    met: list[dict[str, Any]] = []
    while page := found(
        opik, limit=4, last_retrieved_thread_model_id=met[-1][cursor] if met else None
    ):
        met += page

    assert [each["thread_model_id"] for each in met] == sorted(
        (each["thread_model_id"] for each in met), reverse=True
    )
    assert sorted(each["id"] for each in met) == sorted(eleven)


def test_thread_id_that_is_a_uuid_is_a_cursor_by_its_name(opik: Opik) -> None:
    names = {str(uuid4()) for _ in range(5)}
    send(opik, *(trace(thread_id=name) for name in names))
    first, *rest = found(opik)

    after = found(opik, last_retrieved_thread_model_id=first["id"])

    assert [each["id"] for each in after] == [each["id"] for each in rest]


def test_cursor_of_a_thread_that_is_gone_is_404(opik: Opik, eleven: list[str]) -> None:
    body = PLACE | {"last_retrieved_thread_model_id": "gone"}

    answer = opik.post("/traces/threads/search", body)

    assert (answer.status_code, answer.json()["message"]) == (
        404,
        "Trace Thread id: gone not found",
    )


def test_search_filters_and_takes_nulls_for_absent(opik: Opik, eleven: list[str]) -> None:
    clause = {"field": "id", "operator": "=", "key": "", "value": "t3", "type": "string"}
    nulls = {"project_id": None, "last_retrieved_thread_model_id": None, "from_time": None}

    assert [each["id"] for each in found(opik, filters=[clause], **nulls)] == ["t3"]
    assert len(found(opik, filters=None, limit=None)) == 11


@pytest.mark.parametrize(
    ("path", "body", "lines"),
    [
        (
            "retrieve",
            {"thread_id": "t"},
            [NO_PLACE],
        ),
        ("retrieve", PLACE, ["threadId must not be blank"]),
        ("retrieve", PLACE | {"thread_id": " "}, ["threadId must not be blank"]),
        ("delete", {"thread_ids": ["t"]}, [NO_PLACE]),
        ("delete", PLACE, ["threadIds must not be null"]),
        ("delete", PLACE | {"thread_ids": []}, ["threadIds size must be between 1 and 1000"]),
        (
            "delete",
            PLACE | {"thread_ids": ["a"] * 1001},
            ["threadIds size must be between 1 and 1000"],
        ),
        (
            "delete",
            PLACE | {"thread_ids": ["a", " "]},
            ["threadIds[1].<list element> must not be blank"],
        ),
        ("open", {"thread_id": "t"}, [NO_PLACE]),
        ("open", PLACE, ["threadId must not be blank"]),
        ("open", PLACE | {"thread_id": "x" * 1001}, ["threadId size must be between 0 and 1000"]),
        ("close", {"thread_id": "t"}, [NO_PLACE]),
        ("close", PLACE, ["Either 'threadId' or 'threadIds' must be provided."]),
        (
            "close",
            PLACE | {"thread_id": "a", "thread_ids": ["b"]},
            ["Cannot provide both 'threadId' and 'threadIds'."],
        ),
        ("close", PLACE | {"thread_ids": []}, ["threadIds size must be between 1 and 1000"]),
        ("close", PLACE | {"thread_id": ""}, ["threadId must not be blank"]),
    ],
)
def test_broken_rules_are_named(opik: Opik, path: str, body: Any, lines: list[str]) -> None:
    send(opik, trace(thread_id="t"))
    method = "PUT" if path in ("open", "close") else "POST"

    answer = opik.send(method, f"/traces/threads/{path}", body)

    assert (answer.status_code, answer.json()) == (422, {"errors": lines})


def test_stats_add_up_what_the_list_shows(opik: Opik) -> None:
    send(opik, trace(thread_id="a"), trace(thread_id="a", **SECOND), trace(thread_id="b"))
    span = {"project_name": NAME, "start_time": "2026-11-22T23:12:16Z"}
    for sent in Trace.objects.filter(thread_id="a"):
        more = {"trace_id": str(sent.pk), "usage": {"n": 3}, "total_estimated_cost": 0.5}
        opik.post("/spans", span | more)
    said = {"name": "quality", "value": 0.5, "source": "sdk"}
    opik.put("/traces/threads/feedback-scores", {"scores": [PLACE | said | {"thread_id": "a"}]})

    read = opik.get("/traces/threads/stats", project_name=NAME).json()["stats"]

    assert [each["name"] for each in read] == [
        "thread_count",
        "duration",
        "input",
        "output",
        "metadata",
        "tags",
        "total_estimated_cost",
        "total_estimated_cost_sum",
        "usage.n",
        "usage_sum.n",
        "feedback_scores.quality",
        "guardrails_failed_count",
        "error_count",
    ]
    values = {each["name"]: each["value"] for each in read}
    assert (values["thread_count"], values["usage.n"], values["usage_sum.n"]) == (2, 6, 6)
    assert (values["total_estimated_cost"], values["feedback_scores.quality"]) == (1, 0.5)
    assert values["duration"]["p50"] == (1000 + 465123.683) / 2
    clause = json.dumps([{"field": "id", "operator": "=", "value": "none"}])
    nothing = opik.get("/traces/threads/stats", project_name=NAME, filters=clause)
    assert nothing.json() == {"stats": []}


def test_reads_take_as_many_queries_for_50_as_for_1(opik: Opik) -> None:
    send(opik, *(trace(thread_id=f"t{number}") for number in range(50)))
    threads = [PLACE | {"thread_id": f"t{number}"} for number in range(50)]
    said = {"name": "quality", "value": 1, "source": "sdk"}
    opik.put("/traces/threads/feedback-scores", {"scores": [each | said for each in threads]})
    counts = []
    for size in (1, 50):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            listed(opik, size=str(size))
            found(opik, limit=size)
        counts.append(len(queries))

    assert counts[0] == counts[1]
