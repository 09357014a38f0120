"""Filtered pages walk the index of a project's newest traces; none sorts the project."""

from typing import Any

import pytest
from django.db import connection

from tests import factories
from traces_app.models import Trace
from traces_app.query import filters
from traces_app.query.fields import OPERATORS, Type
from traces_app.query.traces import TRACES

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans"),
]

VALUES = {Type.DATE_TIME: "2026-03-01T12:00:00Z", Type.BOOLEAN: "true"}
FROM_SPANS = ("usage.total_tokens", "total_estimated_cost", "llm_span_count", "model_id")


def plan(name: str, operator: str) -> str:
    return plan_of(clause(name, operator))


def clause(name: str, operator: str) -> dict[str, Any]:
    value = VALUES.get(TRACES.fields[name].type, "1")
    return {"field": name, "operator": operator, "key": "a", "value": value}


def plan_of(*sent: dict[str, Any]) -> str:
    project = factories.project()
    traces = Trace.objects.filter(project__in=[project.pk])
    found = filters.apply(traces, filters.parse(list(sent)), projects=[project.pk])
    return found.newest_first()[:25].explain()


@pytest.mark.parametrize("name", TRACES.fields)
def test_newest_page_is_read_from_an_index_in_order(name: str) -> None:
    steps = plan(name, min(OPERATORS[TRACES.fields[name].type]))

    assert "SCAN traces_app_trace" not in steps
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps


def test_page_of_one_name_walks_the_project_newest_first() -> None:
    assert "USING INDEX trace_is_in_one_project (project_id=?)" in plan("name", "=")


def test_page_of_one_thread_reads_that_thread() -> None:
    assert "trace_by_thread (project_id=? AND thread_id=?)" in plan("thread_id", "=")


@pytest.mark.parametrize("name", FROM_SPANS)
def test_spans_are_found_by_their_trace(name: str) -> None:
    assert "span_by_trace (project_id=? AND trace_id=?" in plan(name, "=")


@pytest.mark.parametrize("other", ["verdict", "thread_id", "start_time", "feedback_scores"])
def test_a_page_of_alternatives_walks_the_project_newest_first(other: str) -> None:
    steps = plan_of({"any": [clause("verdict", "is_empty"), clause(other, "=")]})

    assert "trace_is_in_one_project (project_id=?)" in steps
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps
    assert "MULTI-INDEX OR" not in steps


def test_alternatives_that_list_their_few_rows_are_read_by_their_keys() -> None:
    project = factories.project()
    sent = [
        {"any": [clause("feedback_scores", "="), clause("id", "=") | {"value": str(project.pk)}]}
    ]

    found = filters.apply(Trace.objects.all(), filters.parse(sent), projects=[project.pk])

    assert "COALESCE" not in str(found.query)
