"""How a filter by score reaches its rows; what it means is in test_operators."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.traces_app.query.rows import trace
from traces_app.models import EntityType, Project, ScoreMean, Trace
from traces_app.models.traces import TraceQuerySet
from traces_app.query import filters, from_scores

pytestmark = pytest.mark.django_db

GOOD = [{"field": "feedback_scores", "operator": ">=", "key": "Quality", "value": "0.5"}]
ON_SPANS = [GOOD[0] | {"field": "span_feedback_scores"}]


def scored(project: Project, number: int) -> set[UUID]:
    """``number`` traces with a good score; there is always one more without."""
    person = factories.user()
    made = [trace(project, person) for _ in range(number + 1)][1:]
    ScoreMean.objects.bulk_create(
        ScoreMean(
            project=project,
            entity_type=EntityType.TRACE,
            entity_id=one.pk,
            name="Quality",
            name_key="quality",
            value="0.5",
            count=1,
            newest_at=one.created_at,
        )
        for one in made
    )
    return {one.pk for one in made}


def good(project: Project, sent: list[dict[str, str]] = GOOD) -> TraceQuerySet:
    traces = Trace.objects.filter(project__in=[project.pk])
    return filters.apply(traces, filters.parse(sent), projects=[project.pk])


def test_few_matches_are_listed_by_their_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_scores, "FEW", 3)
    project = factories.project()
    expected = scored(project, 3)

    found = good(project)

    assert set(found.values_list("pk", flat=True)) == expected
    assert "EXISTS" not in str(found.query)


def test_many_matches_are_looked_up_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_scores, "FEW", 3)
    project = factories.project()
    expected = scored(project, 4)

    found = good(project)

    assert set(found.values_list("pk", flat=True)) == expected
    assert "EXISTS" in str(found.query)


def test_scores_are_compared_as_whole_numbers() -> None:
    project = factories.project()

    with CaptureQueriesContext(
        connection,
    ) as asked:
        list(good(project))

    assert ">= 500000000" in asked[0]["sql"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
@pytest.mark.parametrize(
    ("sent", "path"),
    [
        (GOOD, "project_id=? AND entity_type=? AND entity_id=?"),
        (ON_SPANS, "project_id=? AND trace_id=?"),
        (ON_SPANS, "project_id=? AND entity_type=? AND entity_id=?"),
    ],
)
def test_walking_finds_means_by_their_entity(
    sent: list[dict[str, str]], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(from_scores, "FEW", 0)
    project = factories.project()
    scored(project, 1)

    plan = good(project, sent).newest_first().explain()

    assert path in plan
    assert "score_mean_by_value" not in plan


def test_a_single_filter_is_counted_without_reading_traces() -> None:
    project = factories.project()
    expected = scored(project, 3)

    with CaptureQueriesContext(connection) as asked:
        found = filters.count(filters.parse(GOOD), projects=[project.pk])

    assert found == len(expected)
    assert not any('traces_app_trace"' in query["sql"] for query in asked)


def test_two_spellings_of_a_name_count_their_trace_once() -> None:
    project = factories.project()
    [one] = scored(project, 1)
    ScoreMean.objects.create(
        project=project,
        entity_type=EntityType.TRACE,
        entity_id=one,
        name="QUALITY",
        name_key="quality",
        value="0.7",
        count=1,
        newest_at=ScoreMean.objects.get().newest_at,
    )

    assert filters.count(filters.parse(GOOD), projects=[project.pk]) == good(project).count() == 1


@pytest.mark.parametrize(
    "sent",
    [
        [GOOD[0] | {"operator": "!="}],
        [GOOD[0] | {"operator": "is_empty", "value": ""}],
        [*GOOD, {"field": "name", "operator": "=", "value": "x"}],
        ON_SPANS,
        [],
    ],
)
def test_what_the_means_alone_do_not_tell_is_not_counted_from_them(
    sent: list[dict[str, str]],
) -> None:
    assert filters.count(filters.parse(sent), projects=[factories.project().pk]) is None
