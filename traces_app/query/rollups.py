"""What a trace or a thread shows of its spans, added up by the database (opik.md §1).

A number is what the filter of its name compares: see ``from_spans`` and ``from_scores``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum

from traces_app.models import EntityType, Span, Trace
from traces_app.models.scores import ScoreMeanQuerySet
from traces_app.models.spans import SpanQuerySet
from traces_app.query import from_spans
from traces_app.query.expressions import MeanOfBillionths

AT_ONCE = 2000
"""Rows that are held while usage is added up."""

_read_usage = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(slots=True)
class Rollup:
    """The spans of one trace or thread, added up."""

    span_count: int = 0
    llm_span_count: int = 0
    has_tool_spans: bool = False
    cost: float | None = None
    usage: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    providers: list[str] = field(default_factory=list)
    """Sorted, each once."""
    scores: list[tuple[str, Decimal]] = field(default_factory=list)
    """The mean of each name over the spans that have it, sorted by name."""


def of_traces(
    projects: Collection[UUID],
    trace_ids: Collection[UUID],
    *,
    means: ScoreMeanQuerySet,
    without: Collection[str] = (),
) -> dict[UUID, Rollup]:
    """By trace, for those that have spans; at most four queries. ``means``: those to be shown.

    ``without`` names what need not be read: ``usage``, ``providers``, ``span_feedback_scores``.
    """
    spans = Span.objects.filter(project_id__in=projects, trace_id__in=trace_ids)
    return _of(spans, F("trace_id"), means.filter(project_id__in=projects), without)


def of_threads(
    projects: Collection[UUID],
    thread_ids: Collection[str],
    *,
    means: ScoreMeanQuerySet,
    without: Collection[str] = (),
) -> dict[str, Rollup]:
    """By thread of one project, for those that have spans; at most four queries."""
    traces = Trace.objects.filter(project_id__in=projects, thread_id__in=thread_ids)
    spans = Span.objects.filter(project_id__in=projects, trace_id__in=traces.values("pk"))
    thread = Trace.objects.filter(project_id=OuterRef("project_id"), pk=OuterRef("trace_id"))
    owner = Subquery(thread.values("thread_id"))
    return _of(spans, owner, means.filter(project_id__in=projects), without)


def _of(
    spans: SpanQuerySet, owner: Any, means: ScoreMeanQuerySet, without: Collection[str]
) -> dict[Any, Rollup]:
    owned = spans.order_by().annotate(owner=owner)
    found = _counted(owned)
    # A span that arrives between two of the queries may belong to somebody who is not there.
    if found and "providers" not in without:
        _add_providers(found, owned)
    if found and "usage" not in without:
        _add_usage(found, owned)
    if found and "span_feedback_scores" not in without:
        _add_scores(found, spans, owner, means)
    return found


def _counted(owned: "QuerySet[Any]") -> dict[Any, Rollup]:
    rows = owned.values("owner").annotate(
        count=Count("pk"),
        llm=Count("pk", filter=Q(type=Span.Type.LLM)),
        tools=Count("pk", filter=Q(type=Span.Type.TOOL)),
        cost=from_spans.rounded(Sum("total_estimated_cost", filter=from_spans.PRICED)),
    )
    return {
        row["owner"]: Rollup(row["count"], row["llm"], row["tools"] > 0, row["cost"])
        for row in rows
    }


def _add_providers(found: dict[Any, Rollup], owned: "QuerySet[Any]") -> None:
    named = owned.exclude(provider="").filter(provider__isnull=False)
    for owner, provider in sorted(named.values_list("owner", "provider").distinct()):
        if owner in found:
            found[owner].providers.append(provider)


def _add_usage(found: dict[Any, Rollup], owned: "QuerySet[Any]") -> None:
    by_stored = {_stored(owner): rollup for owner, rollup in found.items()}
    for owner, usage in _rows(owned.filter(usage__isnull=False).values_list("owner", "usage")):
        if owner in by_stored:
            total = by_stored[owner].usage
            for name, count in _counts(usage).items():
                total[name] += count


def _counts(usage: str) -> dict[str, int]:
    try:
        counts = _read_usage(usage)
    except msgspec.DecodeError:
        return {}
    return {
        name: int(count)
        for name, count in counts.items()
        if isinstance(count, int | float) and not isinstance(count, bool)
    }


def _add_scores(
    found: dict[Any, Rollup], spans: SpanQuerySet, owner: Any, means: ScoreMeanQuerySet
) -> None:
    about = Span.objects.filter(project_id=OuterRef("project_id"), pk=OuterRef("entity_id"))
    of_spans = means.filter(entity_type=EntityType.SPAN, entity_id__in=spans.values("pk"))
    owned = of_spans.annotate(owner=Subquery(about.annotate(owner=owner).values("owner")))
    by_name = owned.order_by().values("owner", "name").annotate(mean=MeanOfBillionths("value"))
    for row in sorted(by_name.values_list("name", "mean", "owner"), key=itemgetter(0)):
        if row[2] in found:
            found[row[2]].scores.append((row[0], row[1]))


def _rows(chosen: "QuerySet[Any, Any]") -> Iterator[Sequence[Any]]:
    """The rows as the database's driver hands them over, a part at a time.

    Not by ``iterator()``: on PostgreSQL that would keep a cursor on the server.
    """
    sql, params = chosen.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        while part := cursor.fetchmany(AT_ONCE):
            yield from part


def _stored(owner: Any) -> Any:
    """An owner as ``_rows`` has it: SQLite stores uuids as 32 digits."""
    is_hex = isinstance(owner, UUID) and connection.vendor == "sqlite"
    return owner.hex if is_hex else owner
