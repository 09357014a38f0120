from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests import factories
from tests.traces_app.query.rows import trace
from traces_app.models import Trace
from traces_app.query import windows
from traces_app.query.windows import BadWindow

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
IN_A_MILLISECOND = ("7000-8000-000000000000", "7fff-bfff-ffffffffffff")


def made_at(moment: datetime) -> list[str]:
    milliseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // MILLISECOND
    start = f"{milliseconds:012x}"
    return [f"{start[:8]}-{start[8:]}-{rest}" for rest in IN_A_MILLISECOND]


@pytest.fixture
def ids() -> list[str]:
    """Two traces in each of three milliseconds, around MOMENT."""
    project, person = factories.project(), factories.user()
    ids = [pk for step in (-1, 0, 1) for pk in made_at(MOMENT + step * MILLISECOND)]
    for pk in ids:
        trace(project, person, pk=UUID(pk))
    return ids


def inside(from_time: datetime | None, to_time: datetime | None) -> list[str]:
    found = windows.apply(Trace.objects.all(), from_time=from_time, to_time=to_time)
    return [str(pk) for pk in found.order_by("pk").values_list("pk", flat=True)]


def test_both_bounds_belong_to_the_window(ids: list[str]) -> None:
    assert inside(MOMENT, MOMENT + MILLISECOND) == ids[2:]
    assert inside(MOMENT - MILLISECOND, MOMENT) == ids[:4]


def test_a_window_may_be_open(ids: list[str]) -> None:
    assert inside(MOMENT, None) == ids[2:]
    assert inside(None, MOMENT) == ids[:4]
    assert inside(None, None) == ids


def test_times_that_no_id_holds_are_no_error(ids: list[str]) -> None:
    ancient, distant = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)

    assert inside(ancient, distant) == ids


@pytest.mark.parametrize("to_time", [MOMENT, MOMENT - MILLISECOND])
def test_a_window_that_does_not_begin_before_its_end_is_refused(to_time: datetime) -> None:
    with pytest.raises(BadWindow, match=r"^Parameter 'from_time' must be before 'to_time'$"):
        inside(MOMENT, to_time)
