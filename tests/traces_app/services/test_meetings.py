"""What PostgreSQL stops because two requests meet is done again; all else is not."""

import pytest
from django.db import IntegrityError, OperationalError

from traces_app.services.meetings import TRIES, survives_meeting

pytestmark = pytest.mark.django_db(transaction=True)


class Stopped(Exception):
    """As psycopg raises it."""

    def __init__(self, state: str, key: str = "") -> None:
        super().__init__(state)
        self.sqlstate = state
        self.diag = type("Diag", (), {"constraint_name": key})


def service(error: Exception, cause: Exception, times: int) -> tuple[list[int], object]:
    runs: list[int] = []

    @survives_meeting
    def run() -> str:
        runs.append(1)
        if len(runs) <= times:
            raise error from cause
        return "done"

    try:
        return runs, run()
    except (IntegrityError, OperationalError) as raised:
        return runs, raised


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OperationalError("x"), Stopped("40P01")),
        (IntegrityError("x"), Stopped("23505", "trace_is_in_one_project")),
    ],
)
def test_the_stopped_one_is_run_again(error: Exception, cause: Exception) -> None:
    runs, result = service(error, cause, 2)

    assert (len(runs), result) == (3, "done")


def test_it_gives_up_in_the_end() -> None:
    error = OperationalError("x")

    runs, result = service(error, Stopped("40P01"), 100)

    assert (len(runs), result) == (TRIES, error)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OperationalError("x"), Stopped("57014")),
        (IntegrityError("x"), Stopped("23505", "thread_is_once")),
        (IntegrityError("x"), ValueError("SQLite")),
    ],
)
def test_what_failed_for_itself_is_not_run_again(error: Exception, cause: Exception) -> None:
    runs, result = service(error, cause, 1)

    assert (len(runs), result) == (1, error)
