"""What spans add up to, against plain sums over the same rows."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from tests import factories
from traces_app.models import Project, ScoreMean, Span, Trace
from traces_app.query import rollups
from traces_app.query.rollups import Rollup

pytestmark = pytest.mark.django_db

SPANS: list[dict[str, Any]] = [
    {"type": "llm", "usage": '{"total_tokens":10,"prompt_tokens":4}', "provider": "openai"},
    {"type": "llm", "usage": '{"total_tokens":5}', "total_estimated_cost": 0.1, "provider": ""},
    {"type": "tool", "total_estimated_cost": 0.2, "provider": "anthropic"},
    {"type": "general", "usage": '{"original_usage.a b":' + str(2**70) + "}"},
    {"usage": '{"total_tokens":-3}', "provider": "openai"},
]


def of(trace: Trace) -> Rollup:
    return rollups.of_traces([trace.project_id], [trace.pk], means=ScoreMean.objects.all())[
        trace.pk
    ]


def test_counts_cost_usage_and_providers_are_added_up() -> None:
    by = factories.access()
    trace = factories.trace(by)
    for values in SPANS:
        factories.span(by, trace, **values)

    found = of(trace)

    assert (found.span_count, found.llm_span_count, found.has_tool_spans) == (5, 2, True)
    assert (found.cost, found.providers) == (0.3, ["anthropic", "openai"])
    assert found.usage == {
        "total_tokens": 12,
        "prompt_tokens": 4,
        "original_usage.a b": 2**70,
    }


def test_scores_of_spans_are_averaged_by_name() -> None:
    by = factories.access()
    trace = factories.trace(by)
    for value in ("0.1", "0.2", "0.2"):
        factories.score(by, factories.span(by, trace), value)
    factories.score(by, factories.span(by, trace), "-1", "also")

    assert of(trace).scores == [("also", Decimal(-1)), ("quality", Decimal("0.166666667"))]


def test_each_trace_has_its_own_and_none_without_spans() -> None:
    by = factories.access()
    one, other, bare = (factories.trace(by) for _ in range(3))
    factories.span(by, one, provider="a")
    factories.span(by, other, provider="b")

    found = rollups.of_traces(
        [one.project_id], [one.pk, other.pk, bare.pk], means=ScoreMean.objects.all()
    )

    assert {pk: rollup.providers for pk, rollup in found.items()} == {
        one.pk: ["a"],
        other.pk: ["b"],
    }


def test_a_trace_without_cost_has_none_and_a_free_one_zero() -> None:
    by = factories.access()
    silent, free = factories.trace(by), factories.trace(by)
    factories.span(by, silent)
    factories.span(by, free, total_estimated_cost=0.0)

    assert (of(silent).cost, of(free).cost) == (None, 0.0)


def test_a_thread_adds_up_the_spans_of_its_traces() -> None:
    by = factories.access()
    project = factories.project()
    by = factories.access(project.workspace)
    traces = [
        factories.trace(by, project, thread_id=name) for name in ("one", "one", "ünö", "other")
    ]
    for trace in traces:
        span = factories.span(by, trace, usage='{"total_tokens":2}', total_estimated_cost=0.5)
        factories.score(by, span, "0.5")

    found = rollups.of_threads(
        [project.pk], ["one", "ünö", "absent"], means=ScoreMean.objects.all()
    )

    assert {name: rollup.span_count for name, rollup in found.items()} == {"one": 2, "ünö": 1}
    assert (found["one"].usage, found["one"].cost) == ({"total_tokens": 4}, 1.0)
    assert found["one"].scores == [("quality", Decimal("0.5"))]


def test_spans_of_another_project_do_not_count() -> None:
    by = factories.access()
    trace = factories.trace(by)
    elsewhere = factories.project()
    _bulk(elsewhere, trace.pk, by.author_id, [{}])

    assert rollups.of_traces([trace.project_id], [trace.pk], means=ScoreMean.objects.all()) == {}


@pytest.mark.parametrize("usage", ["[]", "null", '"text"', "{", '{"a":"1","b":true,"c":null}'])
def test_odd_usage_counts_nothing(usage: str) -> None:
    by = factories.access()
    trace = factories.trace(by)
    factories.span(by, trace, usage=usage)

    assert of(trace).usage == {}


def test_more_spans_than_a_statement_takes_parameters_are_added_up() -> None:
    by = factories.access()
    trace = factories.trace(by)
    first = factories.span(by, trace, type="llm", usage='{"total_tokens":0}')
    _copies(first, [f'{{"total_tokens":{n}}}' for n in range(1, 70_000)])

    found = of(trace)

    assert (found.span_count, found.llm_span_count) == (70_000, 70_000)
    assert found.usage == {"total_tokens": sum(range(70_000))}


def test_the_number_of_queries_is_fixed_and_less_is_asked_of_it() -> None:
    by = factories.access()
    traces = [factories.trace(by) for _ in range(5)]
    for trace in traces:
        for values in SPANS:
            factories.score(by, factories.span(by, trace, **values), "1")
    ids = [trace.pk for trace in traces]

    with CaptureQueriesContext(
        connection,
    ) as everything:
        rollups.of_traces([traces[0].project_id], ids, means=ScoreMean.objects.all())
    with CaptureQueriesContext(connection) as less:
        rollups.of_traces(
            [traces[0].project_id],
            ids,
            means=ScoreMean.objects.all(),
            without=["usage", "providers"],
        )

    assert (len(everything), len(less)) == (4, 2)


def _bulk(project: Project, trace_id: UUID, author: UUID, rows: list[dict[str, Any]]) -> None:
    Span.objects.bulk_create(
        Span(
            id=uuid7(),
            project=project,
            trace_id=trace_id,
            sent_project_id=project.pk,
            start_time=factories.NOON,
            created_at=factories.NOON,
            created_by_id=author,
            last_updated_at=factories.NOON,
            last_updated_by_id=author,
            **values,
        )
        for values in rows
    )


def _copies(span: Span, usage: list[str]) -> None:
    """Spans like this one with these usages; by the ORM so many would take half a minute."""
    fields = Span._meta.concrete_fields
    stored = {
        str(field.column): field.get_db_prep_save(getattr(span, field.attname), connection)
        for field in fields
    }
    columns, marks = ", ".join(stored), ", ".join(["%s"] * len(stored))
    ids = (Span._meta.pk.get_db_prep_save(uuid7(), connection) for _ in usage)
    copies = [stored | {"id": pk, "usage": text} for pk, text in zip(ids, usage, strict=True)]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO traces_app_span ({columns}) VALUES ({marks})",  # noqa: S608
            [list(copy.values()) for copy in copies],
        )
