"""SQL expressions that filters, sorting and search are built from."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Aggregate, Func, Subquery, Value
from django.db.models.functions import Collate

from traces_app.models.scores import BillionthsField


class Lowered(Func):
    """A text as Unicode lowers it, the same on both databases."""

    function = "marginalia_lower"
    arity = 1
    output_field = models.TextField()


class Contains(Func):
    """Is the second text in the first, without regard to case? A missing text is empty."""

    function = "marginalia_contains"
    arity = 2
    output_field = models.BooleanField()


class HasTag(Func):
    """Is the text an element of the JSON array?"""

    function = "marginalia_has_tag"
    arity = 2
    output_field = models.BooleanField()


class TagContains(Func):
    """Is the text in any element of the JSON array, without regard to case?"""

    function = "marginalia_tag_contains"
    arity = 2
    output_field = models.BooleanField()


class JsonText(Func):
    """The text at a path of a JSON document; null when there is nothing."""

    function = "marginalia_json_text"
    output_field = models.TextField()

    def __init__(self, document: Any, path: Sequence[str], **extra: Any) -> None:
        super().__init__(document, Value(json.dumps(list(path))), **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        document, path = self.source_expressions
        sql, params = compiler.compile(document)
        steps = json.loads(path.value)  # type: ignore[attr-defined]
        return f"{self.function}({sql}, %s::text[])", [*params, steps]


class DocumentText(JsonText):
    """A document as text: one that is a single string is that string, any other its JSON."""

    def __init__(self, document: Any, **extra: Any) -> None:
        super().__init__(document, [], **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        found, found_params = self.as_sql(compiler, connection, **extra)
        return self._unless_plain(compiler, found, found_params)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        found, found_params = super().as_postgresql(compiler, connection, **extra)
        return self._unless_plain(compiler, found, found_params)

    def _unless_plain(self, compiler: Any, found: str, found_params: Sequence[Any]) -> Any:
        # Only a document that begins with a quote needs to be read.
        sql, params = compiler.compile(self.source_expressions[0])
        text = f"CASE WHEN SUBSTR({sql}, 1, 1) = '\"' THEN {found} ELSE {sql} END"
        return text, [*params, *found_params, *params]


class DocumentOf(Subquery):
    """A document that a subquery finds in another table, as ``DocumentText`` has it."""

    def __init__(self, documents: models.QuerySet[Any], name: str) -> None:
        text = documents.annotate(document_text=DocumentText(models.F(name)))
        super().__init__(text.values("document_text")[:1], output_field=models.TextField())


class Number(Func):
    """A text as a float; null when it is no number."""

    function = "marginalia_number"
    arity = 1
    output_field = models.FloatField()


class CodePoints(Collate):
    """A text as both databases order it alike: by its code points."""

    def __init__(self, text: Any) -> None:
        super().__init__(text, "C")

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return compiler.compile(self.source_expressions[0])  # its own order already


class UuidText(Func):
    """A uuid as it is printed."""

    arity = 1
    output_field = models.TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        text = " || '-' || ".join(f"SUBSTR({sql}, {start}, {size})" for start, size in parts)
        return f"({text})", params * len(parts)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)::text", **extra)


class Milliseconds(Func):
    """From the first time to the second, as a float."""

    arity = 2
    output_field = models.FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        # Django's own difference calls Python for every row; here SQLite counts by itself.
        sql: list[str] = []
        params: list[Any] = []
        for time in reversed(self.source_expressions):
            text, bound = compiler.compile(time)
            # "2026-11-22 23:12:16.376317"; its fraction would be rounded to milliseconds.
            seconds = f"CAST(STRFTIME('%%s', SUBSTR({text}, 1, 19)) AS INTEGER)"
            micros = f"CAST(SUBSTR({text}, 21, 6) AS INTEGER)"
            sql.append(f"({seconds} * 1000000 + {micros})")
            params += [*bound, *bound]
        return f"(({' - '.join(sql)}) / 1000.0)", params

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        (start, start_params), (end, end_params) = map(compiler.compile, self.source_expressions)
        text = f"(EXTRACT(EPOCH FROM {end} - {start}) * 1000)::double precision"
        return text, [*end_params, *start_params]


class TagCount(Func):
    """How many elements a JSON array has; null when there is none."""

    arity = 1
    output_field = models.IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_ARRAY_LENGTH", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "JSON_ARRAY_LENGTH((%(expressions)s)::json)"
        return self.as_sql(compiler, connection, template=template, **extra)


class Unindexed(Func):
    """A column whose indexes SQLite's planner shall leave alone.

    Without statistics it takes the longest one, here by value, where the one by entity is meant.
    """

    arity = 1
    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **extra)


class MeanOfBillionths(Aggregate):
    """The exact mean of numbers in billionths, halves away from zero, as scores have it."""

    arity = 1
    output_field = BillionthsField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="marginalia_mean", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "ROUND(AVG(%(expressions)s))::bigint"
        return self.as_sql(compiler, connection, template=template, **extra)


class ExactSum(Aggregate):
    """The sum of floats, each by its 15 significant digits: a decimal, as text on SQLite."""

    arity = 1
    output_field = models.TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="marginalia_sum", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "SUM((%(expressions)s)::numeric)"
        return self.as_sql(compiler, connection, template=template, **extra)
