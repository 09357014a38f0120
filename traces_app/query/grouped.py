"""Grouping what the ORM cannot: numbers inside JSON, and groups of groups."""

from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from traces_app.query.from_spans import LIMIT

_USAGE_ON_SQLITE = """
SELECT part.key, COUNT(DISTINCT spans.owner), marginalia_sum(part.atom)
FROM ({spans}) AS spans,
    json_each(CASE WHEN SUBSTR(spans.usage, 1, 1) = '{{' THEN spans.usage END) AS part
WHERE part.type IN ('integer', 'real') AND part.atom BETWEEN %s AND %s
GROUP BY part.key
"""
_USAGE_ON_POSTGRESQL = """
SELECT part.key, COUNT(DISTINCT spans.owner), SUM(found.number::numeric)
FROM ({spans}) AS spans
CROSS JOIN LATERAL
    json_each(CASE WHEN LEFT(spans.usage, 1) = '{{' THEN spans.usage::json END) AS part
CROSS JOIN LATERAL (SELECT marginalia_number(part.value::text) AS number) AS found
WHERE json_typeof(part.value) = 'number' AND found.number BETWEEN %s AND %s
GROUP BY part.key
"""
_MEAN = {"sqlite": "marginalia_mean(mean)", "postgresql": "ROUND(AVG(mean))::bigint"}


class Used(NamedTuple):
    """One number of the usage: how many owners have it, and what it adds up to."""

    key: str
    owners: int
    total: Decimal


def usage(spans: "QuerySet[Any, Any]") -> list[Used]:
    """What the usage of spans adds up to by key, in order; the spans have an ``owner``."""
    sql = _USAGE_ON_POSTGRESQL if connection.vendor == "postgresql" else _USAGE_ON_SQLITE
    rows = _run(sql, "spans", spans.values("owner", "usage"), -LIMIT, LIMIT)
    return sorted(Used(key, owners, Decimal(str(total))) for key, owners, total in rows)


def means_by_name(means: "QuerySet[Any, Any]") -> dict[str, Decimal]:
    """The mean over all owners by score name, of means that have a ``name`` and a ``mean``."""
    sql = f"SELECT name, {_MEAN[connection.vendor]} FROM ({{means}}) AS means GROUP BY name"  # noqa: S608
    rows = _run(sql, "means", means.values("name", "owner", "mean"))
    return {name: Decimal(billionths).scaleb(-9) for name, billionths in rows}


def _run(sql: str, name: str, inner: "QuerySet[Any, Any]", *params: Any) -> list[tuple[Any, ...]]:
    inside, bound = inner.order_by().query.get_compiler("default").as_sql()
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**{name: inside}), [*bound, *params])
        return list(cursor.fetchall())
