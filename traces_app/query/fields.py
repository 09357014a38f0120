"""What can be filtered by: for each kind of entity a registry of fields, their types and values.

Opik's fields are those of its contract; the others are Marginalia's own and say so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce, NullIf

from traces_app.models import NIL, EntityType, Score, Source
from traces_app.query import from_spans
from traces_app.query.expressions import DocumentText, JsonText, Milliseconds, UuidText


class Operator(StrEnum):
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    EQUAL = "="
    NOT_EQUAL = "!="
    GREATER = ">"
    GREATER_EQUAL = ">="
    LESS = "<"
    LESS_EQUAL = "<="
    IS_EMPTY = "is_empty"
    IS_NOT_EMPTY = "is_not_empty"
    IN = "in"
    NOT_IN = "not_in"


_WITHIN = {Operator.CONTAINS, Operator.NOT_CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH}
_SAME = {Operator.EQUAL, Operator.NOT_EQUAL}
_BETWEEN = {Operator.GREATER, Operator.LESS}
_RANGE = _BETWEEN | {Operator.GREATER_EQUAL, Operator.LESS_EQUAL}
EMPTINESS = frozenset({Operator.IS_EMPTY, Operator.IS_NOT_EMPTY})
LISTS = frozenset({Operator.IN, Operator.NOT_IN})


class Type(StrEnum):
    """How a field compares; the names are those that Opik's errors print."""

    STRING = "STRING"
    STRING_EXACT = "STRING_EXACT"
    STRING_LIST = "STRING_LIST"
    DATE_TIME = "DATE_TIME"
    NUMBER = "NUMBER"
    FEEDBACK_SCORES_NUMBER = "FEEDBACK_SCORES_NUMBER"
    DICTIONARY = "DICTIONARY"
    LIST = "LIST"
    ENUM = "ENUM"
    ENUM_LEGACY = "ENUM_LEGACY"
    ERROR_CONTAINER = "ERROR_CONTAINER"
    CUSTOM = "CUSTOM"
    # Marginalia's own:
    VERDICT = "VERDICT"
    TEXT = "TEXT"
    BOOLEAN = "BOOLEAN"


OPERATORS: Mapping[Type, frozenset[Operator]] = {
    Type.STRING: frozenset(_WITHIN | _SAME | _BETWEEN),
    Type.STRING_EXACT: frozenset(_WITHIN | _SAME | _BETWEEN),
    Type.STRING_LIST: LISTS,
    Type.DATE_TIME: frozenset(_SAME | _RANGE),
    Type.NUMBER: frozenset(_SAME | _RANGE),
    Type.FEEDBACK_SCORES_NUMBER: frozenset(_SAME | _RANGE) | EMPTINESS,
    # Opik's own client offers >= and <= here, and Opik's server refuses them; here they work.
    Type.DICTIONARY: frozenset(_WITHIN | _SAME | _RANGE) | EMPTINESS,
    Type.LIST: frozenset(_SAME | {Operator.CONTAINS, Operator.NOT_CONTAINS}) | EMPTINESS,
    Type.ENUM: frozenset(_SAME) | EMPTINESS | LISTS,
    Type.ENUM_LEGACY: frozenset(_SAME),
    Type.ERROR_CONTAINER: EMPTINESS,
    Type.VERDICT: frozenset(_SAME | _RANGE) | EMPTINESS,
    Type.TEXT: frozenset(_WITHIN | _SAME) | EMPTINESS,
    Type.BOOLEAN: frozenset(_SAME),
}

Projects = Sequence[UUID]
"""The literal ids of the projects that are looked at; every subquery names them."""


@dataclass(frozen=True)
class Field:
    """One thing to filter by. ``read`` makes the expression of its value; scores have none."""

    type: Type
    read: Callable[[Projects], Any] = lambda _: None


@dataclass(frozen=True)
class Registry:
    """The fields of one kind of entity."""

    entity: EntityType
    fields: Mapping[str, Field]


def _column(kind: Type, name: str) -> Field:
    return Field(kind, lambda _: F(name))


def _none_yet(kind: Type) -> Field:
    """A field of Opik's for which nothing is stored: it is missing on every row."""
    return Field(kind, lambda _: Value(None, output_field=TextField()))


def duration(_: Projects) -> Milliseconds:
    """Milliseconds from start to end, null while there is no end."""
    taken = ExpressionWrapper(F("end_time") - F("start_time"), output_field=DurationField())
    return Milliseconds(taken)


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


TRACES = Registry(
    EntityType.TRACE,
    {
        "id": Field(Type.STRING_EXACT, lambda _: UuidText(F("pk"))),
        "name": _column(Type.STRING, "name"),
        "start_time": _column(Type.DATE_TIME, "start_time"),
        "end_time": _column(Type.DATE_TIME, "end_time"),
        "input": _document("input"),
        "output": _document("output"),
        "input_json": _column(Type.DICTIONARY, "input"),
        "output_json": _column(Type.DICTIONARY, "output"),
        "metadata": _column(Type.DICTIONARY, "metadata"),
        "total_estimated_cost": Field(Type.NUMBER, from_spans.cost),
        "llm_span_count": Field(Type.NUMBER, from_spans.llm_count),
        "tags": _column(Type.LIST, "tags"),
        **{
            f"usage.{key}": Field(Type.NUMBER, from_spans.usage(key))
            for key in ("completion_tokens", "prompt_tokens", "total_tokens")
        },
        "feedback_scores": Field(Type.FEEDBACK_SCORES_NUMBER),
        "span_feedback_scores": Field(Type.FEEDBACK_SCORES_NUMBER),
        "duration": Field(Type.NUMBER, duration),
        "ttft": _column(Type.NUMBER, "ttft"),
        "thread_id": _column(Type.STRING_EXACT, "thread_id"),
        "guardrails": _none_yet(Type.STRING),
        "visibility_mode": _column(Type.ENUM, "visibility_mode"),
        "error_info": _column(Type.ERROR_CONTAINER, "error_info"),
        "error_type": Field(Type.STRING, lambda _: JsonText(F("error_info"), ["exception_type"])),
        "created_at": _column(Type.DATE_TIME, "created_at"),
        "last_updated_at": _column(Type.DATE_TIME, "last_updated_at"),
        "annotation_queue_ids": _none_yet(Type.LIST),
        "experiment_id": _none_yet(Type.STRING_EXACT),
        "experiment_ids": _none_yet(Type.STRING_LIST),
        "source": _column(Type.ENUM_LEGACY, "source"),
        "environment": _column(Type.ENUM, "environment"),
        # Marginalia's own:
        "verdict": _column(Type.VERDICT, "score"),
        "verdict_feedback": _column(Type.TEXT, "feedback"),
        "reviewed": Field(Type.BOOLEAN, _reviewed),
        "added_to_dataset": Field(Type.BOOLEAN, _added),
        "processing_status": _column(Type.ENUM, "processing_status"),
        "model_id": Field(Type.ENUM, model_name),
    },
)
