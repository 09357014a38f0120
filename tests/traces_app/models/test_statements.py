from datetime import timedelta, timezone

import pytest
from django.db import IntegrityError, transaction
from uuid_utils.compat import uuid7

from tests import factories
from tests.factories import NOON
from traces_app.models import Thread, statements
from traces_app.models.statements import ROWS_AT_ONCE, Row

pytestmark = pytest.mark.django_db

INTO = (
    "traces_app_thread (id, project_id, thread_id, status, source, environment,"
    " created_at, created_by_id, last_updated_at, last_updated_by_id)"
)
CONFLICT = "ON CONFLICT (project_id, thread_id) DO UPDATE SET status = excluded.status"


def rows(count: int) -> list[Row]:
    project, author = factories.project().pk, factories.user().pk
    said = ("active", None, "100%", NOON, author, NOON, author)
    return [(uuid7(), project, f"thread {number}", *said) for number in range(count)]


def test_all_of_many_rows_are_touched() -> None:
    many = rows(2 * ROWS_AT_ONCE + 1)

    assert statements.insert(INTO, many, CONFLICT) == len(many)
    assert set(Thread.objects.values_list("pk", flat=True)) == {row[0] for row in many}


def test_rows_that_are_there_are_written_over() -> None:
    one, other = rows(2)
    statements.insert(INTO, [one], CONFLICT)

    closed = [(*row[:3], "inactive", *row[4:]) for row in (one, other)]
    assert statements.insert(INTO, closed, CONFLICT) == 2
    assert set(Thread.objects.values_list("status", flat=True)) == {"inactive"}


def test_no_rows_are_no_statement() -> None:
    assert statements.insert("nowhere", [], "") == 0
    assert statements.run("nothing", []) == 0


def test_times_are_stored_in_utc() -> None:
    (row,) = rows(1)
    local = NOON.astimezone(timezone(timedelta(hours=5)))

    statements.insert(INTO, [(*row[:6], local, *row[7:])], CONFLICT)

    assert Thread.objects.get().created_at == NOON


def test_broken_constraint_is_an_error_of_django() -> None:
    (row,) = rows(1)

    with pytest.raises(IntegrityError), transaction.atomic():
        statements.insert(INTO, [(*row[:2], None, *row[3:])], CONFLICT)
