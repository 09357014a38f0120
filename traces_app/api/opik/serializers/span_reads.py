"""Spans as Opik's clients read them: nulls omitted, stored JSON passed through (opik.md §1)."""

from collections.abc import Collection
from typing import Any

from traces_app.api.opik.serializers import metadata, placeholders, run_reads
from traces_app.api.opik.serializers.shown import Shown
from traces_app.models import EntityType
from traces_app.models.spans import SpanQuerySet

EXCLUDABLE = frozenset(
    [
        "name",
        "type",
        "start_time",
        "end_time",
        "input",
        "output",
        "metadata",
        "model",
        "provider",
        "tags",
        "usage",
        "error_info",
        "created_at",
        "created_by",
        "last_updated_by",
        "feedback_scores",
        "comments",
        "total_estimated_cost",
        "total_estimated_cost_version",
        "duration",
        "ttft",
        "source",
        "environment",
    ]
)
"""What ``exclude`` may name."""

_COLUMNS = [
    "id",
    "project_id",
    "trace_id",
    "parent_span_id",
    "name",
    "type",
    "start_time",
    "end_time",
    "input",
    "output",
    "metadata",
    "tags",
    "error_info",
    "model",
    "provider",
    "usage",
    "total_estimated_cost",
    "ttft",
    "source",
    "environment",
    "created_at",
    "created_by_id",
    "last_updated_at",
    "last_updated_by_id",
]
_JSON = frozenset({"input", "output", "metadata", "tags", "error_info", "usage"})
_ALWAYS = frozenset({"start_time", "end_time", "provider"})
"""Read even when they are not printed: others are made of them."""


def read(
    spans: SpanQuerySet,
    *,
    shown: Shown,
    truncate: bool = False,
    exclude: Collection[str] = (),
    strip_attachments: bool = False,
) -> list[dict[str, Any]]:
    """What the API prints of each span, in the queryset's order; a fixed number of queries.

    Base64 that the SDK sent as files is put back unless it is stripped or truncated.
    """
    columns = [name for name in _COLUMNS if name not in exclude or name in _ALWAYS]
    rows = [dict(zip(columns, row, strict=True)) for row in spans.values_list(*columns)]
    if not (truncate or strip_attachments):
        placeholders.fill(EntityType.SPAN, rows)
    said = run_reads.said_about(EntityType.SPAN, rows, exclude, shown)
    return [_printed(row, said, truncate, exclude) for row in rows]


def _printed(
    row: dict[str, Any], said: run_reads.Said, truncate: bool, exclude: Collection[str]
) -> dict[str, Any]:
    printed = run_reads.printed(row, said, documents=_JSON, truncate=truncate)
    if "provider" not in exclude:
        stored = printed.get("metadata")
        printed["metadata"] = metadata.led_by("provider", row["provider"], stored)
    return {
        name: value for name, value in printed.items() if value is not None and name not in exclude
    }
