"""Traces as Opik's clients read them: nulls omitted, stored JSON passed through (opik.md §1)."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Raw

from traces_app.api.opik.serializers import comments, metadata, rollups, scores
from traces_app.models import EntityType
from traces_app.models.traces import TraceQuerySet
from traces_app.services import authors

EXCLUDABLE = frozenset(
    [
        "name",
        "start_time",
        "end_time",
        "input",
        "output",
        "metadata",
        "tags",
        "error_info",
        "usage",
        "created_at",
        "created_by",
        "last_updated_by",
        "feedback_scores",
        "span_feedback_scores",
        "comments",
        "guardrails_validations",
        "total_estimated_cost",
        "span_count",
        "llm_span_count",
        "has_tool_spans",
        "duration",
        "ttft",
        "thread_id",
        "visibility_mode",
        "providers",
        "experiment",
        "source",
        "environment",
        "annotation_queues",
    ]
)
"""What ``exclude`` may name (opik.md §0.10)."""

LONGEST = 10_001
"""From this many characters on, a truncated input or output is a text instead of JSON."""

_COLUMNS = [
    "id",
    "project_id",
    "name",
    "start_time",
    "end_time",
    "input",
    "output",
    "metadata",
    "tags",
    "error_info",
    "ttft",
    "thread_id",
    "source",
    "environment",
    "visibility_mode",
    "model_id",
    "created_at",
    "created_by_id",
    "last_updated_at",
    "last_updated_by_id",
]
_JSON = frozenset({"input", "output", "metadata", "tags", "error_info"})
_ROLLED_UP = frozenset(
    [
        "usage",
        "span_feedback_scores",
        "total_estimated_cost",
        "span_count",
        "llm_span_count",
        "has_tool_spans",
        "providers",
    ]
)
_IMAGE = re.compile(
    r"data:image/[\w.+-]+;base64,[A-Za-z0-9+/=]+"
    r"|(?:iVBORw0KGgo|/9j/|R0lGOD|UklGR)[A-Za-z0-9+/=]{100,}"
)


def read(
    traces: TraceQuerySet, *, truncate: bool = False, exclude: Collection[str] = ()
) -> list[dict[str, Any]]:
    """What the API prints of each trace, in the queryset's order; a fixed number of queries."""
    columns = [name for name in _COLUMNS if name not in exclude or name in _ALWAYS]
    rows = [dict(zip(columns, row, strict=True)) for row in traces.values_list(*columns)]
    beside = _beside(rows, exclude)
    return [_printed(row, beside, truncate, exclude) for row in rows]


_ALWAYS = frozenset({"id", "project_id", "start_time", "end_time", "created_by_id"})


class _Beside:
    """What is said about traces in other tables, by trace id."""

    def __init__(self) -> None:
        self.authors: dict[UUID, str] = {}
        self.scores: dict[UUID, list[dict[str, Any]]] = {}
        self.comments: dict[UUID, list[dict[str, Any]]] = {}
        self.rollups: dict[UUID, rollups.Rollup] = {}
        self.span_scores: dict[UUID, list[dict[str, Any]]] = {}


def _beside(rows: Sequence[dict[str, Any]], exclude: Collection[str]) -> _Beside:
    beside = _Beside()
    if not rows:
        return beside
    ids = [row["id"] for row in rows]
    projects = {row["project_id"] for row in rows}
    said = [] if "feedback_scores" in exclude else _about(scores, projects, ids)
    words = [] if "comments" in exclude else _about(comments, projects, ids)
    beside.authors = authors.names(
        [
            *(row["created_by_id"] for row in rows),
            *(row["last_updated_by_id"] for row in rows),
            *(score.author_id for score in said),
            *(
                pk
                for comment in words
                for pk in (comment.created_by_id, comment.last_updated_by_id)
            ),
        ]
    )
    beside.scores = scores.by_entity(said, beside.authors)
    beside.comments = comments.by_entity(words, beside.authors)
    if not exclude or _ROLLED_UP.difference(exclude):
        beside.rollups, beside.span_scores = rollups.of(projects, ids)
    return beside


def _about(room: Any, projects: set[UUID], ids: list[UUID]) -> Any:
    return room.rows_of(EntityType.TRACE, projects, ids)


def _printed(
    row: dict[str, Any], beside: _Beside, truncate: bool, exclude: Collection[str]
) -> dict[str, Any]:
    pk, start, end = row["id"], row["start_time"], row["end_time"]
    printed = {
        name: Raw(_json_text(name, value, truncate)) if name in _JSON else value
        for name, value in row.items()
        if name not in ("created_by_id", "last_updated_by_id") and not _is_empty(name, value)
    }
    rollup = beside.rollups.get(pk)
    printed |= {
        "created_by": beside.authors.get(row["created_by_id"]),
        "last_updated_by": beside.authors.get(row["last_updated_by_id"]),
        "duration": _milliseconds(start, end),
        "feedback_scores": beside.scores.get(pk),
        "comments": beside.comments.get(pk),
        "span_feedback_scores": beside.span_scores.get(pk),
        "span_count": rollup.span_count if rollup else 0,
        "llm_span_count": rollup.llm_span_count if rollup else 0,
        "has_tool_spans": rollup.has_tool_spans if rollup else False,
    }
    if rollup:
        printed["usage"] = rollup.usage or None
        printed["total_estimated_cost"] = rollup.cost
        printed["providers"] = providers = sorted(rollup.providers) or None
        if "providers" not in exclude:
            printed["metadata"] = metadata.led_by("providers", providers, printed.get("metadata"))
    return {
        name: value for name, value in printed.items() if value is not None and name not in exclude
    }


def _is_empty(name: str, value: Any) -> bool:
    # tags: [] clears them, and cleared tags read back as absent (opik.md §2 PATCH).
    return value is None or (name == "tags" and value == "[]")


def _json_text(name: str, text: str, truncate: bool) -> bytes:
    if truncate and name in ("input", "output", "metadata"):
        shown = _IMAGE.sub("[image]", text)
        if name != "metadata" and len(text) >= LONGEST:
            return msgspec.json.encode(shown[:LONGEST])
        return shown.encode()
    return text.encode()


def _milliseconds(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else (end - start) / timedelta(milliseconds=1)


def excluded(names: Iterable[str]) -> frozenset[str] | None:
    """The names as a set, or None when one of them cannot be left out."""
    wanted = frozenset(names)
    return wanted if wanted <= EXCLUDABLE else None
