"""Running one statement over many rows, in the way that each database is quickest at."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any, Self
from uuid import UUID

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper

Row = tuple[Any, ...]
ROWS_AT_ONCE = 100
"""In one statement on PostgreSQL, which takes 65,535 values."""


def insert(into: str, rows: Sequence[Row], conflict: str) -> int:
    """``INSERT INTO into VALUES rows conflict``, in the order given; how many rows were touched.

    No two rows may meet in the same conflict.
    """
    if not rows:
        return 0
    if connection.vendor != "postgresql":
        marks = ", ".join(["%s"] * len(rows[0]))
        return run(f"INSERT INTO {into} VALUES ({marks}) {conflict}", rows)  # noqa: S608
    touched = 0
    connection.ensure_connection()
    with connection.make_cursor(_binding_cursor()) as cursor:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[start : start + ROWS_AT_ONCE]
            values = _numbered(len(part), len(part[0]))
            sql = f"INSERT INTO {into} VALUES {values} {conflict}"  # noqa: S608
            cursor.execute(sql, list(chain.from_iterable(part)))
            touched += cursor.rowcount
    return touched


def run(sql: str, rows: Sequence[Row]) -> int:
    """``sql`` once for every row, in the order given; how many rows were touched."""
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.executemany(sql, stored(rows))
        return int(cursor.rowcount)


def rows_of(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What a statement finds that is run again and again: PostgreSQL plans it once a connection.

    Django's own cursor writes the values into it, so that each is another statement.
    """
    with _keeping_cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def stored(rows: Iterable[Row]) -> list[Row]:
    """``rows`` in the form that this database stores uuids and times in."""
    if connection.vendor == "postgresql":
        return list(rows)
    return [tuple([_on_sqlite(value) for value in row]) for row in rows]


def _on_sqlite(value: Any) -> Any:
    if value is None or type(value) is str:
        return value
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return value


def _keeping_cursor() -> CursorWrapper:
    # Django's log of queries cannot read a statement that PostgreSQL keeps.
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    connection.ensure_connection()
    cursor: Any = psycopg.Cursor(connection.connection)
    return connection.make_cursor(cursor)


@lru_cache(maxsize=128)
def _numbered(rows: int, columns: int) -> str:
    """``($1, $2), ($3, $4)``"""
    lines = [range(row * columns + 1, (row + 1) * columns + 1) for row in range(rows)]
    return ", ".join([f"({', '.join([f'${number}' for number in line])})" for line in lines])


class _BindingCursor(psycopg.RawCursor[Any]):
    """Django's own writes every value into the statement as a literal, which PostgreSQL must then
    read again, and psycopg's usual one looks for its marks in each statement: both cost more than
    storing the rows. Django's log of queries leaves these out, since it knows no such marks.

    Many rows are not planned once for all: each number of them would be kept, in megabytes.
    """

    def execute(self, query: Any, params: Any = None, **given: Any) -> Self:
        is_one = "), (" not in query
        return super().execute(query, params, prepare=None if is_one else False, **given)


def _binding_cursor() -> Any:
    return _BindingCursor(connection.connection)
