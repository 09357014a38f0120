"""A trace as Prem's dialect prints it, through whichever door it came (prem.md §3.1)."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from django.db.models import Case, F, OuterRef, Subquery, TextField, When

from traces_app import normal_form
from traces_app.models import VERDICT, EntityType, Project, Score, Span, Trace
from traces_app.query import own_verdicts

if TYPE_CHECKING:
    from traces_app.access import Access
    from traces_app.models.traces import TraceQuerySet

FIELDS = (
    "id",
    "project_id",
    "created_at",
    "created_by_id",
    "input",
    "output",
    "score",
    "feedback",
    "thread_id",
    "added_to_dataset",
    "processing_status",
    "processing_error",
    "model_id",
    "span_model",
    "unnamed_metadata",
)
LAST_SPAN_MODEL = Subquery(
    Span.objects.filter(
        project_id=OuterRef("project_id"),
        trace_id=OuterRef("pk"),
        type=Span.Type.LLM,
        model__isnull=False,
    )
    .order_by("-pk")
    .values("model")[:1]
)


class TraceRead(msgspec.Struct, rename="camel"):
    """A trace: Prem's ten fields, then ours."""

    id: UUID
    created_at: datetime
    model_id: str
    project_id: UUID | None
    input: str
    output: str
    score: float | None
    feedback: str | None
    added_to_dataset: bool
    processing_status: str
    processing_error: str
    user_id: UUID
    conversation_id: str | None


class FeedbackRead(msgspec.Struct, rename="camel"):
    """What one author said of a trace."""

    score: float
    feedback: str
    author: str
    source: str
    created_at: datetime
    last_updated_at: datetime


class TraceDetail(TraceRead, rename="camel"):
    """One trace with everybody's feedback, the newest first."""

    feedbacks: list[FeedbackRead] = []


class TracePage(msgspec.Struct):
    """A page of the list; ``total`` counts all matches."""

    results: list[TraceRead]
    total: int


def default_project_id(access: "Access") -> UUID | None:
    """The id that is printed as null; None while nothing has gone to that project."""
    default = Project.objects.visible_to(access).default()
    return default.values_list("pk", flat=True).first()


def represent(
    traces: "TraceQuerySet", *, access: "Access", unassigned: UUID | None
) -> list[TraceRead]:
    """``traces`` as Prem prints them, by one statement. ``unassigned``: the default project.

    Where the caller judges blind, the score and feedback are the caller's own, and that an answer
    was refused for want of a score is not told.
    """
    rows = traces.annotate(
        span_model=Case(When(model_id__isnull=True, then=LAST_SPAN_MODEL)),
        unnamed_metadata=Case(
            When(model_id__isnull=True, then=F("metadata")), output_field=TextField(null=True)
        ),
    ).values(*FIELDS)
    found = [_trace(row, unassigned) for row in rows]
    hidden = own_verdicts.instead(access, [trace.id for trace in found])
    for trace in found:
        own = hidden.get(trace.id)
        if own is not None:
            trace.score = None if own.score is None else float(own.score)
            trace.feedback = own.feedback
            trace.processing_error = ""  # it tells the score
            if trace.processing_status == Trace.ProcessingStatus.FAILED:
                trace.processing_status = Trace.ProcessingStatus.NONE
    return found


def feedbacks(*, access: "Access", trace_id: UUID) -> list[FeedbackRead]:
    """What everybody said of one trace, the newest first."""
    rows = Score.objects.visible_to(access).about(EntityType.TRACE, [trace_id])
    newest = rows.filter(name=VERDICT).select_related("author").order_by("-last_updated_at", "-pk")
    return [
        FeedbackRead(
            score=float(row.value),
            feedback=row.reason,
            author=row.author.author_name,
            source=row.source,
            created_at=row.created_at,
            last_updated_at=row.last_updated_at,
        )
        for row in newest
    ]


def text_of(stored: str | None) -> str:
    """Stored JSON as Prem's plain text: a string is itself, all else its compact JSON."""
    if stored is None:
        return ""
    if stored[:1] == '"':
        return str(normal_form.load(stored))
    return msgspec.json.format(stored, indent=-1)


def _trace(row: dict[str, Any], unassigned: UUID | None) -> TraceRead:
    project_id = row["project_id"]
    score = row["score"]
    return TraceRead(
        id=row["id"],
        created_at=row["created_at"],
        model_id=row["model_id"] or row["span_model"] or _named_in(row["unnamed_metadata"]),
        project_id=None if project_id == unassigned else project_id,
        input=text_of(row["input"]),
        output=text_of(row["output"]),
        score=None if score is None else float(score),
        feedback=row["feedback"],
        added_to_dataset=row["added_to_dataset"],
        processing_status=row["processing_status"],
        processing_error=row["processing_error"],
        user_id=row["created_by_id"],
        conversation_id=row["thread_id"],
    )


def _named_in(metadata: str | None) -> str:
    """The ``model`` that a trace's metadata names, "" when there is none."""
    if metadata is None or '"model"' not in metadata:
        return ""
    value = normal_form.load(metadata)
    named = value.get("model") if isinstance(value, dict) else None
    return named if isinstance(named, str) else ""


def in_order(ids: Iterable[UUID], traces: Iterable[TraceRead]) -> list[TraceRead]:
    """``traces`` in the order of ``ids``."""
    by_id = {trace.id: trace for trace in traces}
    return [by_id[pk] for pk in ids if pk in by_id]
