"""Traces and spans: what the SDK sends is what it reads back."""

import json
import logging
import urllib.request
from datetime import UTC, datetime
from typing import Any

import opik
import pytest

from tests.sdk import clients
from tests.servers import Server

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
LATER = datetime(2026, 3, 1, 12, 0, 2, tzinfo=UTC)
ERROR: Any = {"exception_type": "ValueError", "message": "no stock", "traceback": "line 1\nline 2"}
TRACE: dict[str, Any] = {
    "name": "answer",
    "start_time": NOON,
    "end_time": LATER,
    "input": {"messages": [{"role": "user", "content": "Where is it?"}]},
    "output": {"answer": "On its way", "sure": 0.75, "items": [], "more": None},
    "metadata": {"model": "gpt-4o", "nested": {"list": [1, 2.5, True, None]}},
    "tags": ["a", "b"],
    "thread_id": "thread-1",
    "error_info": ERROR,
    "environment": "staging",
}
SPAN: dict[str, Any] = TRACE | {
    "name": "ask the model",
    "type": "llm",
    "model": "gpt-4o-2026",
    "provider": "openai",
}
del SPAN["thread_id"], SPAN["environment"]

SCRIPTS = {
    "german": "Größe: 100 €, »genau«",
    "russian": "Где мой заказ?",
    "arabic": "أين طلبي؟",
    "hindi": "मेरा ऑर्डर कहाँ है?",
    "chinese": "我的订单在哪里？",
    "japanese": "注文はどこですか。",
    "thai": "คำสั่งซื้อของฉันอยู่ที่ไหน",
    "emoji": "👩🏽‍🚀🎉 \U00010348",
    "odd": 'tab\t quote" back\\slash \u2028 line\r\nend',
}


def test_every_field_of_a_trace_is_read_back(either_client: opik.Opik) -> None:
    trace = either_client.trace(**TRACE)
    either_client.flush()

    read = either_client.get_trace_content(trace.id)

    assert clients.fields(read, TRACE) == TRACE
    assert (read.duration, read.span_count, read.source) == (1876.544, 0, "sdk")


def test_every_field_of_a_span_is_read_back(either_client: opik.Opik) -> None:
    trace = either_client.trace(name="answer")
    parent = trace.span(name="parent")
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    span = parent.span(**SPAN, usage=usage, total_cost=0.000125)
    either_client.flush()

    read = either_client.get_span_content(span.id)

    # Opik prints the provider in the metadata, too, where the SDK has put the usage.
    led = {"metadata": {"provider": "openai"} | SPAN["metadata"] | {"usage": usage}}
    assert (read.trace_id, read.parent_span_id) == (trace.id, parent.id)
    assert clients.fields(read, SPAN) == SPAN | led
    assert usage.items() <= (read.usage or {}).items()
    assert (read.total_estimated_cost, read.duration) == (0.000125, 1876.544)


def test_trace_adds_its_spans_up(client: opik.Opik) -> None:
    trace = client.trace(name="answer")
    for provider, tokens, cost in (("openai", 3, 0.25), ("anthropic", 4, 0.5)):
        usage = {"prompt_tokens": tokens, "completion_tokens": 1, "total_tokens": tokens + 1}
        trace.span(type="llm", provider=provider, usage=usage, total_cost=cost)
    trace.span(type="tool", name="look up")
    client.flush()

    read = client.get_trace_content(trace.id)

    assert (read.span_count, read.llm_span_count, read.has_tool_spans) == (3, 2, True)
    assert (read.usage or {})["total_tokens"] == 9
    assert (read.total_estimated_cost, read.providers) == (0.75, ["anthropic", "openai"])


@pytest.mark.parametrize("script", SCRIPTS)
def test_text_of_any_script_is_read_back(client: opik.Opik, script: str) -> None:
    text = SCRIPTS[script]
    sent: dict[str, Any] = {
        "name": text,
        "input": {text: [text]},
        "output": {"answer": text},
        "metadata": {text: {text: text}},
        "tags": [text],
        "thread_id": text,
    }
    trace = client.trace(**sent)
    client.flush()

    read = client.get_trace_content(trace.id)

    assert clients.fields(read, sent) == sent


def test_update_before_the_batch_survives_it(client: opik.Opik) -> None:
    trace = client.trace(name="late", input={"q": 1})
    span = trace.span(name="step", input={"s": 1})
    span.update(output={"found": 3}, model="m-1")
    trace.update(output={"late": True}, tags=["x"])
    client.flush()

    read = client.get_trace_content(trace.id)
    step = client.get_span_content(span.id)

    assert (read.name, read.input, read.output) == ("late", {"q": 1}, {"late": True})
    assert (step.name, step.input, step.output) == ("step", {"s": 1}, {"found": 3})
    assert (read.tags, step.model) == (["x"], "m-1")


def test_end_after_the_batch_changes_only_what_it_names(either_client: opik.Opik) -> None:
    trace = either_client.trace(name="ends", input={"q": 1}, tags=["kept"])
    span = trace.span(name="step", metadata={"kept": True})
    either_client.flush()
    span.end(output={"s": 2})
    trace.end(output={"a": 2})
    either_client.flush()

    read = either_client.get_trace_content(trace.id)
    step = either_client.get_span_content(span.id)

    assert (read.name, read.output, read.tags) == ("ends", {"a": 2}, ["kept"])
    assert (step.name, step.output, step.metadata) == ("step", {"s": 2}, {"kept": True})
    assert read.end_time is not None


def test_odd_values_lose_no_trace(client: opik.Opik) -> None:
    odd = {"nan": float("nan"), "nul": "a\x00b"}
    traces = [client.trace(name=f"t{n}", input=odd if n == 7 else {"n": n}) for n in range(100)]
    client.flush()

    read = client.get_trace_content(traces[7].id)

    assert read.input == {"nan": None, "nul": "a\ufffdb"}
    assert client.get_trace_content(traces[99].id).input == {"n": 99}


def test_rest_client_lists_filters_comments_and_deletes(client: opik.Opik, project: str) -> None:
    kept = client.trace(name="kept", input={"q": 1}, tags=["vip"])
    client.trace(name="other", input={"q": 2})
    client.flush()
    filters = json.dumps([{"field": "tags", "operator": "contains", "value": "vip"}])

    page = client.rest_client.traces.get_traces_by_project(project_name=project, filters=filters)
    client.rest_client.traces.add_trace_comment(kept.id, text="hello")
    comments = client.get_trace_content(kept.id).comments or []
    client.rest_client.traces.delete_trace_by_id(kept.id)

    assert [trace.name for trace in page.content or []] == ["kept"]
    assert [comment.text for comment in comments] == ["hello"]
    assert [trace.name for trace in client.search_traces()] == ["other"]


def test_sdk_logs_no_error_on_the_way(client: opik.Opik, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="opik"):
        trace = client.trace(name="quiet", input={"q": 1})
        trace.span(name="step").end()
        trace.log_feedback_score("quality", 1)
        trace.end()
        client.flush()

    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_chunked_body_is_read(server: Server) -> None:
    """A body without a length is what SDKs stream; Django alone would read nothing of it."""
    trace = {"start_time": "2026-11-22T23:12:16Z", "name": "chunked"}
    request = urllib.request.Request(
        f"{server.base_url}/api/v1/private/traces",
        data=iter([json.dumps(trace).encode()]),
        headers={"Authorization": server.key, "Content-Type": "application/json"},
        method="POST",
    )

    with urllib.request.urlopen(request) as response:
        assert response.status == 201
