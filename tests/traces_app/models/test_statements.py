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


def test_row_is_saved_as_its_model_would_save_it() -> None:
    (row,) = rows(1)
    thread = Thread(pk=row[0], project_id=row[1], thread_id=row[2], status="active")
    thread.created_at = thread.last_updated_at = NOON.astimezone(timezone(timedelta(hours=5)))
    thread.created_by_id = thread.last_updated_by_id = row[7]
    thread.trace_count, thread.woken_at = 0, NOON

    statements.save(thread)
    assert not thread._state.adding
    thread.status, thread.source = "inactive", "100% 'its'"
    statements.save(thread)

    assert Thread.objects.values().get() == {
        field.attname: getattr(thread, field.attname) for field in Thread._meta.concrete_fields
    }


@pytest.mark.parametrize("count", [1, 3])
def test_statement_says_how_many_rows_it_touched(count: int) -> None:
    many = rows(count)
    statements.insert(INTO, many, CONFLICT)

    sql = "UPDATE traces_app_thread SET status = %s WHERE id = %s AND created_at = %s"
    assert statements.run(sql, [("inactive", row[0], NOON) for row in many]) == count
    assert statements.run(sql, [("active", row[0], NOON + timedelta(days=1)) for row in many]) == 0
    assert set(Thread.objects.values_list("status", flat=True)) == {"inactive"}
