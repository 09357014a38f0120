"""The orders of the list, walked page by page and back."""

from uuid import UUID

import pytest

from feedback_app.trace_lists.orders import BadPosition, Position, Sort, walk
from tests import factories
from traces_app.access import Access
from traces_app.models import VERDICT, Trace
from traces_app.models.traces import TraceQuerySet

pytestmark = pytest.mark.django_db

SCORES = (0.5, None, 1, 0.5, 0, None, 0.5)


@pytest.fixture
def access() -> Access:
    return factories.access()


@pytest.fixture
def places(access: Access) -> list[TraceQuerySet]:
    """Traces in two projects, with ties and without scores."""
    projects = [factories.project(name=name) for name in ("a", "b")]
    for number, score in enumerate(SCORES):
        trace = factories.trace(access, project=projects[number % 2])
        if score is not None:
            factories.score(access, trace, score, VERDICT)
    ids = Trace.objects.values_list("project_id", flat=True).distinct()
    return [Trace.objects.filter(project_id=project) for project in ids]


def expected(sort: Sort) -> list[UUID]:
    traces = list(Trace.objects.order_by("-pk" if sort.descending else "pk"))
    if sort.by_score:
        traces.sort(key=lambda trace: trace.score or 0, reverse=sort.descending)
        traces.sort(key=lambda trace: trace.score is None)
    return [trace.pk for trace in traces]


@pytest.mark.parametrize("sort", Sort)
def test_one_walk_has_all_in_order(places: list[TraceQuerySet], sort: Sort) -> None:
    met = walk(places, sort, limit=100)

    assert [position.pk for position in met] == expected(sort)


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_join_without_gap_or_overlap(
    places: list[TraceQuerySet], sort: Sort, size: int
) -> None:
    met: list[Position] = []
    while page := walk(places, sort, start=met[-1] if met else None, limit=size):
        met += page

    assert [position.pk for position in met] == expected(sort)


@pytest.mark.parametrize("sort", Sort)
def test_before_each_stands_what_came_before_it(places: list[TraceQuerySet], sort: Sort) -> None:
    met = walk(places, sort, limit=100)

    for index, position in enumerate(met):
        before = walk(places, sort, start=position, backwards=True, limit=100)
        assert before == met[:index][::-1]


@pytest.mark.parametrize("sort", Sort)
def test_a_position_is_read_back_from_its_text(places: list[TraceQuerySet], sort: Sort) -> None:
    for position in walk(places, sort, limit=100):
        assert Position.read(str(position), sort) == position


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("nonsense", Sort.NEWEST),
        ("none~nonsense", Sort.BEST),
        ("1.5~0190c5d4-0000-7000-8000-000000000000", Sort.BEST),
        ("9000000000~0190c5d4-0000-7000-8000-000000000000", Sort.BEST),
        ("0190c5d4-0000-7000-8000-000000000000", Sort.BEST),
        ("5~0190c5d4-0000-7000-8000-000000000000", Sort.NEWEST),
    ],
)
def test_any_other_text_is_no_position(text: str, sort: Sort) -> None:
    with pytest.raises(BadPosition):
        Position.read(text, sort)


def test_a_page_goes_on_after_its_last_trace_was_scored_anew(
    access: Access, places: list[TraceQuerySet]
) -> None:
    met = walk(places, Sort.BEST, limit=3)
    fourth = walk(places, Sort.BEST, limit=4)[-1]
    Trace.objects.filter(pk=met[-1].pk).update(score=None)

    assert walk(places, Sort.BEST, start=met[-1], limit=1) == [fourth]
