"""Filtered pages walk the index of a project's newest traces; none sorts the project."""

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
    project = factories.project()
    value = VALUES.get(TRACES.fields[name].type, "1")
    clauses = filters.parse([{"field": name, "operator": operator, "key": "a", "value": value}])
    traces = Trace.objects.filter(project__in=[project.pk])
    found = filters.apply(traces, clauses, projects=[project.pk])
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
