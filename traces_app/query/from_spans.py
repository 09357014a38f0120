"""What a trace's spans add up to: expressions for filters and sorting.

Each is one subquery on the index by (project, trace). Numbers past ±10^15 are left out of sums,
so that no sum overflows.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, F, FloatField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Round

from traces_app.models import Span
from traces_app.models.spans import SpanQuerySet
from traces_app.query.expressions import JsonText, Number

LIMIT = 1e15
"""What no sum takes in lies past it."""
_COST_STEPS = 1e12
"""Costs are summed to twelve decimals: a sum of floats is not the same in any order."""

PRICED = Q(total_estimated_cost__range=(-LIMIT, LIMIT))


def of_trace(projects: Sequence[UUID]) -> SpanQuerySet:
    """The spans of the outer query's trace."""
    return Span.objects.filter(
        project_id__in=list(projects), project_id=OuterRef("project_id"), trace_id=OuterRef("pk")
    )


def of_traces(traces: "QuerySet[Any]", projects: Sequence[UUID]) -> SpanQuerySet:
    """The spans of these traces, each with its trace as ``owner``."""
    spans = Span.objects.filter(project_id__in=list(projects), trace_id__in=traces.values("pk"))
    return spans.annotate(owner=F("trace_id"))


def count(projects: Sequence[UUID]) -> Coalesce:
    return _count(of_trace(projects))


def llm_count(projects: Sequence[UUID]) -> Coalesce:
    return _count(of_trace(projects).filter(type=Span.Type.LLM))


def cost(projects: Sequence[UUID]) -> Any:
    """The sum of what the spans cost, null when none says."""
    return total_cost(of_trace(projects))


def total_cost(spans: SpanQuerySet) -> Any:
    """The same of spans of the outer row's project."""
    return rounded(_sum(spans.filter(PRICED).values(number=F("total_estimated_cost"))))


def rounded(cost: Any) -> Any:
    """A sum of costs to twelve decimals."""
    return Round(cost * _COST_STEPS, output_field=FloatField()) / _COST_STEPS


def usage(key: str) -> Callable[[Sequence[UUID]], Subquery]:
    """The sum of one number of the spans' usage, null when none has it."""
    return lambda projects: total_usage(of_trace(projects), key)


def total_usage(spans: SpanQuerySet, key: str) -> Subquery:
    """The same of spans of the outer row's project."""
    numbers = spans.annotate(number=Number(JsonText(F("usage"), [key])))
    return _sum(numbers.filter(number__gte=-LIMIT, number__lte=LIMIT))


def model(projects: Sequence[UUID]) -> Subquery:
    """The model of the last LLM span that names one."""
    named = of_trace(projects).filter(type=Span.Type.LLM, model__isnull=False)
    return Subquery(named.newest_first().values("model")[:1])


def _count(spans: SpanQuerySet) -> Coalesce:
    counted = spans.order_by().values("trace_id").annotate(result=Count("pk")).values("result")
    return Coalesce(Subquery(counted, output_field=FloatField()), 0.0)


def _sum(numbers: Any) -> Subquery:
    summed = numbers.order_by().values("project_id").annotate(result=Sum("number"))
    return Subquery(summed.values("result"), output_field=FloatField())
