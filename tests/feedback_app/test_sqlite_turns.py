"""Threads that write to SQLite take turns, in the order in which they came."""

from collections.abc import Callable
from functools import partial
from threading import Thread

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections, transaction

from feedback_app.sqlite3.base import TURNS, Turns
from tests.servers import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not settings.ON_SQLITE, reason="PostgreSQL has many writers"),
]


def turns() -> Turns:
    return TURNS[str(connection.settings_dict["NAME"])]


def started(work: Callable[[], object]) -> Thread:
    """A thread that stands in the queue of those who want to write."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    before = turns().waiting
    thread = Thread(target=run)
    thread.start()
    wait_until(lambda: turns().waiting == before + 1)
    return thread


def hang_up() -> None:
    with transaction.atomic():
        connection.close()


def test_first_come_first_served() -> None:
    served: list[int] = []

    def write(number: int) -> None:
        with transaction.atomic():
            served.append(number)

    with transaction.atomic():
        threads = [started(partial(write, number)) for number in range(6)]
        assert served == []
    for thread in threads:
        thread.join()

    assert served == list(range(6))
    assert turns().waiting == 0


def test_a_writer_that_fails_or_hangs_up_lets_the_next_one_begin() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        1 / 0  # noqa: B018
    with pytest.raises(OperationalError), transaction.atomic():
        connection.cursor().execute("SELECT * FROM nowhere")

    with transaction.atomic():
        thread = started(hang_up)
    thread.join()
    with transaction.atomic():
        pass


def test_who_waits_too_long_is_told_so_and_leaves_the_queue() -> None:
    line = Turns()
    assert line.take(0)

    assert not line.take(0.01)

    line.give()
    assert line.take(0)
