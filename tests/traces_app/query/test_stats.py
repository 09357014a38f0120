"""Every figure against plain Python on the same rows, whatever the database."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.query import reference, rows
from tests.traces_app.query.rows import NOON, Row
from tests.traces_app.query.test_operators import ON_SHARED_ROWS
from traces_app.models import Project, ScoreMean, Span, Trace
from traces_app.query import filters, stats
from traces_app.query.stats import Kind
from traces_app.query.traces import STATS, TRACES
from traces_app.services.score_rows import mean

pytestmark = pytest.mark.django_db

Figures = dict[str, Any]


def figures(project: Project, **also: Any) -> Figures:
    traces = Trace.objects.filter(project=project, **also)
    return {stat.name: stat.value for stat in stats.read(traces, STATS, projects=[project.pk])}


def percentile(numbers: Sequence[float], percent: int) -> float:
    ordered = sorted(numbers)
    low, rest = divmod(percent * (len(ordered) - 1), 100)
    above = ordered[low + 1] if rest else ordered[low]
    return ordered[low] + (above - ordered[low]) * rest / 100


def average(numbers: Iterable[Any]) -> float:
    found = [Decimal(str(number)) for number in numbers if number is not None]
    return float(sum(found) / len(found)) if found else 0.0


def averages(family: str, named: Iterable[tuple[str, Decimal]]) -> Figures:
    """The mean of each name's values, halves away from zero."""
    values: dict[str, list[int]] = defaultdict(list)
    for name, value in named:
        values[name].append(int(value.scaleb(9)))
    found = {name: Decimal(mean(numbers)).scaleb(-9) for name, numbers in values.items()}
    return {f"{family}.{name}": found[name] for name in sorted(found)}


def usage_of(row: Row) -> dict[str, float]:
    total: dict[str, float] = defaultdict(int)
    for span in row.spans:
        used = json.loads(span.get("usage") or "{}")
        for key, number in used.items() if isinstance(used, dict) else ():
            if isinstance(number, int | float) and abs(number) <= 1e15:
                total[key] += number
    return total


def expected(made: Sequence[Row]) -> Figures:
    """In the order of the contract."""
    traces = [row.trace for row in made]
    times = [t for row in made if (t := reference.NUMBERS["duration"](row)) is not None]
    costs = [reference.NUMBERS["total_estimated_cost"](row) for row in made]
    usage = [usage_of(row) for row in made]
    keys = sorted({key for used in usage for key in used})
    by_key = {key: [used[key] for used in usage if key in used] for key in keys}
    return {
        "trace_count": len(made),
        "duration": {f"p{percent}": percentile(times, percent) for percent in (50, 90, 99)},
        **{
            name: sum(getattr(t, name) is not None for t in traces)
            for name in ("input", "output", "metadata")
        },
        "tags": average(len(json.loads(trace.tags or "[]")) for trace in traces),
        "thread_count": len({trace.thread_id for trace in traces if trace.thread_id}),
        "llm_span_count": average(reference.NUMBERS["llm_span_count"](row) for row in made),
        "span_count": average(len(row.spans) for row in made),
        "total_estimated_cost": average(costs),
        "total_estimated_cost_sum": float(sum(Decimal(str(c)) for c in costs if c is not None)),
        **{f"usage.{key}": average(numbers) for key, numbers in by_key.items()},
        **{f"usage_sum.{key}": float(sum(numbers)) for key, numbers in by_key.items()},
        **averages("feedback_scores", (pair for row in made for pair in row.means.items())),
        **averages("span_feedback_scores", (pair for row in made for pair in span_means(row))),
        "guardrails_failed_count": 0,
        "error_count": sum(trace.error_info is not None for trace in traces),
    }


def span_means(row: Row) -> list[tuple[str, Decimal]]:
    return rows.span_means(row)


def test_all_figures_are_those_of_the_rows_in_the_order_of_the_contract() -> None:
    project, made = rows.in_project()

    found = figures(project)

    assert found == expected(made)
    assert list(found) == list(expected(made))


