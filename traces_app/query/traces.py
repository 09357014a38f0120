"""Traces: what they can be filtered, sorted and searched by (opik.md §0.8 to §0.10).

Opik's fields are those of its contract; the others are Marginalia's own and say so.
"""

from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce, NullIf

from traces_app.models import NIL, EntityType, Score, Source
from traces_app.query import from_scores, from_spans
from traces_app.query.expressions import DocumentText, JsonText, Milliseconds, TagCount, UuidText
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


def _none_yet(kind: Type) -> Field:
    """A field of Opik's for which nothing is stored: it is missing on every row."""
    return Field(kind, lambda _: Value(None, output_field=TextField()))


def duration(_: Projects) -> Milliseconds:
    """Milliseconds from start to end, null while there is no end."""
    return Milliseconds(F("start_time"), F("end_time"))


def _document(name: str) -> Field:
    return Field(Type.STRING, lambda _: DocumentText(F(name)))


def model_name(projects: Projects) -> Coalesce:
    """The model as Prem prints it: named, else the last LLM span's, else metadata's."""
    in_metadata = JsonText(F("metadata"), ["model"])
    named = NullIf(F("model_id"), Value(""), output_field=TextField())
    return Coalesce(named, from_spans.model(projects), in_metadata)


def _added(_: Projects) -> Any:
    return ExpressionWrapper(F("added_to_dataset"), output_field=BooleanField())


def _reviewed(projects: Projects) -> Exists:
    """A person has scored it in a page or a queue."""
    scores = Score.objects.filter(
        ~Q(queue_id=NIL) | Q(source=Source.UI),
        project_id__in=list(projects),
        project_id=OuterRef("project_id"),
        entity_type=EntityType.TRACE,
        entity_id=OuterRef("pk"),
    )
    return Exists(scores)


_FIELDS = {
    "id": Field(Type.STRING_EXACT, lambda _: UuidText(F("pk")), is_key=True),
    "name": column(Type.STRING, "name"),
    "start_time": column(Type.DATE_TIME, "start_time"),
    "end_time": column(Type.DATE_TIME, "end_time"),
    "input": _document("input"),
    "output": _document("output"),
    "input_json": column(Type.DICTIONARY, "input"),
    "output_json": column(Type.DICTIONARY, "output"),
    "metadata": column(Type.DICTIONARY, "metadata"),
    "total_estimated_cost": Field(Type.NUMBER, from_spans.cost),
    "llm_span_count": Field(Type.NUMBER, from_spans.llm_count),
    "tags": column(Type.LIST, "tags"),
    **{
        f"usage.{key}": Field(Type.NUMBER, from_spans.usage(key))
        for key in ("completion_tokens", "prompt_tokens", "total_tokens")
    },
    "feedback_scores": Field(Type.FEEDBACK_SCORES_NUMBER),
    "span_feedback_scores": Field(Type.FEEDBACK_SCORES_NUMBER),
    "duration": Field(Type.NUMBER, duration),
    "ttft": column(Type.NUMBER, "ttft"),
    "thread_id": column(Type.STRING_EXACT, "thread_id"),
    "guardrails": _none_yet(Type.STRING),
    "visibility_mode": column(Type.ENUM, "visibility_mode"),
    "error_info": column(Type.ERROR_CONTAINER, "error_info"),
    "error_type": Field(Type.STRING, lambda _: JsonText(F("error_info"), ["exception_type"])),
    "created_at": column(Type.DATE_TIME, "created_at"),
    "last_updated_at": column(Type.DATE_TIME, "last_updated_at"),
    "annotation_queue_ids": Field(Type.LIST),
    "experiment_id": _none_yet(Type.STRING_EXACT),
    "experiment_ids": _none_yet(Type.STRING_LIST),
    "source": column(Type.ENUM_LEGACY, "source"),
    "environment": column(Type.ENUM, "environment"),
    # Marginalia's own:
    "verdict": column(Type.VERDICT, "score"),
    "verdict_feedback": column(Type.TEXT, "feedback"),
    "reviewed": Field(Type.BOOLEAN, _reviewed),
    "added_to_dataset": Field(Type.BOOLEAN, _added),
    "processing_status": column(Type.ENUM, "processing_status"),
    "model_id": Field(Type.ENUM, model_name),
}

_SORTS: dict[str, Sort] = {
    "id": by_column("pk"),
    **{name: by_text(name) for name in ("name", "input", "output", "metadata")},
    **{name: by_text(name) for name in ("thread_id", "tags", "error_info", "environment")},
    "start_time": by_column("start_time"),
    "end_time": by_column("end_time"),
    "duration": lambda projects, _: duration(projects),
    "ttft": by_column("ttft"),
    "span_count": lambda projects, _: from_spans.count(projects),
    "llm_span_count": lambda projects, _: from_spans.llm_count(projects),
    "total_estimated_cost": lambda projects, _: from_spans.cost(projects),
    "created_by": by_column("created_by_id"),
    # Nothing is stored of experiments: all rows tie.
    "experiment_id": lambda _, __: None,
}
_FAMILIES: dict[str, Sort] = {
    "usage": lambda projects, key: from_spans.usage(key)(projects),
    "feedback_scores": from_scores.sorted_by(EntityType.TRACE),
}
_OWN_SORTS: dict[str, Sort] = {
    "created_at": by_column("created_at"),
    "last_updated_at": by_column("last_updated_at"),
    "verdict": by_column("score"),
}

TRACES = Registry(
    EntityType.TRACE,
    fields=_FIELDS,
    sorts=_SORTS,
    families=_FAMILIES,
    own_sorts=_OWN_SORTS,
    texts=(
        UuidText(F("pk")),
        *(F(name) for name in ("name", "thread_id")),
        *(DocumentText(F(name)) for name in ("input", "output", "metadata", "error_info")),
    ),
)

STATS = Summary(
    TRACES,
    items=(
        "trace_count",
        "duration",
        "input",
        "output",
        "metadata",
        "tags",
        "thread_count",
        "llm_span_count",
        "span_count",
        "total_estimated_cost",
        "total_estimated_cost_sum",
        "usage",
        "usage_sum",
        "feedback_scores",
        "span_feedback_scores",
        "guardrails_failed_count",
        "error_count",
    ),
    own={
        **{name: Count(name) for name in ("input", "output", "metadata")},
        "tags": Sum(TagCount(F("tags"))),
        "thread_count": Count("thread_id", distinct=True),
        "error_count": Count("error_info"),
    },
    spans=from_spans.of_traces,
)
"""``GET /traces/stats`` (opik.md §2)."""
