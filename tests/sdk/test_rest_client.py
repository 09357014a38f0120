"""The package's low-level client: every method for traces and spans works and knows each answer.

The package keeps fields that it does not know beside those that it does; there must be none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import opik
import pydantic
import pytest
from opik.rest_api import types
from uuid_utils.compat import uuid7

from tests.sdk import clients
from tests.servers import Server

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Scene:
    """A trace with a span in a thread, all scored and remarked on."""

    client: opik.Opik
    project: str
    trace: str
    span: str
    talk: types.TraceThread

    @property
    def traces(self) -> Any:
        return self.client.rest_client.traces

    @property
    def spans(self) -> Any:
        return self.client.rest_client.spans

    def remark(self, on: str) -> str:
        """The id of a new comment on the trace, the span or the thread."""
        if on == "span":
            self.spans.add_span_comment(self.span, text="hm")
            return str((self.client.get_span_content(self.span).comments or [])[-1].id)
        if on == "trace":
            self.traces.add_trace_comment(self.trace, text="hm")
            return str((self.client.get_trace_content(self.trace).comments or [])[-1].id)
        self.traces.add_thread_comment(self.talk.thread_model_id, text="hm")
        thread = self.traces.get_trace_thread(thread_id="talk", project_name=self.project)
        return str(thread.comments[-1].id)


@pytest.fixture(scope="module")
def scene(server: Server) -> Iterator[Scene]:
    project = f"rest-{uuid7()}"
    with clients.connected(server, project) as client:
        trace = client.trace(
            name="answer", input={"q": 1}, output={"a": 1}, metadata={"m": 1}, thread_id="talk"
        )
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        error: Any = {"exception_type": "E", "message": "m", "traceback": "t"}
        span = trace.span(name="ask", type="llm", provider="openai", usage=usage, error_info=error)
        for run in (trace, span):
            run.log_feedback_score("quality", 0.5, reason="r", category_name="c")
        client.log_threads_feedback_scores([{"id": "talk", "name": "helpful", "value": 1}])
        span.end()
        trace.end()
        client.flush()
        made = Scene(client, project, trace.id, span.id, client.search_threads()[0])
        for kind in ("trace", "span", "thread"):
            made.remark(kind)
        yield made


def a_trace(project: str) -> Any:
    return types.TraceWrite(id=str(uuid7()), project_name=project, start_time=NOON)


def a_span(scene: Scene) -> Any:
    return types.SpanWrite(trace_id=scene.trace, project_name=scene.project, start_time=NOON)


def a_score(on: str) -> Any:
    return types.FeedbackScoreBatchItem(id=on, name="batch", value=1, source="sdk")


def a_thread_score(project: str) -> Any:
    return types.FeedbackScoreBatchItemThread(
        thread_id="talk", project_name=project, name="batch", value=1, source="sdk"
    )


QUALITY: dict[str, Any] = {"name": "quality", "value": 1, "source": "sdk"}
TRACES: dict[str, Callable[[Scene], Any]] = {
    "add_thread_comment": lambda s: s.remark("thread"),
    "add_trace_comment": lambda s: s.remark("trace"),
    "add_trace_feedback_score": lambda s: s.traces.add_trace_feedback_score(s.trace, **QUALITY),
    "batch_update_threads": lambda s: s.traces.batch_update_threads(
        ids=[s.talk.thread_model_id], update=types.TraceThreadUpdate(tags=["a"]), merge_tags=True
    ),
    "batch_update_traces": lambda s: s.traces.batch_update_traces(
        ids=[s.trace], update=types.TraceUpdate(tags=["a"]), merge_tags=True
    ),
    "close_trace_thread": lambda s: s.traces.close_trace_thread(
        project_name=s.project, thread_id="talk"
    ),
    "create_trace": lambda s: s.traces.create_trace(start_time=NOON, project_name=s.project),
    "create_traces": lambda s: s.traces.create_traces(traces=[a_trace(s.project)]),
    "delete_thread_comments": lambda s: s.traces.delete_thread_comments(ids=[s.remark("thread")]),
    "delete_thread_feedback_scores": lambda s: s.traces.delete_thread_feedback_scores(
        project_name=s.project, thread_id="talk", names=["none"]
    ),
    "delete_trace_by_id": lambda s: s.traces.delete_trace_by_id(str(uuid7())),
    "delete_trace_comments": lambda s: s.traces.delete_trace_comments(ids=[s.remark("trace")]),
    "delete_trace_feedback_score": lambda s: s.traces.delete_trace_feedback_score(
        s.trace, name="none"
    ),
    "delete_trace_threads": lambda s: s.traces.delete_trace_threads(
        project_name=s.project, thread_ids=["none"]
    ),
    "delete_traces": lambda s: s.traces.delete_traces(ids=[str(uuid7())]),
    "exist": lambda s: s.traces.exist(project_name=s.project),
    "find_feedback_score_names2": lambda s: s.traces.find_feedback_score_names2(),
    "find_trace_threads_feedback_score_names": lambda s: (
        s.traces.find_trace_threads_feedback_score_names(project_id=s.talk.project_id)
    ),
    "get_thread_comment": lambda s: s.traces.get_thread_comment(
        s.talk.thread_model_id, s.remark("thread")
    ),
    "get_trace_by_id": lambda s: s.traces.get_trace_by_id(s.trace),
    "get_trace_comment": lambda s: s.traces.get_trace_comment(s.trace, s.remark("trace")),
    "get_trace_stats": lambda s: s.traces.get_trace_stats(project_name=s.project),
    "get_trace_thread": lambda s: s.traces.get_trace_thread(
        thread_id="talk", project_name=s.project
    ),
    "get_trace_thread_stats": lambda s: s.traces.get_trace_thread_stats(project_name=s.project),
    "get_trace_threads": lambda s: s.traces.get_trace_threads(project_name=s.project),
    "get_traces_by_project": lambda s: s.traces.get_traces_by_project(project_name=s.project),
    "open_trace_thread": lambda s: s.traces.open_trace_thread(
        project_name=s.project, thread_id="talk"
    ),
    "score_batch_of_threads": lambda s: s.traces.score_batch_of_threads(
        scores=[a_thread_score(s.project)]
    ),
    "score_batch_of_traces": lambda s: s.traces.score_batch_of_traces(scores=[a_score(s.trace)]),
    "search_trace_threads": lambda s: s.client.search_threads(),
    "search_traces": lambda s: s.client.search_traces(),
    "update_thread": lambda s: s.traces.update_thread(s.talk.thread_model_id, tags=["b"]),
    "update_thread_comment": lambda s: s.traces.update_thread_comment(
        s.remark("thread"), text="ah"
    ),
    "update_trace": lambda s: s.traces.update_trace(s.trace, project_name=s.project, tags=["b"]),
    "update_trace_comment": lambda s: s.traces.update_trace_comment(s.remark("trace"), text="ah"),
}
SPANS: dict[str, Callable[[Scene], Any]] = {
    "add_span_comment": lambda s: s.remark("span"),
    "add_span_feedback_score": lambda s: s.spans.add_span_feedback_score(s.span, **QUALITY),
    "batch_update_spans": lambda s: s.spans.batch_update_spans(
        ids=[s.span], update=types.SpanUpdate(trace_id=s.trace, tags=["a"]), merge_tags=True
    ),
    "create_span": lambda s: s.spans.create_span(
        start_time=NOON, trace_id=s.trace, project_name=s.project
    ),
    "create_spans": lambda s: s.spans.create_spans(spans=[a_span(s)]),
    "delete_span_by_id": lambda s: s.spans.delete_span_by_id(str(uuid7())),
    "delete_span_comments": lambda s: s.spans.delete_span_comments(ids=[s.remark("span")]),
    "delete_span_feedback_score": lambda s: s.spans.delete_span_feedback_score(s.span, name="none"),
    "exist": lambda s: s.spans.exist(project_name=s.project),
    "find_feedback_score_names1": lambda s: s.spans.find_feedback_score_names1(type="llm"),
    "get_span_by_id": lambda s: s.spans.get_span_by_id(s.span),
    "get_span_comment": lambda s: s.spans.get_span_comment(s.span, s.remark("span")),
    "get_span_stats": lambda s: s.spans.get_span_stats(project_name=s.project),
    "get_spans_by_project": lambda s: s.spans.get_spans_by_project(project_name=s.project),
    "score_batch_of_spans": lambda s: s.spans.score_batch_of_spans(scores=[a_score(s.span)]),
    "search_spans": lambda s: s.client.search_spans(),
    "update_span": lambda s: s.spans.update_span(
        s.span, trace_id=s.trace, project_name=s.project, tags=["b"]
    ),
    "update_span_comment": lambda s: s.spans.update_span_comment(s.remark("span"), text="ah"),
}


def unknown(answer: Any) -> set[str]:
    """The names of all fields in an answer that the package has no place for."""
    if isinstance(answer, list):
        return {name for one in answer for name in unknown(one)}
    if not isinstance(answer, pydantic.BaseModel):
        return set()
    within = {name for value in dict(answer).values() for name in unknown(value)}
    return within | set(answer.model_extra or {})


@pytest.mark.parametrize("method", TRACES)
def test_method_for_traces_works_and_knows_the_answer(scene: Scene, method: str) -> None:
    assert unknown(TRACES[method](scene)) == set()


@pytest.mark.parametrize("method", SPANS)
def test_method_for_spans_works_and_knows_the_answer(scene: Scene, method: str) -> None:
    assert unknown(SPANS[method](scene)) == set()


def test_no_method_is_forgotten(scene: Scene) -> None:
    for methods, client in ((TRACES, scene.traces), (SPANS, scene.spans)):
        public = {name for name in dir(client) if not name.startswith("_")}
        assert public - {"with_raw_response"} == set(methods)
