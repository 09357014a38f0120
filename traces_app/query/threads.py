"""Threads: what they can be filtered, sorted and searched by (opik.md §0.8, §0.9 and §3).

A thread is derived: its times and messages are those of its traces, found on the index by
(project, thread). A stub, of which only a PATCH has come, has neither a start nor an input yet.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import (
    DateTimeField,
    F,
    Max,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    UUIDField,
)
from django.db.models.functions import Coalesce

from traces_app.models import EntityType, Span, Trace
from traces_app.models.spans import SpanQuerySet
from traces_app.models.traces import TraceQuerySet
from traces_app.query import from_scores, from_spans
from traces_app.query.expressions import DocumentOf, Milliseconds, UuidText
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

MESSAGES_A_TRACE = 2
"""What went in and what came out."""


def of_thread(projects: Projects, outer: Callable[[str], Any] = OuterRef) -> TraceQuerySet:
    """The traces of the outer query's thread."""
    return Trace.objects.filter(
        project_id__in=list(projects),
        project_id=outer("project_id"),
        thread_id=outer("thread_id"),
    )


def start_time(projects: Projects) -> Subquery:
    """When its first trace started; null while none has arrived."""
    return _of_all(_arrived(projects), Min("start_time"))


def end_time(projects: Projects) -> Subquery:
    """When its last trace ended; null while none has."""
    return _of_all(of_thread(projects), Max("end_time"))


def duration(projects: Projects) -> Milliseconds:
    """Milliseconds from the first start to the last end."""
    return Milliseconds(start_time(projects), end_time(projects))


def created_by(projects: Projects) -> Coalesce:
    """Who sent the first trace."""
    first = Subquery(opening(projects).values("created_by_id")[:1], output_field=UUIDField())
    return Coalesce(first, F("created_by_id"))


def opening(projects: Projects) -> TraceQuerySet:
    """Its traces, the first to start first."""
    return _arrived(projects).order_by("start_time", "pk")


def closing(projects: Projects) -> TraceQuerySet:
    """Its traces that have ended, the last one first."""
    return of_thread(projects).filter(end_time__isnull=False).order_by("-end_time", "-pk")


def number_of_messages(_: Projects) -> Any:
    return F("trace_count") * MESSAGES_A_TRACE


def cost(projects: Projects) -> Any:
    """The sum over the spans of all its traces, null when none says."""
    return from_spans.total_cost(_spans(projects))


def usage(projects: Projects, key: str) -> Subquery:
    return from_spans.total_usage(_spans(projects), key)


def of_threads(threads: "QuerySet[Any]", projects: Projects) -> SpanQuerySet:
    """The spans of these threads, each with its thread as ``owner``."""
    named = threads.values("thread_id")
    traces = Trace.objects.filter(project_id__in=list(projects), thread_id__in=named)
    home = Trace.objects.filter(project_id=OuterRef("project_id"), pk=OuterRef("trace_id"))
    spans = Span.objects.filter(project_id__in=list(projects), trace_id__in=traces.values("pk"))
    return spans.annotate(owner=Subquery(home.values("thread_id")[:1]))


def _arrived(projects: Projects) -> TraceQuerySet:
    return of_thread(projects).filter(sent_at__isnull=False)


def _of_all(traces: "QuerySet[Trace]", result: Any) -> Subquery:
    found = traces.order_by().values("thread_id").annotate(result=result).values("result")
    return Subquery(found, output_field=DateTimeField())


def _spans(projects: Projects) -> SpanQuerySet:
    traces = of_thread(projects, lambda name: OuterRef(OuterRef(name))).values("pk")
    return Span.objects.filter(
        project_id__in=list(projects), project_id=OuterRef("project_id"), trace_id__in=traces
    )


def _newest(projects: Projects) -> tuple[Any, ...]:
    return (
        F("last_updated_at").desc(),
        start_time(projects).asc(nulls_last=True),
        end_time(projects).desc(nulls_last=True),
        "-pk",
    )


def _first_text(projects: Projects) -> DocumentOf:
    return DocumentOf(opening(projects), "input")


def _last_text(projects: Projects) -> DocumentOf:
    return DocumentOf(closing(projects), "output")


_FIELDS = {
    "id": column(Type.STRING_EXACT, "thread_id"),
    "first_message": Field(Type.STRING, _first_text),
    "last_message": Field(Type.STRING, _last_text),
    "number_of_messages": Field(Type.NUMBER, number_of_messages),
    "duration": Field(Type.NUMBER, duration),
    "created_at": column(Type.DATE_TIME, "created_at"),
    "last_updated_at": column(Type.DATE_TIME, "last_updated_at"),
    "start_time": Field(Type.DATE_TIME, start_time),
    "end_time": Field(Type.DATE_TIME, end_time),
    "feedback_scores": Field(Type.FEEDBACK_SCORES_NUMBER),
    "status": column(Type.ENUM, "status"),
    "tags": column(Type.LIST, "tags"),
    "annotation_queue_ids": Field(Type.LIST),
    "source": column(Type.ENUM_LEGACY, "source"),
    "environment": column(Type.ENUM, "environment"),
}

_SORTS: dict[str, Sort] = {
    "id": by_text("thread_id"),
    "start_time": lambda projects, _: start_time(projects),
    "end_time": lambda projects, _: end_time(projects),
    "duration": lambda projects, _: duration(projects),
    "number_of_messages": by_column("trace_count"),
    "last_updated_at": by_column("last_updated_at"),
    "created_by": lambda projects, _: created_by(projects),
    "created_at": by_column("created_at"),
    "total_estimated_cost": lambda projects, _: cost(projects),
    **{name: by_text(name) for name in ("status", "tags", "environment")},
}
_FAMILIES: dict[str, Sort] = {
    "usage": usage,
    "feedback_scores": from_scores.sorted_by(EntityType.THREAD),
}

THREADS = Registry(
    EntityType.THREAD,
    fields=_FIELDS,
    sorts=_SORTS,
    families=_FAMILIES,
    texts=(UuidText(F("pk")), F("thread_id")),
    derived_texts=lambda projects: (_first_text(projects), _last_text(projects)),
    newest=_newest,
    ties=("-last_updated_at", "-pk"),
)

STATS = Summary(
    THREADS,
    items=(
        "thread_count",
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
    own={},
    spans=of_threads,
)
"""``GET /traces/threads/stats``: what counts documents, tags and errors is 0 (opik.md §3)."""
