"""What stands beside a trace in the list that led to it."""

import pytest
from django.http import QueryDict
from pytest_django import DjangoAssertNumQueries

from feedback_app.trace_lists import found
from feedback_app.trace_lists import neighbours as beside
from feedback_app.trace_lists.neighbours import Neighbours, neighbours
from tests import factories
from traces_app.access import Access
from traces_app.models import VERDICT, Trace

pytestmark = pytest.mark.django_db


@pytest.fixture
def access() -> Access:
    return factories.access()


def around(access: Access, trace: Trace, query: str = "") -> Neighbours:
    return neighbours(access=access, query=QueryDict(query), trace=trace)


def test_the_plain_list_is_newest_first(access: Access) -> None:
    old, middle, new = (factories.trace(access) for _ in range(3))

    found_ = around(access, middle)

    assert found_ == Neighbours(f"/traces/{new.pk}", f"/traces/{old.pk}", "/traces")
    assert around(access, new).newer_url == ""
    assert around(access, old).older_url == ""


def test_the_filter_is_kept_and_skips_what_it_hides(access: Access) -> None:
    old = factories.trace(access, input='"needle"')
    factories.trace(access, input='"hay"')
    new = factories.trace(access, input='"a NEEDLE"')

    assert around(access, new, "q=needle&input=raw") == Neighbours(
        "", f"/traces/{old.pk}?q=needle&input=raw", "/traces?q=needle"
    )


def test_ties_of_a_score_are_walked_by_id(access: Access) -> None:
    same = [factories.trace(access) for _ in range(3)]
    for trace in same:
        factories.score(access, trace, 0.5, VERDICT)
    trace = Trace.objects.get(pk=same[1].pk)

    found_ = around(access, trace, "sort=best")

    assert found_.newer_url == f"/traces/{same[2].pk}?sort=best"
    assert found_.older_url == f"/traces/{same[0].pk}?sort=best"


def test_other_projects_are_not_in_a_projects_list(access: Access) -> None:
    ours = factories.trace(access, project=factories.project(name="ours"))
    factories.trace(access, project=factories.project(name="theirs"))

    assert around(access, ours, f"project={ours.project_id}").newer_url == ""


def test_another_workspace_is_never_beside(access: Access) -> None:
    factories.trace(factories.access())
    ours = factories.trace(access)
    factories.trace(factories.access())

    assert around(access, ours) == Neighbours("", "", "/traces")


def test_an_address_that_cannot_be_read_counts_as_the_plain_list(access: Access) -> None:
    old, new = factories.trace(access), factories.trace(access)

    assert around(access, new, "min=abc").older_url == f"/traces/{old.pk}?min=abc"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that looks at two traces and stops."""
    monkeypatch.setattr(found, "_FIRST_WINDOW", 2)
    monkeypatch.setattr(beside, "SECONDS", 0.0)


@pytest.mark.usefixtures("hurried")
def test_where_a_search_stops_the_list_goes_on(access: Access) -> None:
    factories.trace(access, input='"needle"')
    for _ in range(2):
        hay = factories.trace(access, input='"hay"')
    last = Trace.objects.newest_first()[1]
    new = factories.trace(access, input='"needle"')

    assert around(access, new, "q=needle").older_url == f"/traces?q=needle&after={last.pk}"
    assert hay.pk != last.pk


def test_the_plain_list_needs_two_statements_beside_the_projects(
    access: Access, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    trace = factories.trace(access)
    access.project_ids  # noqa: B018 - fetched once a request, by whoever comes first

    with django_assert_num_queries(3):
        around(access, trace)
