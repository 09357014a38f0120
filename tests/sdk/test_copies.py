"""``copy_traces``: into another project, with spans and scores; the originals stay."""

from typing import Any

import opik
import pytest

from tests.sdk import clients

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]

KEPT = ("name", "start_time", "end_time", "input", "output", "metadata", "tags", "error_info")


def told(client: opik.Opik, project: str) -> list[dict[str, Any]]:
    """Everything that a copy should keep of each trace, with its tree of spans."""
    read = []
    for trace in client.search_traces(project_name=project):
        spans = client.search_spans(project_name=project, trace_id=trace.id)
        names = {span.id: span.name for span in spans}
        read.append(
            clients.fields(trace, KEPT)
            | {"scores": clients.scores(trace)}
            | {"spans": sorted((_span(span, names) for span in spans), key=_name)}
        )
    return sorted(read, key=_name)  # copies of one millisecond get ids in any order


def _name(run: dict[str, Any]) -> str:
    return str(run["name"])


def _span(span: Any, names: dict[Any, Any]) -> dict[str, Any]:
    more = (*KEPT, "type", "model", "provider", "usage")
    return clients.fields(span, more) | {
        "parent": names.get(span.parent_span_id),
        "scores": clients.scores(span),
    }


def _send_two(client: opik.Opik) -> None:
    for number in range(2):
        trace = client.trace(
            name=f"t{number}", input={"n": number}, metadata={"m": number}, tags=["a", "b"]
        )
        outer = trace.span(name="outer", input={"o": number})
        inner = outer.span(name="inner", type="llm", model="m-1", output={"i": number})
        inner.log_feedback_score("step", 0.5)
        trace.log_feedback_score("quality", number, category_name="c", reason="r")
        inner.end()
        outer.end()
        trace.end(output={"done": True})
    client.flush()


def test_copies_are_like_their_originals(client: opik.Opik, project: str) -> None:
    _send_two(client)
    originals = told(client, project)

    client.copy_traces(project, f"{project}-copy")
    client.flush()

    assert told(client, f"{project}-copy") == originals
    assert told(client, project) == originals
