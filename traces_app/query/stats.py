"""What many rows add up to (opik.md §2, stats), without reading any of them into Python.

Both databases give the same figures to the last digit. Numbers are added exactly, as decimals:
a float counts as its 15 significant digits. A percentile is where it falls between the two values
beside it, which are found by their place in the order and weighed here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, When, Window
from django.db.models.functions import RowNumber

from traces_app.models import EntityType, Score, ScoreMean, Span
from traces_app.query import grouped
from traces_app.query.expressions import ExactSum, MeanOfBillionths
from traces_app.query.fields import Projects, Registry
from traces_app.query.from_spans import PRICED

PERCENTS = (50, 90, 99)


class Kind(StrEnum):
    COUNT = "COUNT"
    AVG = "AVG"
    PERCENTAGE = "PERCENTAGE"


@dataclass(frozen=True, slots=True)
class Stat:
    """One figure; a percentage is ``{"p50", "p90", "p99"}`` in milliseconds."""

    name: str
    type: Kind
    value: int | float | Decimal | dict[str, float]


@dataclass(frozen=True)
class Summary:
    """What is said of many rows of one kind."""

    registry: Registry
    items: tuple[str, ...]
    """The figures in their order, the number of rows first. Unknown ones count nothing."""
    own: Mapping[str, Any]
    """Aggregates over the rows themselves, by item; that of ``tags`` is their number."""
    spans: Callable[["QuerySet[Any]", Projects], "QuerySet[Any]"]
    """The spans of the rows, each with the key of its row as ``owner``."""


def read(
    rows: "QuerySet[Any]",
    summary: Summary,
    *,
    projects: Sequence[UUID],
    queue_id: UUID | None = None,
) -> list[Stat]:
    """The figures of ``rows``, none if there are none; scores of one queue alone if it is named.

    A fixed number of queries. ``projects`` are the ids that ``rows`` is narrowed to already.
    """
    rows = rows.order_by()
    taken = summary.registry.fields["duration"].read(projects)
    own = rows.aggregate(all_rows=Count("pk"), timed=Count(taken), **summary.own)
    count = own["all_rows"]
    if not count:
        return []
    spans = summary.spans(rows, projects)
    found = {name: [Stat(name, Kind.COUNT, own.get(name) or 0)] for name in summary.items}
    found["tags"] = [_average("tags", own.get("tags") or 0, count)]
    found["duration"] = [_percentiles(rows, taken, own["timed"])]
    found |= _of_spans(spans, count)
    found["feedback_scores"] = _scores(rows, summary.registry.entity, projects, queue_id)
    if "span_feedback_scores" in summary.items:
        found["span_feedback_scores"] = _span_scores(spans, projects)
    found[summary.items[0]] = [Stat(summary.items[0], Kind.COUNT, count)]
    return [stat for name in summary.items for stat in found[name]]


def _average(name: str, total: Decimal | int, count: int) -> Stat:
    return Stat(name, Kind.AVG, float(Decimal(total) / count) if count else 0.0)


def _percentiles(rows: "QuerySet[Any]", taken: Any, count: int) -> Stat:
    """Between the places on either side, in proportion, as ClickHouse and percentile_cont do."""
    between = {f"p{percent}": divmod(percent * (count - 1), 100) for percent in PERCENTS}
    places = {low + step for low, _ in between.values() for step in (1, 2)}
    ranked = rows.annotate(taken=taken, place=Window(RowNumber(), order_by="taken")).filter(
        place__in=sorted(places), taken__isnull=False
    )
    at = dict(ranked.values_list("place", "taken"))
    last = max(at.values(), default=0.0)  # where there are none, or fewer than a moment ago
    values = {}
    for name, (low, rest) in between.items():
        below, above = at.get(low + 1, last), at.get(low + 2, last)
        values[name] = below + (above - below) * rest / 100
    return Stat("duration", Kind.PERCENTAGE, values)


def _of_spans(spans: "QuerySet[Any]", count: int) -> dict[str, list[Stat]]:
    all_spans = spans.aggregate(
        spans=Count("pk"),
        llm=Count("pk", filter=Q(type=Span.Type.LLM)),
        cost=ExactSum(Case(When(PRICED, then=F("total_estimated_cost")))),
        priced=Count("owner", distinct=True, filter=PRICED),
    )
    cost = Decimal(str(all_spans["cost"] or 0))
    used = grouped.usage(spans)
    return {
        "llm_span_count": [_average("llm_span_count", all_spans["llm"], count)],
        "span_count": [_average("span_count", all_spans["spans"], count)],
        "total_estimated_cost": [_average("total_estimated_cost", cost, all_spans["priced"])],
        "total_estimated_cost_sum": [_average("total_estimated_cost_sum", cost, 1)],
        "usage": [_average(f"usage.{one.key}", one.total, one.owners) for one in used],
        "usage_sum": [_average(f"usage_sum.{one.key}", one.total, 1) for one in used],
    }


def _scores(
    rows: "QuerySet[Any]", entity: EntityType, projects: Projects, queue_id: UUID | None
) -> list[Stat]:
    """The mean of the rows' means, by name."""
    if queue_id is None:
        means = _about(ScoreMean.objects.all(), entity, rows, projects).annotate(mean=F("value"))
    else:
        said = _about(Score.objects.filter(queue_id=queue_id), entity, rows, projects)
        means = said.values("name", "entity_id").annotate(mean=MeanOfBillionths("value"))
    return _named("feedback_scores", means.annotate(owner=F("entity_id")))


def _span_scores(spans: "QuerySet[Any]", projects: Projects) -> list[Stat]:
    """The mean of each owner's mean over its spans, by name."""
    means = _about(ScoreMean.objects.all(), EntityType.SPAN, spans, projects)
    of_span = spans.filter(project_id=OuterRef("project_id"), pk=OuterRef("entity_id"))
    owned = means.annotate(owner=Subquery(of_span.values("owner")[:1]))
    grouped_means = owned.values("name", "owner").annotate(mean=MeanOfBillionths("value"))
    return _named("span_feedback_scores", grouped_means)


def _about(
    said: "QuerySet[Any]", entity: EntityType, rows: "QuerySet[Any]", projects: Projects
) -> "QuerySet[Any]":
    ids = rows.values("pk")
    return said.filter(project_id__in=list(projects), entity_type=entity, entity_id__in=ids)


def _named(family: str, means: "QuerySet[Any, Any]") -> list[Stat]:
    by_name = grouped.means_by_name(means)
    return [Stat(f"{family}.{name}", Kind.AVG, mean) for name, mean in sorted(by_name.items())]
