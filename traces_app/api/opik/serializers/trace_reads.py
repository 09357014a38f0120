"""Traces as Opik's clients read them: nulls omitted, stored JSON passed through (opik.md §1)."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from traces_app.api.opik.serializers import metadata, placeholders, run_reads
from traces_app.api.opik.serializers.scores import number
from traces_app.api.opik.serializers.shown import Shown
from traces_app.models import EntityType, ScoreMean
from traces_app.models.traces import TraceQuerySet
from traces_app.query import rollups
from traces_app.query.rollups import Rollup

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


def read(
    traces: TraceQuerySet,
    *,
    shown: Shown,
    truncate: bool = False,
    exclude: Collection[str] = (),
    strip_attachments: bool = False,
) -> list[dict[str, Any]]:
    """What the API prints of each trace, in the queryset's order; a fixed number of queries.

    Base64 that the SDK sent as files is put back unless it is stripped or truncated.
    """
    columns = [name for name in _COLUMNS if name not in exclude or name in _ALWAYS]
    rows = [dict(zip(columns, row, strict=True)) for row in traces.values_list(*columns)]
    if not (truncate or strip_attachments):
        placeholders.fill(EntityType.TRACE, rows)
    said = run_reads.said_about(EntityType.TRACE, rows, exclude, shown)
    rolled = _rolled_up(rows, exclude, shown)
    return [_printed(row, said, rolled.get(row["id"], Rollup()), truncate, exclude) for row in rows]


_ALWAYS = frozenset({"id", "project_id", "start_time", "end_time", "created_by_id"})


def _rolled_up(
    rows: Sequence[dict[str, Any]], exclude: Collection[str], shown: Shown
) -> dict[UUID, Rollup]:
    if not rows or not _ROLLED_UP.difference(exclude):
        return {}
    projects = {row["project_id"] for row in rows}
    means = ScoreMean.objects.visible_to(shown.access)
    return rollups.of_traces(projects, [row["id"] for row in rows], means=means, without=exclude)


def _printed(
    row: dict[str, Any],
    said: run_reads.Said,
    rollup: Rollup,
    truncate: bool,
    exclude: Collection[str],
) -> dict[str, Any]:
    printed = run_reads.printed(row, said, documents=_JSON, truncate=truncate) | {
        "span_count": rollup.span_count,
        "llm_span_count": rollup.llm_span_count,
        "has_tool_spans": rollup.has_tool_spans,
        "usage": rollup.usage or None,
        "total_estimated_cost": rollup.cost,
        "providers": rollup.providers or None,
        "span_feedback_scores": _means(rollup) or None,
    }
    printed["metadata"] = metadata.led_by("providers", rollup.providers, printed.get("metadata"))
    return {
        name: value for name, value in printed.items() if value is not None and name not in exclude
    }


def _means(rollup: Rollup) -> list[dict[str, Any]]:
    return [
        {"name": name, "value": number(value), "source": "sdk"} for name, value in rollup.scores
    ]
