"""Pages over several querysets, read from their indexes."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from traces_app.access import Access
from traces_app.models import Trace
from traces_app.models.traces import TraceQuerySet
from traces_app.query import merged
from traces_app.services import judged_traces
from traces_app.services.judged_traces import JudgedTrace

pytestmark = pytest.mark.django_db


def in_projects(access: Access, number: int) -> list[TraceQuerySet]:
    workspace_id = access.workspace_id
    made = [factories.project() for _ in range(number)]
    for project in made:
        project.workspace_id = workspace_id
        project.save()
        access.knows_project(project.pk)
        sent = [JudgedTrace({"input": '"i"'}, project_id=project.pk)] * 3
        judged_traces.create(access=access, sent=sent)
    return [Trace.objects.visible_to(access).filter(project=one).newest_first() for one in made]


def page(parts: list[TraceQuerySet], offset: int, limit: int) -> list[UUID]:
    return merged.page_of_ids(parts, order="id DESC", offset=offset, limit=limit)


def test_page_is_that_of_all_parts_together() -> None:
    parts = in_projects(factories.access(), 3)
    newest = list(Trace.objects.newest_first().values_list("pk", flat=True))

    assert page(parts, 0, 4) == newest[:4]
    assert page(parts, 4, 4) == newest[4:8]
    assert page(parts, 8, 4) == newest[8:]


def test_nothing_has_no_page() -> None:
    assert page([], 0, 10) == []


def test_page_is_one_statement() -> None:
    parts = in_projects(factories.access(), 3)

    with CaptureQueriesContext(connection) as queries:
        page(parts, 0, 10)

    assert len(queries) == 1


def test_every_part_gives_a_page_and_no_more() -> None:
    parts = in_projects(factories.access(), 2)
    with CaptureQueriesContext(connection) as queries:
        page(parts, 0, 10)

    plan = planned(queries[0]["sql"])

    if connection.vendor == "sqlite":
        assert sum("INDEX trace_is_in_one_project (project_id=?)" in step for step in plan) == 2
    else:  # it scans a table as small as this; each part and the whole has its limit
        assert sum("Limit" in step for step in plan) == 3


def planned(sql: str) -> list[str]:
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {sql}")
        return [str(row[-1]) for row in cursor.fetchall()]
