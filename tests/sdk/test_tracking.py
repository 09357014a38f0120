"""``@opik.track`` and its relatives: trees of spans, errors, contexts, anonymizers."""

from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar, cast

import opik
import opik.hooks
import pytest
from opik import opik_context
from opik.anonymizer import factory

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]


P = ParamSpec("P")
T = TypeVar("T")


def track(**options: Any) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """``opik.track`` for the type checker: the function keeps its type."""
    return cast("Callable[[Callable[P, T]], Callable[P, T]]", opik.track(**options))


def current_trace() -> str:
    trace = opik_context.get_current_trace_data()
    assert trace is not None
    return trace.id


def tree(client: opik.Opik, project: str, trace_id: str) -> dict[str, Any]:
    """Parent's name, input and output of each span by its name."""
    spans = client.search_spans(project_name=project, trace_id=trace_id)
    names = {span.id: span.name for span in spans}
    return {
        str(span.name): (names.get(span.parent_span_id), span.input, span.output) for span in spans
    }


def test_nested_functions_make_a_tree_of_spans(tracking: opik.Opik, project: str) -> None:
    ids = []

    @track()
    def leaf(x: int) -> int:
        opik_context.update_current_span(metadata={"deep": True})
        return x + 1

    @track(type="tool")
    def branch(x: int) -> int:
        return leaf(x) * 2

    @track(tags=["root"])
    def root(x: int) -> dict[str, int]:
        ids.append(current_trace())
        opik_context.update_current_trace(
            thread_id="talk", feedback_scores=[{"name": "sure", "value": 1.0}]
        )
        return {"sum": branch(x)}

    root(1)
    tracking.flush()

    read = tracking.get_trace_content(ids[0])
    assert (read.name, read.input, read.output) == ("root", {"x": 1}, {"sum": 4})
    assert (read.tags, read.thread_id, read.span_count) == (["root"], "talk", 3)
    assert [(score.name, score.value) for score in read.feedback_scores or []] == [("sure", 1.0)]
    assert tree(tracking, project, ids[0]) == {
        "root": (None, {"x": 1}, {"sum": 4}),
        "branch": ("root", {"x": 1}, {"output": 4}),
        "leaf": ("branch", {"x": 1}, {"output": 2}),
    }


@pytest.mark.parametrize("caught", [True, False])
def test_errors_stand_on_every_span_that_they_ended(
    tracking: opik.Opik, project: str, caught: bool
) -> None:
    ids = []

    @track()
    def inner() -> None:
        raise ValueError("on purpose")

    @track()
    def outer() -> str | None:
        ids.append(current_trace())
        if not caught:
            inner()
        with pytest.raises(ValueError, match="on purpose"):
            inner()
        return "saved"

    if caught:
        outer()
    else:
        with pytest.raises(ValueError, match="on purpose"):
            outer()
    tracking.flush()

    trace = tracking.get_trace_content(ids[0])
    spans = tracking.search_spans(project_name=project, trace_id=ids[0])
    failed = {str(span.name) for span in spans if span.error_info is not None}
    errors = {error.exception_type for error in (span.error_info for span in spans) if error}
    assert failed == ({"inner"} if caught else {"inner", "outer"})
    assert errors == {"ValueError"}
    assert (trace.error_info is None) is caught
    assert trace.output == ({"output": "saved"} if caught else None)


def test_contexts_make_a_trace_and_its_spans(tracking: opik.Opik, project: str) -> None:
    with opik.start_as_current_trace("talk", project_name=project, flush=False) as trace:
        trace.input = {"q": 1}
        with opik.start_as_current_span("ask", type="llm", model="m-1") as span:
            span.output = {"a": 1}
    tracking.flush()

    assert tracking.get_trace_content(trace.id).input == {"q": 1}
    assert tree(tracking, project, trace.id) == {"ask": (None, None, {"a": 1})}


@pytest.fixture
def _anonymized() -> Iterator[None]:
    hide = factory.create_anonymizer([(r"[\w.]+@[\w.]+", "[e-mail]"), (r"\d{4}-\d{4}", "[card]")])
    opik.hooks.add_anonymizer(hide)
    yield
    opik.hooks.clear_anonymizers()


@pytest.mark.usefixtures("_anonymized")
def test_anonymized_text_is_what_arrives(tracking: opik.Opik, project: str) -> None:
    ids = []

    @track(metadata={"card": "1234-5678"})
    def pay(mail: str) -> str:
        ids.append(current_trace())
        return f"{mail} paid"

    pay("ann@example.com")
    tracking.flush()

    read = tracking.get_trace_content(ids[0])
    assert (read.input, read.metadata) == ({"mail": "[e-mail]"}, {"card": "[card]"})
    assert tree(tracking, project, ids[0]) == {
        "pay": (None, {"mail": "[e-mail]"}, {"output": "[e-mail] paid"})
    }
