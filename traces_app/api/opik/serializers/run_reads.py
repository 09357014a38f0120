"""What traces, spans and threads have in common as Opik's clients read them (opik.md §0.10, §1)."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Raw

from traces_app.api.opik.serializers import comments, scores
from traces_app.api.opik.serializers.shown import Shown
from traces_app.models import EntityType
from traces_app.query import from_queues
from traces_app.query.from_queues import QueueName
from traces_app.services import authors

LONGEST = 10_001
"""From this many characters on, a truncated input or output is a text instead of JSON."""

_CONTENT = frozenset({"input", "output", "first_message", "last_message"})
_IMAGE = re.compile(
    r"data:image/[\w.+-]+;base64,[A-Za-z0-9+/=]+"
    r"|(?:iVBORw0KGgo|/9j/|R0lGOD|UklGR)[A-Za-z0-9+/=]{100,}"
)


class Said:
    """What people and judges said about runs, by the id of the run."""

    def __init__(self) -> None:
        self.authors: dict[UUID, str] = {}
        self.scores: dict[UUID, list[dict[str, Any]]] = {}
        self.comments: dict[UUID, list[dict[str, Any]]] = {}
        self.queues: dict[UUID, list[QueueName]] = {}


def said_about(
    kind: EntityType,
    rows: Sequence[dict[str, Any]],
    exclude: Collection[str],
    shown: Shown,
) -> Said:
    """Scores, comments, queues and the names of everyone who is mentioned; four queries."""
    said = Said()
    if not rows:
        return said
    ids = [row["id"] for row in rows]
    projects = {row["project_id"] for row in rows}
    values = [] if "feedback_scores" in exclude else scores.rows_of(kind, projects, ids, shown)
    words = [] if "comments" in exclude else comments.rows_of(kind, projects, ids, shown)
    said.authors = authors.names(
        [
            *(row["created_by_id"] for row in rows),
            *(row["last_updated_by_id"] for row in rows),
            *(score.author_id for score in values),
            *(pk for word in words for pk in (word.created_by_id, word.last_updated_by_id)),
        ]
    )
    said.scores = scores.by_entity(values, said.authors)
    said.comments = comments.by_entity(words, said.authors)
    if kind is not EntityType.SPAN and "annotation_queues" not in exclude:
        said.queues = from_queues.queues_of(kind, projects, ids, access=shown.access)
    return said


def printed(
    row: dict[str, Any],
    said: Said,
    *,
    documents: Collection[str],
    truncate: bool,
) -> dict[str, Any]:
    """The columns of one run with what was said about it; ``documents`` are stored as JSON."""
    shown = {
        name: Raw(_json_text(name, value, truncate)) if name in documents else value
        for name, value in row.items()
        if name not in ("created_by_id", "last_updated_by_id") and not _is_empty(name, value)
    }
    return shown | {
        "created_by": said.authors.get(row["created_by_id"]),
        "last_updated_by": said.authors.get(row["last_updated_by_id"]),
        "duration": _milliseconds(row["start_time"], row["end_time"]),
        "feedback_scores": said.scores.get(row["id"]),
        "comments": said.comments.get(row["id"]),
        "annotation_queues": _queues(said.queues.get(row["id"])),
    }


def _queues(named: Sequence[QueueName] | None) -> list[dict[str, Any]] | None:
    return [queue._asdict() for queue in named] if named else None


def _is_empty(name: str, value: Any) -> bool:
    # tags: [] clears them, and cleared tags read back as absent (opik.md §2 PATCH).
    return value is None or (name == "tags" and value == "[]")


def _json_text(name: str, text: str, truncate: bool) -> bytes:
    if truncate and (name == "metadata" or name in _CONTENT):
        shown = _IMAGE.sub("[image]", text)
        if name in _CONTENT and len(text) >= LONGEST:
            return msgspec.json.encode(shown[:LONGEST])
        return shown.encode()
    return text.encode()


def _milliseconds(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start) / timedelta(milliseconds=1) if start and end else None
