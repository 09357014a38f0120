"""The first rows of several querysets as if they were one, without reading more than a page.

``project_id IN (…) ORDER BY id DESC LIMIT n`` over several projects makes both databases sort
everything that matches; the same question asked project by project walks an index.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models

AT_MOST = 100
"""Parts in one statement; SQLite takes 500."""


def page_of_ids(
    parts: Sequence["models.QuerySet[Any]"],
    *,
    columns: tuple[str, ...] = ("id",),
    order: str,
    offset: int,
    limit: int,
) -> list[UUID]:
    """The ids from ``offset`` on, in ``order``: SQL over ``columns``, the first of which is ``id``.

    Each part is ordered the way ``order`` has it and shares no row with another.
    """
    found = rows(parts, columns=columns, order=order, offset=offset, limit=limit)
    return [UUID(str(row[0])) for row in found]


def rows(
    parts: Sequence["models.QuerySet[Any]"],
    *,
    columns: tuple[str, ...],
    order: str,
    offset: int = 0,
    limit: int,
) -> list[tuple[Any, ...]]:
    """The same with all ``columns``, as the database's driver hands them over."""
    statements: list[str] = []
    params: list[Any] = []
    for part in parts:
        query = part.values_list(*columns)[: offset + limit].query
        sql, bound = query.get_compiler("default").as_sql()
        statements.append(f"SELECT * FROM ({sql}) AS part")  # noqa: S608
        params.extend(bound)
    if not statements:
        return []
    union = " UNION ALL ".join(statements)
    names = ", ".join(columns)
    sql = f"SELECT {names} FROM ({union}) AS parts ORDER BY {order} LIMIT %s OFFSET %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, limit, offset])
        return list(cursor.fetchall())
