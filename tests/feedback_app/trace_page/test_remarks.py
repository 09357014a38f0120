"""Comments on the page: the newest open, older ones folded, none lost without a word."""

from uuid import UUID

import pytest
from django.utils import timezone

from feedback_app.trace_page import remarks
from tests.feedback_app.desk import Desk, words
from traces_app.models import Comment, EntityType, Trace

pytestmark = pytest.mark.django_db


def fill(desk: Desk, trace: Trace, number: int) -> list[UUID]:
    now = timezone.now()
    rows = [
        Comment(
            project_id=trace.project_id,
            entity_type=EntityType.TRACE,
            entity_id=trace.pk,
            text=f"comment {n}",
            created_at=now,
            created_by=desk.person,
            last_updated_at=now,
            last_updated_by=desk.person,
        )
        for n in range(number)
    ]
    return [row.pk for row in Comment.objects.bulk_create(rows)]


def test_a_few_are_all_open_in_their_order() -> None:
    desk = Desk()
    trace = desk.trace()
    ids = fill(desk, trace, 3)

    shown = remarks.of(desk.access, trace)

    assert [row.pk for row in shown.newest] == ids
    assert (shown.older, shown.total, shown.left_out) == ([], 3, 0)


def test_many_are_folded_but_for_the_newest() -> None:
    desk = Desk()
    trace = desk.trace()
    fill(desk, trace, 203)

    text = words(desk.open(trace))

    assert "180 earlier comments" in text
    assert "3 older ones are not shown here." in text
    assert "comment 202" in text
    assert "comment 2<" not in text


def test_the_fold_is_open_around_an_edit_with_a_mistake() -> None:
    desk = Desk()
    trace = desk.trace()
    oldest = fill(desk, trace, 30)[0]

    shown = remarks.of(desk.access, trace, edited_id=oldest)

    assert shown.older_is_open
