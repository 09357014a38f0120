"""Pages of a long list: none lost, none twice, bad addresses harmless."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict

from feedback_app.my_work import stretch
from tests import factories
from tests.factories import NOON
from traces_app.models import Comment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretch, "SIZE", 3)


@pytest.fixture
def comments() -> list[Any]:
    """Newest first; the moments of some are the same."""
    trace, by = factories.trace(), factories.user()
    rows = [
        Comment(
            project_id=trace.project_id,
            entity_type="trace",
            entity_id=trace.pk,
            text=str(number),
            created_at=NOON + timedelta(seconds=number // 2),
            created_by=by,
            last_updated_at=NOON,
            last_updated_by=by,
        )
        for number in range(8)
    ]
    return [row.pk for row in Comment.objects.bulk_create(rows)][::-1]


def cut(query: str = "") -> stretch.Stretch[Comment]:
    return stretch.cut(Comment.objects.all(), QueryDict(query), by="created_at")


def test_older_pages_follow_one_another_to_the_end(comments: list[Any]) -> None:
    query, seen = "state=x", []
    while query:
        page = cut(query)
        seen += [row.pk for row in page.rows]
        query = page.older_query.lstrip("?")
        assert not query or "state=x" in query

    assert seen == comments


def test_newer_pages_lead_back_to_the_first(comments: list[Any]) -> None:
    last = cut(cut(cut().older_query.lstrip("?")).older_query.lstrip("?"))
    middle = cut(last.newer_query.lstrip("?"))
    first = cut(middle.newer_query.lstrip("?"))

    assert [row.pk for row in middle.rows] == comments[3:6]
    assert [row.pk for row in first.rows] == comments[:3]
    assert first.newer_query == ""


@pytest.mark.parametrize("place", ["", "~", "x~y", "1~x", f"{10**30}~{'0' * 32}", "-" * 9000])
def test_a_place_that_is_none_is_the_first_page(comments: list[Any], place: str) -> None:
    assert [row.pk for row in cut(f"after={place}").rows] == comments[:3]
    assert [row.pk for row in cut(f"before={place}").rows] == comments[:3]
