"""The names that scores have."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from traces_app.access import Access
from traces_app.models import EntityType, Role, Trace, Workspace
from traces_app.query import score_names
from traces_app.services import scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def access() -> Access:
    return factories.access()


def named(access: Access, *traces: Trace, entity: EntityType = EntityType.TRACE) -> list[str]:
    return score_names.names(access, entity, [trace.project_id for trace in traces])


def test_each_name_comes_once_in_the_order_of_code_points(access: Access) -> None:
    one, other = factories.trace(access), factories.trace(access)
    for name in ("b", "B", "ä", "a b", "🎉", "a"):
        for trace in (one, other):
            factories.score(access, trace, 1, name)

    assert named(access, one) == ["B", "a", "a b", "b", "ä", "🎉"]


def test_names_of_other_projects_and_kinds_stay_away(access: Access) -> None:
    workspace = Workspace.objects.get(pk=access.workspace_id)
    here, there = (factories.trace(access, factories.project(workspace)) for _ in range(2))
    factories.score(access, here, 1, "here")
    factories.score(access, there, 1, "there")
    factories.score(access, factories.span(access, here), 1, "step")

    assert named(access, here) == ["here"]
    assert named(access, here, there) == ["here", "there"]
    assert named(access, here, entity=EntityType.SPAN) == ["step"]
    assert named(access) == []


def test_a_name_goes_with_its_last_score(access: Access) -> None:
    trace = factories.trace(access)
    for name in ("gone", "kept"):
        factories.score(access, trace, 1, name)

    scores.delete(access=access, entity_type=EntityType.TRACE, entity_id=trace.pk, names=["gone"])

    assert named(access, trace) == ["kept"]


def test_a_reviewer_without_queues_reads_no_name(access: Access) -> None:
    trace = factories.trace(access)
    factories.score(access, trace, 1)
    reviewer = factories.access(Workspace.objects.get(pk=access.workspace_id), Role.REVIEWER)

    assert named(reviewer, trace) == []


def test_the_index_of_names_is_hopped_along_in_one_query(access: Access) -> None:
    trace = factories.trace(access)
    for number in range(9):
        factories.score(access, trace, 1, f"name {number}")

    with CaptureQueriesContext(connection) as asked:
        assert len(named(access, trace)) == 9

    assert len(asked) == 1
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
            plan = str(cursor.fetchall())
        assert "score_mean_by_name (project_id=? AND entity_type=? AND name>?)" in plan
