"""What Opik's dialect answers, for the API schema; printing itself is in the modules beside."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct


class Problem(Struct):
    """Most errors."""

    code: int
    message: str
    details: str | None = None


class Problems(Struct):
    """One line per broken rule or conflict."""

    errors: list[str]


class AuthorScore(Struct, kw_only=True):
    """What one author said under a name."""

    value: float
    source: str
    author: str
    last_updated_at: datetime
    reason: str | None = None
    category_name: str | None = None
    source_queue_id: UUID | None = None


class ScoreRead(AuthorScore, kw_only=True):
    """All that was said under one name: the mean, and each author's own."""

    name: str
    created_at: datetime
    created_by: str
    last_updated_by: str
    value_by_author: dict[str, AuthorScore]


class ScoreName(Struct):
    """One name that scores have."""

    name: str


class ScoreNames(Struct):
    """Each name once."""

    scores: list[ScoreName]


class CommentRead(Struct, kw_only=True):
    """One comment."""

    id: UUID
    text: str
    created_at: datetime
    last_updated_at: datetime
    created_by: str
    last_updated_by: str
    source_queue_id: UUID | None = None


class QueueReference(Struct):
    """An annotation queue that something stands in."""

    id: UUID
    name: str


class TraceRead(Struct, kw_only=True):
    """One trace; what is null is left out."""

    id: UUID
    project_id: UUID
    start_time: datetime
    name: str | None = None
    end_time: datetime | None = None
    input: Any = None
    output: Any = None
    metadata: Any = None
    tags: list[str] | None = None
    error_info: dict[str, str] | None = None
    usage: dict[str, int] | None = None
    duration: float | None = None
    ttft: float | None = None
    thread_id: str | None = None
    source: str | None = None
    environment: str | None = None
    model_id: str | None = None
    visibility_mode: str = "default"
    feedback_scores: list[ScoreRead] | None = None
    span_feedback_scores: list[dict[str, Any]] | None = None
    comments: list[CommentRead] | None = None
    annotation_queues: list[QueueReference] | None = None
    total_estimated_cost: float | None = None
    span_count: int = 0
    llm_span_count: int = 0
    has_tool_spans: bool = False
    providers: list[str] | None = None
    created_at: datetime
    last_updated_at: datetime
    created_by: str
    last_updated_by: str


class TracePage(Struct):
    """One page; ``size`` counts what is in it, ``total`` all matches."""

    page: int
    size: int
    total: int
    content: list[TraceRead]
    sortable_by: list[str]


class SpanRead(Struct, kw_only=True):
    """One span; what is null is left out."""

    id: UUID
    project_id: UUID
    trace_id: UUID
    start_time: datetime
    parent_span_id: UUID | None = None
    name: str | None = None
    type: str | None = None
    end_time: datetime | None = None
    input: Any = None
    output: Any = None
    metadata: Any = None
    tags: list[str] | None = None
    error_info: dict[str, str] | None = None
    model: str | None = None
    provider: str | None = None
    usage: dict[str, int] | None = None
    total_estimated_cost: float | None = None
    duration: float | None = None
    ttft: float | None = None
    source: str | None = None
    environment: str | None = None
    feedback_scores: list[ScoreRead] | None = None
    comments: list[CommentRead] | None = None
    created_at: datetime
    last_updated_at: datetime
    created_by: str
    last_updated_by: str


class SpanPage(Struct):
    """One page; ``size`` counts what is in it, ``total`` all matches."""

    page: int
    size: int
    total: int
    content: list[SpanRead]
    sortable_by: list[str]


class ThreadRead(Struct, kw_only=True):
    """One thread; what is null is left out. ``id`` is the ``thread_id`` that traces name."""

    id: str
    project_id: UUID
    thread_model_id: UUID
    status: str
    number_of_messages: int
    start_time: datetime | None = None
    end_time: datetime | None = None
    duration: float | None = None
    first_message: Any = None
    last_message: Any = None
    feedback_scores: list[ScoreRead] | None = None
    total_estimated_cost: float | None = None
    usage: dict[str, int] | None = None
    comments: list[CommentRead] | None = None
    annotation_queues: list[QueueReference] | None = None
    tags: list[str] | None = None
    environment: str | None = None
    created_at: datetime
    last_updated_at: datetime
    created_by: str
    last_updated_by: str


class ThreadPage(Struct):
    """One page of threads."""

    page: int
    size: int
    total: int
    content: list[ThreadRead]
    sortable_by: list[str]


class ProjectRead(Struct, kw_only=True):
    """One project."""

    id: UUID
    name: str
    created_at: datetime
    last_updated_at: datetime
    visibility: str = "private"
    description: str | None = None
    created_by: str | None = None
    last_updated_trace_at: datetime | None = None


class ProjectPage(Struct):
    """One page of projects."""

    page: int
    size: int
    total: int
    content: list[ProjectRead]
    sortable_by: list[str]


class Made(Struct):
    """The id of what was made."""

    id: UUID


class Exists(Struct):
    """Whether there is any."""

    exists: bool


class Alive(Struct):
    """The server answers."""

    message: str
    healthy: bool


class Spoken(Struct):
    """The version of Opik's API that is spoken."""

    version: str


class KeysWorkspace(Struct):
    """The workspace of the key."""

    workspace_name: str
