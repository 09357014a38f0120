"""Statements reach SQLite with its own marks, whether they are new, known or very long."""

import pytest
from django.conf import settings
from django.db import connection

from feedback_app.sqlite3.base import _LONGEST_KEPT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not settings.ON_SQLITE, reason="SQLite's own marks"),
]


@pytest.mark.parametrize("length", [1, _LONGEST_KEPT])
@pytest.mark.parametrize("value", ["one", "50% of ?", None])
def test_values_and_percents_come_as_they_are(length: int, value: str | None) -> None:
    sql = f"SELECT %s, '100%% %%s ?', '{'x' * length}'"
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(sql, [value])
            assert cursor.fetchall() == [(value, "100% %s ?", "x" * length)]


def test_named_values_are_taken() -> None:
    with connection.cursor() as cursor:
        for number in range(2):
            cursor.execute("SELECT %(number)s, '100%%'", {"number": number})
            assert cursor.fetchall() == [(number, "100%")]


def test_statement_without_values_is_left_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT '%s'")
        assert cursor.fetchall() == [("%s",)]
