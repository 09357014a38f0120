"""Spans: what they can be filtered, sorted and searched by (opik.md §1, Span).

The fields are the trace's that a span has, and those that only a step has; its parent is
Marginalia's own.
"""

from django.db.models import Count, F, Sum

from traces_app.models import EntityType
from traces_app.query import from_scores
from traces_app.query.expressions import DocumentText, JsonText, Number, TagCount, UuidText
from traces_app.query.fields import (
    Field,
    Projects,
    Registry,
    Sort,
    Type,
    by_column,
    by_text,
    column,
)
from traces_app.query.stats import Summary
from traces_app.query.traces import duration


def _document(name: str) -> Field:
    return Field(Type.STRING, lambda _: DocumentText(F(name)))


def _uuid(name: str) -> Field:
    return Field(Type.STRING_EXACT, lambda _: UuidText(F(name)))


def usage(_: Projects, key: str) -> Number:
    """One number of the span's usage, null when it has none."""
    return Number(JsonText(F("usage"), [key]))


def _usage(key: str) -> Field:
    return Field(Type.NUMBER, lambda projects: usage(projects, key))


_FIELDS = {
    "id": Field(Type.STRING_EXACT, lambda _: UuidText(F("pk")), is_key=True),
    "trace_id": _uuid("trace_id"),
    "name": column(Type.STRING, "name"),
    "type": column(Type.ENUM, "type"),
    "start_time": column(Type.DATE_TIME, "start_time"),
    "end_time": column(Type.DATE_TIME, "end_time"),
    "input": _document("input"),
    "output": _document("output"),
    "input_json": column(Type.DICTIONARY, "input"),
    "output_json": column(Type.DICTIONARY, "output"),
    "metadata": column(Type.DICTIONARY, "metadata"),
    "model": column(Type.STRING, "model"),
    "provider": column(Type.STRING, "provider"),
    "total_estimated_cost": column(Type.NUMBER, "total_estimated_cost"),
    "tags": column(Type.LIST, "tags"),
    **{
        f"usage.{key}": _usage(key)
        for key in ("completion_tokens", "prompt_tokens", "total_tokens")
    },
    "feedback_scores": Field(Type.FEEDBACK_SCORES_NUMBER),
    "duration": Field(Type.NUMBER, duration),
    "ttft": column(Type.NUMBER, "ttft"),
    "error_info": column(Type.ERROR_CONTAINER, "error_info"),
    "error_type": Field(Type.STRING, lambda _: JsonText(F("error_info"), ["exception_type"])),
    "created_at": column(Type.DATE_TIME, "created_at"),
    "last_updated_at": column(Type.DATE_TIME, "last_updated_at"),
    "source": column(Type.ENUM_LEGACY, "source"),
    "environment": column(Type.ENUM, "environment"),
    # Marginalia's own:
    "parent_span_id": _uuid("parent_span_id"),
}

_SORTS: dict[str, Sort] = {
    "id": by_column("pk"),
    "trace_id": by_column("trace_id"),
    "parent_span_id": by_column("parent_span_id"),
    **{name: by_text(name) for name in ("name", "type", "input", "output", "metadata")},
    **{name: by_text(name) for name in ("model", "provider", "tags", "error_info", "environment")},
    "start_time": by_column("start_time"),
    "end_time": by_column("end_time"),
    "duration": lambda projects, _: duration(projects),
    "ttft": by_column("ttft"),
    "total_estimated_cost": by_column("total_estimated_cost"),
    "created_at": by_column("created_at"),
    "last_updated_at": by_column("last_updated_at"),
    "created_by": by_column("created_by_id"),
    "last_updated_by": by_column("last_updated_by_id"),
}

SPANS = Registry(
    EntityType.SPAN,
    fields=_FIELDS,
    sorts=_SORTS,
    families={"usage": usage, "feedback_scores": from_scores.sorted_by(EntityType.SPAN)},
    texts=(
        UuidText(F("pk")),
        *(F(name) for name in ("name", "type", "model", "provider")),
        *(DocumentText(F(name)) for name in ("input", "output", "metadata", "error_info")),
    ),
)

STATS = Summary(
    SPANS,
    items=(
        "span_count",
        "duration",
        "input",
        "output",
        "metadata",
        "tags",
        "total_estimated_cost",
        "total_estimated_cost_sum",
        "usage",
        "usage_sum",
        "feedback_scores",
        "guardrails_failed_count",
        "error_count",
    ),
    own={
        **{name: Count(name) for name in ("input", "output", "metadata")},
        "tags": Sum(TagCount(F("tags"))),
        "error_count": Count("error_info"),
    },
    spans=lambda spans, _: spans.annotate(owner=F("pk")),
)
"""``GET /spans/stats``: the figures of traces, each span standing for itself."""
