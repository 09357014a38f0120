"""The words of Prem's dialect in the API schema: its errors, parameters and examples."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from drf_spectacular.utils import OpenApiParameter

from traces_app.api import schema
from traces_app.api.prem.serializers.trace_queries import MAX_PAGE_SIZE
from traces_app.models import Trace

View = TypeVar("View")
TAG = "Prem Studio"
ID = "01a20588-1df8-76cc-a7d1-425d2cad6e65"


class Problem(msgspec.Struct):
    """How Prem's dialect says no."""

    status: int
    error: str
    message: str
    support_id: str
    details: dict[str, list[str]]


NEW_TRACE: dict[str, Any] = {
    "modelId": "qwen2.5-7b",
    "input": "Where is my order?",
    "output": "It left the warehouse this morning.",
    "score": 0.8,
    "feedback": "Right, but cold.",
    "projectId": None,
}
TRACE: dict[str, Any] = {
    "id": ID,
    "createdAt": "2026-11-22T23:12:16.376317Z",
    **NEW_TRACE,
    "addedToDataset": False,
    "processingStatus": "none",
    "processingError": "",
    "userId": "01a20588-1de0-7d5f-8a54-0b7e5b8f6a11",
    "conversationId": None,
}

_ERRORS: dict[int, tuple[str, Any]] = {
    400: ("What was sent breaks rules; `details` has them by field.", Problem),
    401: ("No key, or one that is not valid.", Problem),
    403: ("The role does not allow it.", Problem),
    404: ("It does not exist, or the key does not see it.", Problem),
    413: ("The body is over the server's limit.", Problem),
    415: ("The body is not JSON.", Problem),
}
_TRACE_ID = OpenApiParameter("trace_id", UUID, OpenApiParameter.PATH, description="The trace's id.")

LISTING: tuple[OpenApiParameter, ...] = (
    schema.query("page", "The page, from 1.", int, default=1),
    schema.query("pageSize", f"Traces a page, 1 to {MAX_PAGE_SIZE}.", int, default=25),
    schema.query("modelIds", "Model ids with commas between them: one of these."),
    schema.query("projectId", "Only traces of this project.", UUID),
    schema.query(
        "sortBy",
        "Unscored traces come last both ways.",
        enum=["createdAt", "score"],
        default="createdAt",
    ),
    schema.query("sortOrder", "The direction.", enum=["asc", "desc"], default="desc"),
    schema.query("minScore", "Scored at least this, 0 to 1.", float),
    schema.query("maxScore", "Scored at most this, 0 to 1.", float),
    schema.query("hasFeedback", "With feedback, or without.", bool),
    schema.query("addedToDataset", "Added to a dataset, or not.", bool),
    schema.query(
        "processingStatus", "In this state.", enum=list(map(str, Trace.ProcessingStatus.values))
    ),
    schema.query("from", "From this time on, by the time in the id: ISO 8601, UTC unless it says."),
    schema.query("to", "Up to this time; a date means its end."),
    schema.query("q", "Text that occurs anywhere in the trace, without regard to case."),
)


def operation(
    summary: str,
    answer: Any,
    *,
    words: str = "Done.",
    answer_example: Any = None,
    body: Any = None,
    example: Any = None,
    one: bool = False,
    unknown: bool = False,
    form: Mapping[str, str] | None = None,
    params: Sequence[OpenApiParameter] = (),
) -> Callable[[View], View]:
    """A method that answers 200 with ``answer``; ``one``: its address holds a trace's id.

    ``unknown``: what the address names may not exist. ``form``: the format of each text or file
    of a multipart body, empty for a plain text.
    """
    takes_body = body is not None or form is not None
    failing = [401, 403, *([404] if one or unknown or takes_body else [])]
    failing += [400, 413, 415] if takes_body else [400] if params else []
    return schema.operation(
        summary,
        tag=TAG,
        body=body,
        form=form,
        example=example,
        answers={200: (words, answer), **{status: _ERRORS[status] for status in sorted(failing)}},
        params=[*([_TRACE_ID] if one else []), *params],
        answer_example=answer_example,
    )
