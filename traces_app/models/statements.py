"""Running one statement over many rows, in the way that each database is quickest at."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import chain
from typing import Any, Self
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

Row = tuple[Any, ...]
ROWS_AT_ONCE = 100
"""In one statement on PostgreSQL, which takes 65,535 values."""

_ON_SQLITE: dict[type, Callable[[Any], str]] = {
    UUID: lambda value: value.hex,
    datetime: lambda value: str(value.astimezone(UTC).replace(tzinfo=None)),
}


def database() -> BaseDatabaseWrapper:
    """This thread's connection: looked up once, where ``connection`` is at every word."""
    return connections[DEFAULT_DB_ALIAS]


def insert(into: str, rows: Sequence[Row], conflict: str) -> int:
    """``INSERT INTO into VALUES rows conflict``, in the order given; how many rows were touched.

    No two rows may meet in the same conflict.
    """
    if not rows:
        return 0
    here = database()
    if here.vendor != "postgresql":
        return run(_of_one_row(into, len(rows[0]), conflict), rows)
    touched = 0
    here.ensure_connection()
    binding: Any = _BindingCursor(here.connection)
    with here.make_cursor(binding) as cursor:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[start : start + ROWS_AT_ONCE]
            values = _numbered(len(part), len(part[0]))
            sql = f"INSERT INTO {into} VALUES {values} {conflict}"  # noqa: S608
            cursor.execute(sql, list(chain.from_iterable(part)))
            touched += cursor.rowcount
    return touched


def save(row: Model) -> None:
    """What ``row.save()`` does of a row with an id, new or not, in one statement that is kept.

    No column is left to the database's own default.
    """
    here = database()
    into, fields, conflict = _saving(type(row))
    values = [field.get_db_prep_save(getattr(row, field.attname), here) for field in fields]
    insert(into, [tuple(values)], conflict)
    row._state.adding, row._state.db = False, here.alias


def run(sql: str, rows: Sequence[Row]) -> int:
    """``sql`` once for every row, in the order given; how many rows were touched."""
    if not rows:
        return 0
    here = database()
    bound = stored(rows, here)
    if len(bound) == 1:
        with _keeping_cursor(here) as cursor:
            cursor.execute(sql, bound[0])
            return int(cursor.rowcount)
    with here.cursor() as cursor:
        cursor.executemany(sql, bound)
        return int(cursor.rowcount)


def rows_of(sql: str, values: Sequence[Any], here: BaseDatabaseWrapper) -> list[Row]:
    """What a statement finds that is run again and again: PostgreSQL plans it once a connection.

    Django's own cursor writes the values into it, so that each is another statement.
    """
    with _keeping_cursor(here) as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def stored(rows: Iterable[Row], here: BaseDatabaseWrapper | None = None) -> list[Row]:
    """``rows`` in the form that this database stores uuids and times in."""
    if (here or database()).vendor == "postgresql":
        return list(rows)
    form = _ON_SQLITE.get
    return [
        tuple([value if (to := form(type(value))) is None else to(value) for value in row])
        for row in rows
    ]


def _keeping_cursor(here: BaseDatabaseWrapper) -> CursorWrapper:
    # Django's log of queries cannot read a statement that PostgreSQL keeps.
    if here.vendor != "postgresql" or here.queries_logged:
        return here.cursor()
    here.ensure_connection()
    cursor: Any = psycopg.Cursor(here.connection)
    return here.make_cursor(cursor)


@cache
def _saving(model: type[Model]) -> tuple[str, Sequence[Any], str]:
    """Into which columns, of which fields, and what becomes of a row that is there."""
    fields, key = model._meta.concrete_fields, f'"{model._meta.pk.column}"'
    columns = [f'"{field.column}"' for field in fields]
    again = ", ".join([f"{column} = excluded.{column}" for column in columns if column != key])
    into = f'"{model._meta.db_table}" ({", ".join(columns)})'
    return into, fields, f"ON CONFLICT ({key}) DO UPDATE SET {again}"


@lru_cache(maxsize=128)
def _of_one_row(into: str, columns: int, conflict: str) -> str:
    marks = ", ".join(["%s"] * columns)
    return f"INSERT INTO {into} VALUES ({marks}) {conflict}"  # noqa: S608


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