@pytest.mark.parametrize(
    "clause",
    [
        {"field": "tags", "operator": "is_not_empty", "value": ""},
        {"field": "feedback_scores", "key": "quality", "operator": ">", "value": "0"},
        {"field": "duration", "operator": ">", "value": "0"},
        {"field": "llm_span_count", "operator": ">=", "value": "1"},
    ],
)
def test_only_the_rows_that_are_asked_for_count(clause: dict[str, str]) -> None:
    project, made = rows.in_project()
    clauses = filters.parse([clause], registry=TRACES)
    key, value = clause.get("key", ""), clause["value"]
    kept = [
        row for row in made if reference.holds(row, clause["field"], clause["operator"], key, value)
    ]

    traces = Trace.objects.filter(project__in=[project.pk])
    found = filters.apply(traces, clauses, projects=[project.pk])
    read = stats.read(found, STATS, projects=[project.pk])

    assert 0 < len(kept) < len(made)
    assert {stat.name: stat.value for stat in read} == expected(kept)


def test_each_figure_says_its_type() -> None:
    project, _ = rows.in_project()

    read = stats.read(Trace.objects.filter(project=project), STATS, projects=[project.pk])

    types = {stat.name.partition(".")[0]: stat.type for stat in read}
    counts = {"trace_count", "input", "output", "metadata", "thread_count"}
    counts |= {"guardrails_failed_count", "error_count"}
    assert {name for name, kind in types.items() if kind is Kind.COUNT} == counts
    assert {name for name, kind in types.items() if kind is Kind.PERCENTAGE} == {"duration"}


def test_no_rows_no_figures() -> None:
    assert figures(factories.project()) == {}


def test_a_row_of_nothing_has_all_its_figures() -> None:
    project, person = factories.project(), factories.user()
    rows.trace(project, person)

    found = figures(project)

    assert found.pop("trace_count") == 1
    assert found.pop("duration") == {"p50": 0.0, "p90": 0.0, "p99": 0.0}
    assert set(found.values()) == {0}


def test_figures_of_a_queue_take_its_scores_alone() -> None:
    access, queue = factories.access(), uuid7()
    trace = factories.trace(access)
    for number, where in ((1, queue), (5, uuid7())):
        factories.score(access, trace, number, queue_id=where)
    factories.score(access, trace, 7, "other")

    traces = Trace.objects.filter(project=trace.project)
    read = stats.read(traces, STATS, projects=[trace.project_id], queue_id=queue)

    scores = {stat.name: stat.value for stat in read if stat.name.startswith("feedback_scores")}
    assert scores == {"feedback_scores.quality": 1}


def test_as_many_queries_for_many_rows_as_for_one() -> None:
    project, made = rows.in_project()
    counts = []
    for ids in ([made[2].trace.pk], [row.trace.pk for row in made]):
        with CaptureQueriesContext(connection) as asked:
            figures(project, pk__in=ids)
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 6


MOMENTS = st.lists(st.integers(0, 10**13), max_size=30)
COSTS = st.lists(st.floats(0, 1e12, allow_subnormal=False), max_size=12)


@pytest.fixture
def empty() -> Project:
    return factories.project()


@ON_SHARED_ROWS
@example(moments=[78_124_999_500])
@given(moments=MOMENTS)
def test_percentiles_lie_between_the_values_beside_them(empty: Project, moments: list[int]) -> None:
    person = factories.user()
    Trace.objects.filter(project=empty).delete()
    for moment in moments:
        rows.trace(empty, person, end_time=NOON + timedelta(microseconds=moment))

    taken = [moment / 1000 for moment in moments]
    wanted = (
        {f"p{percent}": percentile(taken, percent) for percent in (50, 90, 99)} if taken else None
    )
    assert figures(empty).get("duration") == wanted


@ON_SHARED_ROWS
@given(costs=COSTS)
def test_costs_add_up_to_the_last_digit(empty: Project, costs: list[float]) -> None:
    person = factories.user()
    Span.objects.filter(project=empty).delete()
    made = Trace.objects.filter(project=empty).first() or rows.trace(empty, person)
    arrived = {"sent_project_id": empty.pk, "created_at": NOON, "created_by": person}
    arrived |= {"last_updated_at": NOON, "last_updated_by": person, "start_time": NOON}
    Span.objects.bulk_create(
        Span(project=empty, trace_id=made.pk, total_estimated_cost=cost, **arrived)
        for cost in costs
    )

    exact = float(sum(Decimal(f"{cost:.15g}") for cost in costs))
    assert figures(empty)["total_estimated_cost_sum"] == exact


def test_a_trace_without_the_score_is_not_in_its_mean() -> None:
    project, made = rows.in_project()

    found = figures(project, pk__in=[made[0].trace.pk, made[1].trace.pk])

    assert found["feedback_scores.Quality"] == Decimal("0.5")
    assert ScoreMean.objects.filter(project=project, name="Quality").count() > 1
