"""Spans through Opik's dialect: what was sent is what is read, and every odd thing is refused."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.api.opik.client import Opik, span, trace
from tests.traces_app.api.opik.test_trace_search import lines
from traces_app.models import Comment, Role, Score, Span, Workspace
from traces_app.query.spans import SPANS

pytestmark = pytest.mark.django_db
NAME = "rec proj"
SCORE = {"name": "quality", "value": 1, "source": "sdk"}
MODELS = ("gpt-4o", "claude", "gpt-4o")
GONE = "01a20588-1df9-7461-9f1e-b0905bc4f19a"
VERSION_4 = "0c9bd9a4-54a9-4b29-9a39-9fd3b7d3f7c1"
ADDED = {"project_id", "created_at", "created_by", "last_updated_by"}


@pytest.fixture
def sent(opik: Opik) -> dict[str, Any]:
    """A span with its trace, stored."""
    of = trace()
    made = span(of["id"])
    opik.post("/traces", of)
    opik.post("/spans", made)
    return made


@pytest.fixture
def three(opik: Opik, sent: dict[str, Any]) -> list[str]:
    """The ids of three spans of one trace beside one of another, the newest first."""
    of = trace()
    opik.post("/traces", of)
    made = [span(of["id"], name=f"s{n}", model=model) for n, model in enumerate(MODELS)]
    made[1] |= {"type": "tool", "source": "experiment"}
    opik.post("/spans/batch", {"spans": made})
    return [each["id"] for each in reversed(made)]


def ids(page: Any) -> list[str]:
    assert page.status_code == 200, page.content
    return [each["id"] for each in page.json()["content"]]


def test_what_was_sent_is_what_is_read(opik: Opik, sent: dict[str, Any]) -> None:
    read = opik.get(f"/spans/{sent['id']}").json()

    expected = {name: value for name, value in sent.items() if name != "project_name"}
    # Opik leads the metadata with the provider.
    expected["metadata"] = {"provider": "openai", "m": 1}
    expected["duration"] = 500.0
    assert {name: read[name] for name in expected if name != "last_updated_at"} == {
        name: value for name, value in expected.items() if name != "last_updated_at"
    }
    assert set(read) - set(expected) == {
        "project_id",
        "created_at",
        "created_by",
        "last_updated_by",
    }


def test_every_text_and_number_survives(opik: Opik) -> None:
    odd = span(uuid7(), input="текст 🎉", output=[1, {"a": None}], usage={"total_tokens": 2**62})
    odd |= {"metadata": "a text", "error_info": {"exception_type": "E", "traceback": "t\n"}}
    assert opik.post("/spans", odd).status_code == 201

    read = opik.get(f"/spans/{odd['id']}").json()

    names = ("input", "output", "usage", "metadata", "error_info")
    assert {name: read[name] for name in names} == {name: odd[name] for name in names}


def test_a_patch_before_the_span_is_kept(opik: Opik) -> None:
    made = span(uuid7(), output={"from": "post"})
    body = {"trace_id": made["trace_id"], "project_name": NAME, "output": {"from": "patch"}}

    assert opik.patch(f"/spans/{made['id']}", body).status_code == 204
    stub = opik.get(f"/spans/{made['id']}").json()
    assert opik.post("/spans/batch", {"spans": [made]}).status_code == 204

    read = opik.get(f"/spans/{made['id']}").json()
    assert stub["start_time"] == "1970-01-01T00:00:00Z"
    assert (read["output"], read["name"]) == ({"from": "patch"}, "s1")


def test_a_page_holds_the_newest_first(opik: Opik, three: list[str], sent: dict[str, Any]) -> None:
    page = opik.get("/spans", project_name=NAME, size="2").json()

    assert [each["id"] for each in page["content"]] == three[:2]
    assert (page["page"], page["size"], page["total"]) == (1, 2, 4)
    assert page["sortable_by"] == SPANS.sortable_by
    assert ids(opik.get("/spans", project_name=NAME, size="2", page="2")) == [three[2], sent["id"]]


def test_a_list_is_narrowed_by_trace_and_type(opik: Opik, three: list[str]) -> None:
    trace_id = opik.get(f"/spans/{three[0]}").json()["trace_id"]

    assert ids(opik.get("/spans", project_name=NAME, trace_id=trace_id)) == three
    tools = opik.get("/spans", project_name=NAME, trace_id=trace_id, type="tool")
    assert (ids(tools), tools.json()["total"]) == ([three[1]], 1)
    assert ids(opik.get("/spans", project_name=NAME, trace_id=str(uuid7()))) == []


def test_a_list_takes_filters_sorting_search_and_window(opik: Opik, three: list[str]) -> None:
    by_model = json.dumps([{"field": "model", "operator": "=", "value": "CLAUDE"}])
    by_name = json.dumps([{"field": "name", "direction": "ASC"}])

    assert ids(opik.get("/spans", project_name=NAME, filters=by_model)) == [three[1]]
    assert ids(opik.get("/spans", project_name=NAME, sorting=by_name))[0] == three[2]
    assert ids(opik.get("/spans", project_name=NAME, search="claude")) == [three[1]]
    assert ids(opik.get("/spans", project_name=NAME, from_time="2100-01-01T00:00:00Z")) == []


def test_a_filter_by_score_counts_the_trace_that_is_asked_for(opik: Opik, three: list[str]) -> None:
    for pk in three[:2]:
        opik.put(f"/spans/{pk}/feedback-scores", SCORE)
    high = json.dumps(
        [{"field": "feedback_scores", "key": "quality", "operator": ">", "value": "0"}]
    )

    assert opik.get("/spans", project_name=NAME, filters=high).json()["total"] == 2
    page = opik.get("/spans", project_name=NAME, filters=high, trace_id=str(uuid7()))
    assert page.json()["total"] == 0


def test_fields_are_left_out_and_long_ones_cut(opik: Opik, three: list[str]) -> None:
    opik.patch(f"/spans/{three[0]}", {"trace_id": str(uuid7()), "output": {"long": "x" * 20_000}})
    left_out = json.dumps(["input", "usage", "feedback_scores", "provider", "duration"])

    page = opik.get("/spans", project_name=NAME, exclude=left_out, truncate="true", size="1")

    [read] = page.json()["content"]
    assert not {"input", "usage", "provider", "duration"} & set(read)
    assert read["metadata"] == {"m": 1}
    assert len(read["output"]) == 10_001


def test_the_search_streams_the_newest_first(opik: Opik, three: list[str]) -> None:
    trace_id = opik.get(f"/spans/{three[0]}").json()["trace_id"]
    nulls = {"project_id": None, "filters": None, "type": None, "last_retrieved_id": None}
    body = nulls | {"project_name": NAME, "trace_id": trace_id, "limit": 2, "exclude": None}

    first = lines(opik.post("/spans/search", body))
    rest = lines(opik.post("/spans/search", body | {"last_retrieved_id": first[-1]["id"]}))
    tools = lines(opik.post("/spans/search", body | {"type": "tool"}))

    assert [each["id"] for each in first + rest] == three
    assert [each["id"] for each in tools] == [three[1]]


def test_many_spans_are_changed_at_once(opik: Opik, three: list[str]) -> None:
    body = {"ids": [*three, str(uuid7())], "update": {"tags": ["b"], "model": "new"}}

    assert opik.send("PATCH", "/spans/batch", body | {"merge_tags": True}).status_code == 204

    read = [opik.get(f"/spans/{pk}").json() for pk in three]
    assert [(each["model"], each["tags"]) for each in read] == [("new", ["a", "b"])] * 3
    opik.send("PATCH", "/spans/batch", {"ids": three[:1], "update": {"tags": []}})
    assert "tags" not in opik.get(f"/spans/{three[0]}").json()


def test_a_deleted_span_is_gone_with_what_was_said_of_it(opik: Opik, sent: dict[str, Any]) -> None:
    path = f"/spans/{sent['id']}"
    opik.put(f"{path}/feedback-scores", SCORE)
    opik.post(f"{path}/comments", {"text": "hm"})

    assert opik.delete(path).status_code == 204
    assert opik.delete(path).status_code == 204

    missing = opik.get(path)
    assert (missing.status_code, missing.json()) == (
        404,
        {"code": 404, "message": f"Span id: {sent['id']} not found"},
    )
    assert (Score.objects.count(), Comment.objects.count()) == (0, 0)
    assert opik.get(f"/traces/{sent['trace_id']}").json()["span_count"] == 0


def test_scores_are_read_on_the_span_and_averaged_on_its_trace(
    opik: Opik, three: list[str]
) -> None:
    for pk, value in zip(three, (1, 0.5, 0), strict=True):
        assert opik.put(f"/spans/{pk}/feedback-scores", SCORE | {"value": value}).status_code == 204
    read = opik.get(f"/spans/{three[1]}").json()

    [score] = read["feedback_scores"]
    [mean] = opik.get(f"/traces/{read['trace_id']}").json()["span_feedback_scores"]

    assert (score["name"], score["value"], mean["value"]) == ("quality", 0.5, 0.5)
    assert (
        opik.post(f"/spans/{three[1]}/feedback-scores/delete", {"name": "quality"}).status_code
        == 204
    )
    assert "feedback_scores" not in opik.get(f"/spans/{three[1]}").json()


def test_a_score_of_a_missing_span_is_404_alone_and_waits_in_a_batch(opik: Opik) -> None:
    late = span(uuid7())

    refused = opik.put(f"/spans/{late['id']}/feedback-scores", SCORE)
    kept = opik.put("/spans/feedback-scores", {"scores": [SCORE | {"id": late["id"]}]})
    opik.post("/spans", late)

    assert (refused.status_code, kept.status_code) == (404, 204)
    assert opik.get(f"/spans/{late['id']}").json()["feedback_scores"][0]["value"] == 1


def test_names_of_scores_are_those_of_spans_of_the_type(opik: Opik, three: list[str]) -> None:
    opik.put(f"/spans/{three[0]}/feedback-scores", SCORE | {"name": "of llm"})
    opik.put(f"/spans/{three[1]}/feedback-scores", SCORE | {"name": "of tool"})
    project = opik.get(f"/spans/{three[0]}").json()["project_id"]

    every = opik.get("/spans/feedback-scores/names", project_id=project).json()
    tools = opik.get("/spans/feedback-scores/names", type="tool").json()

    assert every == {"scores": [{"name": "of llm"}, {"name": "of tool"}]}
    assert tools == {"scores": [{"name": "of tool"}]}
    assert opik.get("/traces/feedback-scores/names").json() == {"scores": []}


def test_comments_are_made_read_changed_and_deleted(opik: Opik, sent: dict[str, Any]) -> None:
    path = f"/spans/{sent['id']}/comments"
    made = opik.post(path, {"text": "hm"})
    pk = made.json()["id"]

    assert (made.status_code, made["Location"]) == (
        201,
        f"http://testserver/api/v1/private{path}/{pk}",
    )
    assert opik.patch(f"/spans/comments/{pk}", {"text": "aha"}).status_code == 204
    assert opik.get(f"{path}/{pk}").json()["text"] == "aha"
    assert opik.get(f"/spans/{sent['id']}").json()["comments"][0]["text"] == "aha"
    assert opik.get(f"/spans/{uuid7()}/comments/{pk}").status_code == 404
    assert opik.patch(f"/traces/comments/{pk}", {"text": "x"}).status_code == 404
    assert opik.post("/spans/comments/delete", {"ids": [pk]}).status_code == 204
    assert opik.get(f"{path}/{pk}").status_code == 404


def test_figures_are_of_the_spans_that_are_asked_for(opik: Opik, three: list[str]) -> None:
    stats = opik.get("/spans/stats", project_name=NAME, type="llm").json()["stats"]

    figures = {each["name"]: each["value"] for each in stats}
    assert stats[0] == {"name": "span_count", "type": "COUNT", "value": 3}
    assert figures["duration"] == {"p50": 500.0, "p90": 500.0, "p99": 500.0}
    assert (figures["total_estimated_cost"], figures["total_estimated_cost_sum"]) == (0.25, 0.75)
    assert (figures["usage.total_tokens"], figures["usage_sum.total_tokens"]) == (3, 9)
    assert (figures["tags"], figures["error_count"]) == (1, 0)


def test_whether_there_are_spans_is_known(opik: Opik, three: list[str]) -> None:
    assert opik.get("/spans/exists", project_name=NAME).json() == {"exists": True}
    assert opik.get("/spans/exists", project_name=NAME, source="experiment").json()["exists"]
    assert not opik.get("/spans/exists", project_name=NAME, source="playground").json()["exists"]


def test_the_number_of_queries_does_not_grow(opik: Opik, three: list[str]) -> None:
    def queries(size: str) -> int:
        with CaptureQueriesContext(connection) as found:
            opik.get("/spans", project_name=NAME, size=size)
        return len(found)

    for pk in three:
        opik.put(f"/spans/{pk}/feedback-scores", SCORE)
        opik.post(f"/spans/{pk}/comments", {"text": "hm"})

    assert queries("1") == queries("4")


BAD: list[tuple[str, str, Any, int]] = [
    ("GET", "/spans", None, 400),
    ("GET", "/spans?project_name=nowhere", None, 404),
    ("GET", "/spans?project_name=rec+proj&trace_id=x", None, 404),
    ("GET", "/spans?project_name=rec+proj&type=LLM", None, 404),
    ("GET", "/spans?project_name=rec+proj&type=%00", None, 404),
    ("GET", "/spans?project_name=rec+proj&size=0", None, 400),
    ("GET", "/spans?project_name=rec+proj&filters=%5B5%5D", None, 400),
    ("GET", "/spans?project_name=rec+proj&sorting=5", None, 400),
    ("GET", "/spans?project_name=rec+proj&exclude=%5B%22thread_id%22%5D", None, 400),
    ("GET", "/spans/x", None, 404),
    ("GET", "/spans/stats", None, 400),
    ("GET", "/spans/exists", None, 400),
    ("GET", "/spans/feedback-scores/names?type=x", None, 404),
    ("GET", f"/spans/feedback-scores/names?project_id={GONE}", None, 404),
    ("POST", "/spans/search", {}, 400),
    ("POST", "/spans/search", [], 400),
    ("POST", "/spans/search", {"project_name": NAME, "limit": 2001}, 422),
    ("POST", "/spans/search", {"project_name": NAME, "type": "chain"}, 400),
    ("POST", "/spans/search", {"project_name": NAME, "trace_id": "x"}, 400),
    ("POST", "/spans/search", {"project_name": NAME, "exclude": ["thread_id"]}, 400),
    ("POST", "/spans/search", {"project_name": NAME, "filters": [{"field": "thread_id"}]}, 400),
    ("PATCH", "/spans/batch", {}, 422),
    ("PATCH", "/spans/batch", {"ids": [], "update": {}}, 422),
    ("PATCH", "/spans/batch", {"ids": [GONE], "update": None}, 422),
    ("PATCH", "/spans/batch", {"ids": ["x"], "update": {}}, 400),
    ("PATCH", "/spans/batch", {"ids": [GONE], "update": {"tags": ["a"] * 51}}, 422),
    ("POST", "/spans", {"start_time": "2026-11-22T23:12:16Z"}, 422),
    (
        "POST",
        "/spans",
        {"trace_id": "0c9bd9a4-54a9-4b29-9a39-9fd3b7d3f7c1", "start_time": "2026-11-22T23:12:16Z"},
        400,
    ),
    ("POST", "/spans/batch", {"spans": []}, 422),
    ("PUT", f"/spans/{GONE}/feedback-scores", {"name": " "}, 422),
    ("POST", f"/spans/{GONE}/feedback-scores/delete", {}, 422),
    ("POST", f"/spans/{GONE}/comments", {"text": " "}, 422),
    ("POST", f"/spans/{GONE}/comments", {"text": "x"}, 404),
    ("POST", "/spans/comments/delete", {"ids": []}, 422),
    ("DELETE", "/spans", None, 405),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), BAD)
def test_what_cannot_be_taken_is_refused_in_opiks_form(
    opik: Opik, sent: dict[str, Any], method: str, path: str, body: Any, status: int
) -> None:
    answer = opik.send(method, path, body)

    assert answer.status_code == status, answer.content
    assert {"code", "errors"} & set(answer.json())


@pytest.mark.parametrize("path", ["/spans", "/spans/batch", "/spans/search", f"/spans/{GONE}"])
@pytest.mark.parametrize("data", [b"", b"5", b"[]", b'{"ids":', b'{"name":"\\ud800"}', b"\xff"])
def test_odd_bodies_are_the_clients_mistake(opik: Opik, path: str, data: bytes) -> None:
    for method in ("POST", "PATCH"):
        assert 400 <= opik.raw(method, path, data).status_code < 500


def test_a_stranger_and_a_reviewer_see_no_span(
    workspace: Workspace, opik: Opik, three: list[str]
) -> None:
    opik.put(f"/spans/{three[0]}/feedback-scores", SCORE)
    stranger = Opik(factories.key(factories.workspace()))
    reviewer = Opik(factories.key(workspace, Role.REVIEWER))

    for other in (stranger, reviewer):
        assert other.get(f"/spans/{three[0]}").status_code == 404
        assert other.get("/spans", project_name=NAME).status_code == 404
        assert other.get("/spans/stats", project_name=NAME).status_code == 404
        assert other.post("/spans/search", {"project_name": NAME}).status_code == 404
        assert other.get("/spans/feedback-scores/names").json() == {"scores": []}
        assert other.put(f"/spans/{three[0]}/feedback-scores", SCORE).status_code == 404
        assert other.post(f"/spans/{three[0]}/comments", {"text": "x"}).status_code == 404
    assert reviewer.delete(f"/spans/{three[0]}").status_code == 403
    assert stranger.delete(f"/spans/{three[0]}").status_code == 204
    body = {"ids": three, "update": {"name": "stolen"}}
    assert stranger.send("PATCH", "/spans/batch", body).status_code == 204
    assert Span.objects.filter(name="stolen").count() == 0
    assert Span.objects.count() == 4
