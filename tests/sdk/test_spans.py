"""Spans by the client and by ``@opik.track``: what is sent is what is read back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import opik
import pytest
from opik.rest_api.core.api_error import ApiError
from opik.rest_api.types.span_public import SpanPublic

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]
START = datetime(2026, 11, 22, 23, 12, 16, 376317, tzinfo=UTC)
WORDS = "Wo ist sie? 🎉 Где заказ? 在哪里 أين"
USAGE = {"prompt_tokens": 12, "completion_tokens": 40, "total_tokens": 52}
FULL: dict[str, Any] = {
    "name": WORDS,
    "type": "llm",
    "start_time": START,
    "end_time": START + timedelta(milliseconds=1500),
    "input": {"prompt": WORDS, "deep": {"list": [1, None, 2.5, {"a": []}]}},
    "output": {"answer": WORDS},
    "metadata": {"temperature": 0.5, "provider": "as sent"},
    "tags": ["красный", "b"],
    "model": "gpt-4o",
    "provider": "openai",
}
ERROR = {"exception_type": "TimeoutError", "message": "too slow", "traceback": "line 1\nline 2"}


def found(client: opik.Opik, **asked: Any) -> list[str]:
    return sorted(span.name or "" for span in client.search_spans(**asked))


def test_every_field_of_a_span_is_read_back(either_client: opik.Opik) -> None:
    trace = either_client.trace(name="of spans")
    parent = trace.span(name="parent")
    sent = either_client.span(
        trace_id=trace.id,
        parent_span_id=parent.id,
        usage=USAGE,
        total_cost=0.0125,
        error_info=ERROR,  # type: ignore[arg-type]
        **FULL,
    )
    either_client.flush()

    read = either_client.get_span_content(sent.id)

    plain = [name for name in FULL if name not in ("tags", "metadata")]
    assert {name: getattr(read, name) for name in plain} == {name: FULL[name] for name in plain}
    assert sorted(read.tags or []) == sorted(FULL["tags"])
    # The SDK itself writes the usage into the metadata, too.
    assert read.metadata == {**FULL["metadata"], "usage": USAGE}
    assert (read.trace_id, read.parent_span_id) == (trace.id, parent.id)
    assert {name: (read.usage or {})[name] for name in USAGE} == USAGE
    assert (read.total_estimated_cost, read.duration) == (0.0125, 1500)
    assert read.error_info is not None
    assert read.error_info.dict() == ERROR


def test_a_trace_adds_its_spans_up(either_client: opik.Opik) -> None:
    trace = either_client.trace(name="of spans")
    for provider in ("openai", "anthropic", "openai"):
        trace.span(name="call", type="llm", provider=provider, usage=USAGE, total_cost=0.1)
    trace.span(name="tool", type="tool")
    either_client.flush()

    read = either_client.get_trace_content(trace.id)

    assert (read.span_count, read.llm_span_count, read.has_tool_spans) == (4, 3, True)
    assert (read.usage or {})["total_tokens"] == 156
    assert (read.total_estimated_cost, read.providers) == (0.3, ["anthropic", "openai"])


def test_what_ends_and_updates_before_it_is_created_is_kept(either_client: opik.Opik) -> None:
    trace = either_client.trace(name="of spans")
    span = trace.span(name="late", input={"q": 1})
    span.update(model="gpt-4o", metadata={"n": 1}, usage=USAGE, total_cost=0.5)
    span.end(output={"a": WORDS})
    either_client.flush()

    read = either_client.get_span_content(span.id)

    assert (read.name, read.input, read.output) == ("late", {"q": 1}, {"a": WORDS})
    assert (read.model, read.total_estimated_cost) == ("gpt-4o", 0.5)
    assert read.metadata == {"n": 1, "usage": USAGE}
    assert read.start_time.year > 1970
    assert read.end_time is not None


def test_tracked_steps_stand_below_each_other(tracking: opik.Opik, project: str) -> None:
    def ask(words: str) -> str:
        opik.opik_context.update_current_span(
            model="gpt-4o", provider="openai", usage=USAGE, total_cost=0.25, metadata={"k": words}
        )
        return words.upper()

    def fail() -> None:
        raise ValueError(WORDS)

    ask_tracked = opik.track(name="ask", type="llm")(ask)
    fail_tracked = opik.track(name="break", type="tool")(fail)

    def run(words: str) -> Any:
        with pytest.raises(ValueError, match="заказ"):
            fail_tracked()
        return ask_tracked(words)

    opik.track(name="run", project_name=project)(run)(WORDS)
    opik.flush_tracker()
    spans = {span.name: span for span in tracking.search_spans(project_name=project)}

    assert sorted(name or "" for name in spans) == ["ask", "break", "run"]
    ask_span, broken, root = spans["ask"], spans["break"], spans["run"]
    assert {ask_span.parent_span_id, broken.parent_span_id} == {root.id}
    assert (ask_span.input, ask_span.output) == ({"words": WORDS}, {"output": WORDS.upper()})
    assert (ask_span.type, ask_span.model, ask_span.total_estimated_cost) == ("llm", "gpt-4o", 0.25)
    assert broken.error_info is not None
    assert (broken.error_info.exception_type, broken.error_info.message) == ("ValueError", WORDS)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('model = "gpt-4o"', ["one"]),
        ('model contains "GPT"', ["one", "two"]),
        ('provider = "anthropic"', ["two"]),
        ('type = "tool"', ["три"]),
        ("usage.total_tokens > 52", ["two"]),
        ("total_estimated_cost <= 0.5", ["one"]),
        ('name = "ТРИ"', ["три"]),
        ('input contains "заказ"', ["три"]),
        ('metadata.city = "Köln"', ["one"]),
        ('tags contains "крас"', ["two"]),
        ("error_info is_not_empty", ["три"]),
        ('feedback_scores."my score" >= 0.75', ["one"]),
        ("duration >= 2000", ["two"]),
        ('start_time < "2026-11-22T23:12:17Z"', ["one"]),
        ('type = "llm" AND provider = "openai"', ["one"]),
        ('name = "nowhere"', []),
    ],
)
def test_spans_are_found_by_every_type_of_field(
    steps: opik.Opik, query: str, names: list[str]
) -> None:
    assert found(steps, filter_string=query) == sorted(names)


def test_spans_of_one_trace_are_found_by_it(steps: opik.Opik) -> None:
    [trace] = steps.search_traces(filter_string='name = "of three"')

    assert found(steps, trace_id=trace.id) == ["one", "two", "три"]
    assert found(steps, trace_id=opik.id_helpers.generate_id()) == []


def test_scores_of_spans_are_logged_read_and_deleted(client: opik.Opik) -> None:
    span = client.trace(name="of spans").span(name="scored")
    span.log_feedback_score("quality", 0.75, reason=WORDS)
    client.log_spans_feedback_scores([{"id": span.id, "name": "other", "value": 1.0}])
    client.flush()
    before = client.get_span_content(span.id).feedback_scores or []

    client.delete_span_feedback_score(span.id, "quality")

    after = client.get_span_content(span.id).feedback_scores or []
    assert {score.name: (score.value, score.reason) for score in before} == {
        "quality": (0.75, WORDS),
        "other": (1, None),
    }
    assert [score.name for score in after] == ["other"]


def test_the_rest_client_pages_comments_and_deletes(client: opik.Opik, project: str) -> None:
    trace = client.trace(name="of spans")
    kept, doomed = trace.span(name="kept"), trace.span(name="doomed")
    client.flush()
    rest = client.rest_client.spans
    rest.add_span_comment(kept.id, text=WORDS)
    rest.batch_update_spans(
        ids=[kept.id], update=opik.rest_api.SpanUpdate(trace_id=trace.id, tags=["x"])
    )
    rest.delete_span_by_id(doomed.id)

    page = rest.get_spans_by_project(project_name=project)

    [read] = page.content or []
    assert isinstance(read, SpanPublic)
    assert ([comment.text for comment in read.comments or []], read.tags) == ([WORDS], ["x"])
    figures = {
        stat.name: stat.value for stat in rest.get_span_stats(project_name=project).stats or []
    }
    assert figures["span_count"] == 1
    with pytest.raises(ApiError, match="404"):
        client.get_span_content(doomed.id)
