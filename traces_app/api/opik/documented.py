"""The words of Opik's dialect in the API schema: its errors, parameters and examples."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter

from traces_app.api import schema
from traces_app.api.opik.serializers.answers import Problem, Problems

View = TypeVar("View")
ID = "01a20588-1df8-76cc-a7d1-425d2cad6e65"

TRACE: dict[str, Any] = {
    "id": ID,
    "project_name": "support",
    "name": "answer",
    "start_time": "2026-11-22T23:12:16.376317Z",
    "end_time": "2026-11-22T23:12:18.376317Z",
    "input": {"messages": [{"role": "user", "content": "Where is my order?"}]},
    "output": {"output": "It left the warehouse this morning."},
    "tags": ["orders"],
    "thread_id": "customer-17",
}
SCORE: dict[str, Any] = {
    "name": "User feedback",
    "value": 0.8,
    "reason": "Right, but cold.",
    "source": "sdk",
}
SPAN: dict[str, Any] = {
    "id": "01a20588-1df9-7461-9f1e-b0905bc4f19a",
    "trace_id": ID,
    "project_name": "support",
    "name": "llm",
    "type": "llm",
    "start_time": "2026-11-22T23:12:16.376317Z",
    "model": "gpt-4o",
    "usage": {"prompt_tokens": 12, "completion_tokens": 40, "total_tokens": 52},
}
QUEUE: dict[str, Any] = {
    "project_id": ID,
    "name": "Finance answers",
    "scope": "trace",
    "instructions": "Is the figure right?",
    "feedback_definition_names": ["User feedback"],
}

_ERRORS: dict[int, tuple[str, Any]] = {
    400: ("It cannot be read: malformed JSON, wrong types, an id that is no UUIDv7.", Problem),
    401: ("No key, or one that is not valid.", Problem),
    403: ("The role does not allow it, or another workspace was named.", Problem),
    404: ("It does not exist, or the key does not see it.", Problem),
    409: ("It clashes with what is there.", Problems),
    413: ("The body is over the server's limit.", Problem),
    422: ("What was sent breaks a rule; one line each.", Problems),
}
_READ = (401, 403, 404)
_WRITE = (400, 401, 403, 404, 409, 413, 422)

PAGE: tuple[OpenApiParameter, ...] = (
    schema.query("page", "The page, from 1.", int, default=1),
    schema.query("size", "Items a page, 1 to 15,000.", int, default=10),
)
PROJECT: tuple[OpenApiParameter, ...] = (
    schema.query("project_name", "The project's name, without regard to case."),
    schema.query("project_id", "The project's id; wins over the name."),
)
STRIPPING: tuple[OpenApiParameter, ...] = (
    schema.query(
        "strip_attachments",
        "Leave the placeholders of files that the SDK took out, instead of the files.",
        bool,
    ),
)
NARROWING: tuple[OpenApiParameter, ...] = (
    schema.query(
        "filters",
        "A JSON array of clauses, all of which must hold: "
        '`[{"field": "feedback_scores", "key": "User feedback", "operator": ">", "value": "0"}]`. '
        'A group `{"any": [clause, [clause, clause]]}` may stand for a clause: one of its '
        "elements must hold, a list as a whole.",
    ),
    schema.query("search", "Text that must occur in it."),
    schema.query("from_time", "From this time on, by the id; ISO 8601 with a zone."),
    schema.query("to_time", "Up to this time, by the id."),
    schema.query(
        "annotation_queue_id",
        "Only what stands in this annotation queue, with the scores and comments of the queue.",
    ),
)
PRINTING: tuple[OpenApiParameter, ...] = (
    *STRIPPING,
    schema.query("truncate", "Shorten long inputs and outputs; hide images.", bool),
    schema.query("exclude", 'Fields to leave out, as a JSON array: `["input", "output"]`.'),
)
NAMED: tuple[OpenApiParameter, ...] = (
    schema.query("project_id", "Only in this project; else in the whole workspace."),
)
FINDING: tuple[OpenApiParameter, ...] = (
    *NARROWING,
    schema.query("sorting", 'A JSON array: `[{"field": "start_time", "direction": "DESC"}]`.'),
    *PRINTING,
)
OF_SPANS: tuple[OpenApiParameter, ...] = (
    schema.query("trace_id", "Only the spans of this trace."),
    schema.query("type", "Only `general`, `tool`, `llm` or `guardrail` spans."),
)
EXISTING: tuple[OpenApiParameter, ...] = (
    schema.query("source", "Only those of this source, such as `sdk`."),
    schema.query("thread_only", "Only those that belong to a thread.", bool),
)


def reads(
    summary: str,
    answer: Any,
    *,
    tag: str = "Opik: traces",
    params: Sequence[OpenApiParameter] = (),
    body: Any = None,
    example: Any = None,
) -> Callable[[View], View]:
    """A method that answers 200 with ``answer``."""
    failing = _READ if body is None else (400, *_READ, 422)
    return schema.operation(
        summary,
        tag=tag,
        body=body,
        example=example,
        params=params,
        answers={200: ("Found.", answer)} | {status: _ERRORS[status] for status in failing},
    )


def writes(
    summary: str,
    *,
    tag: str = "Opik: traces",
    body: Any = None,
    example: Any = None,
    answers: Mapping[int, tuple[str, Any] | str] | None = None,
) -> Callable[[View], View]:
    """A method that changes something: 204 unless ``answers`` says otherwise."""
    good = dict(answers or {204: "Done."})
    bad = {status: _ERRORS[status] for status in (_WRITE if body is not None else _READ)}
    return schema.operation(summary, tag=tag, body=body, example=example, answers=good | bad)
