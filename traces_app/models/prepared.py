"""Querysets that are asked again and again, with other values each time.

Django makes the statement of a queryset anew whenever it runs, which takes ten times as long as
SQLite needs to find a row by its key. A prepared one is made once, and bound anew.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar, cast
from uuid import UUID, uuid4

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from traces_app.models.statements import database, rows_of, stored

Given = ParamSpec("Given")
Found = TypeVar("Found")
_MOST_LISTED = 32
"""Longer lists go through Django, for which making the statement is the lesser part then."""


class _Statement(NamedTuple):
    """``places`` says of each parameter which of the values it is, or -1 with what it always is."""

    sql: str
    places: Sequence[tuple[int, Any]]
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
    read: Callable[[list[Any]], Any]
    locks: bool

    def rows(self, values: Iterable[Any], here: BaseDatabaseWrapper) -> list[tuple[Any, ...]]:
        """As they are stored."""
        if self.locks and not here.in_atomic_block:
            raise TransactionManagementError("Rows are locked in a transaction.")
        return rows_of(self.sql, self._bound(values, here), here)

    def how_many(self, values: Iterable[Any], here: BaseDatabaseWrapper) -> int:
        """How many rows there are."""
        sql = f"SELECT COUNT(*) FROM ({self.sql}) AS counted"  # noqa: S608 - Django's own
        return cast("int", rows_of(sql, self._bound(values, here), here)[0][0])

    def _bound(self, values: Iterable[Any], here: BaseDatabaseWrapper) -> list[Any]:
        (bound,) = stored([_flat(values)], here)
        return [bound[at] if at >= 0 else always for at, always in self.places]


class Prepared(Generic[Given, Found]):
    """A function from values to a queryset, as ``@prepared`` makes it.

    The values are uuids, times, numbers and texts, or lists of them, given by their places. They
    end in the statement as they are, and the function may not look at them. Each length of a list
    makes a statement of its own.
    """

    def __init__(self, build: Callable[Given, QuerySet[Any, Found]]) -> None:
        self.build = build
        self._made: dict[tuple[str, tuple[int, ...]], _Statement] = {}

    def __call__(self, *values: Given.args, **named: Given.kwargs) -> list[Found]:
        """The rows, as the queryset would give them."""
        here = database()
        statement = self._statement(values, here)
        if statement is None:
            return list(self.build(*values, **named))
        rows = list(map(list, statement.rows(values, here)))
        for at, functions, column in statement.converters:
            for convert in functions:
                for row in rows:
                    row[at] = convert(row[at], column, here)
        return list(map(statement.read, rows))

    def first(self, *values: Given.args, **named: Given.kwargs) -> Found | None:
        """The first row; the function itself says that no more are wanted."""
        found = self(*values, **named)
        return found[0] if found else None

    def count(self, *values: Given.args, **named: Given.kwargs) -> int:
        """How many rows there are."""
        here = database()
        statement = self._statement(values, here)
        if statement is None:
            return self.build(*values, **named).count()
        return statement.how_many(values, here)

    def _statement(self, values: Sequence[Any], here: BaseDatabaseWrapper) -> _Statement | None:
        """None where a list has too many values, or none."""
        shape = tuple([len(each) if isinstance(each, list) else 1 for each in values])
        if min(shape) < 1 or max(shape) > _MOST_LISTED:
            return None
        key = here.vendor, shape
        if key not in self._made:
            self._made[key] = self._make(values, here)
        return self._made[key]

    def _make(self, values: Sequence[Any], here: BaseDatabaseWrapper) -> _Statement:
        strangers = list(map(_stranger, values))
        queryset = cast("Any", self.build)(*strangers)
        compiler = queryset.query.get_compiler(connection=here)
        sql, parameters = compiler.as_sql()
        (known,) = stored([_flat(strangers)], here)
        places = [(known.index(each) if each in known else -1, each) for each in parameters]
        if {at for at, _ in places} - {-1} != set(range(len(known))):
            raise TypeError(f"{self.build!r} does not hand on each value as it is.")
        converters = compiler.get_converters([column for column, _, _ in compiler.select])
        return _Statement(
            sql,
            places,
            [(at, *converter) for at, converter in converters.items()],
            _reader(queryset, compiler),
            queryset.query.select_for_update,
        )


def prepared(build: Callable[Given, QuerySet[Any, Found]]) -> Prepared[Given, Found]:
    """A decorator: the function's queryset is made into a statement once, see ``Prepared``."""
    return Prepared(build)


def _flat(values: Iterable[Any]) -> tuple[Any, ...]:
    flat: list[Any] = []
    for each in values:
        if isinstance(each, list):
            flat += each
        else:
            flat.append(each)
    return tuple(flat)


def _stranger(value: Any) -> Any:
    """Another value of the same kind, which stands nowhere else."""
    number = uuid4().int
    if isinstance(value, list):
        return list(map(_stranger, value))
    if isinstance(value, UUID):
        return UUID(int=number)
    if isinstance(value, datetime):
        return datetime(1900, 1, 1, tzinfo=UTC) + timedelta(microseconds=number % 2**40)
    if isinstance(value, str):
        return f"{number:x}"
    if isinstance(value, int) and not isinstance(value, bool):
        return number % 2**31
    raise TypeError(f"A prepared queryset takes no {type(value).__name__}.")


def _reader(queryset: QuerySet[Any, Any], compiler: SQLCompiler) -> Callable[[list[Any]], Any]:
    """What makes of a row what the queryset would make of it."""
    if queryset._iterable_class is FlatValuesListIterable:
        return itemgetter(0)
    if queryset._iterable_class is ValuesListIterable:
        return tuple
    places = cast("dict[str, Any]", compiler.klass_info)["select_fields"]
    names = [cast("Any", compiler.select[at][0]).target.attname for at in places]
    mine = slice(places[0], places[-1] + 1)
    others = list(compiler.annotation_col_map.items())
    populators: Any = get_related_populators  # the stubs know a later Django's
    alias = compiler.connection.alias
    related = populators(compiler.klass_info, compiler.select, alias)

    def read(row: list[Any]) -> Any:
        found = queryset.model.from_db(alias, names, row[mine])
        for populator in related:
            populator.populate(row, found)
        for name, at in others:
            setattr(found, name, row[at])
        return found

    return read
