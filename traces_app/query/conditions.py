"""What each operator means for each type: a clause as a condition of SQL.

A missing text counts as empty, so ``!=`` and ``not_contains`` hold for it; a missing number or
time compares with nothing.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Q, TextField, Value
from django.db.models.functions import Coalesce, Left, Length, Right, StrIndex
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
)

from traces_app.models.scores import BillionthsField
from traces_app.query.expressions import (
    CodePoints,
    Contains,
    HasTag,
    JsonText,
    Lowered,
    Number,
    TagContains,
)
from traces_app.query.fields import Operator, Type

COMPARISONS: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.EQUAL: Exact,
    Operator.GREATER: GreaterThan,
    Operator.GREATER_EQUAL: GreaterThanOrEqual,
    Operator.LESS: LessThan,
    Operator.LESS_EQUAL: LessThanOrEqual,
}

_OPPOSITES = {
    Operator.NOT_EQUAL: Operator.EQUAL,
    Operator.NOT_CONTAINS: Operator.CONTAINS,
    Operator.IS_NOT_EMPTY: Operator.IS_EMPTY,
    Operator.NOT_IN: Operator.IN,
}


def condition(kind: Type, operator: Operator, read: Any, value: Any) -> Q:
    """``read operator value`` as the type compares; ``value`` as filters.parse left it."""
    if operator is Operator.NOT_EQUAL and kind in (Type.NUMBER, Type.DATE_TIME, Type.VERDICT):
        return Q(IsNull(read, False)) & ~Q(Exact(read, _bound(value)))
    opposite = _OPPOSITES.get(operator)
    if opposite is not None:
        return ~condition(kind, opposite, read, value)
    return Q(_BY_TYPE[kind](operator, read, value))


def in_document(operator: Operator, document: Any, path: tuple[str, ...], value: str) -> Q:
    """What stands at a path of a document, against ``value``; > >= < <= compare numbers."""
    found = JsonText(document, path)
    if operator in _NUMERIC:
        return Q(COMPARISONS[operator](Number(found), Value(float(value))))
    return condition(Type.DICTIONARY, operator, found, value)


def contains(text: Any, part: str) -> Q:
    """Is ``part`` in a text, without regard to case; in a document, also as JSON writes it."""
    found = Q(Contains(text, Value(part)))
    written = json.dumps(part, ensure_ascii=False)[1:-1]
    if isinstance(text, JsonText) and written != part:
        found |= Q(Contains(text, Value(written)))
    return found


_NUMERIC = (Operator.GREATER, Operator.GREATER_EQUAL, Operator.LESS, Operator.LESS_EQUAL)
_NOTHING = ("", "[]", "{}")


def _missing_as_empty(text: Any) -> Coalesce:
    return Coalesce(text, Value(""), output_field=TextField())


def _text(operator: Operator, read: Any, value: str) -> Any:
    """Without regard to case."""
    if operator is Operator.CONTAINS:
        return contains(read, value)
    if operator is Operator.IS_EMPTY:
        return In(_missing_as_empty(read), _NOTHING)
    return _exact(operator, Lowered(read), Lowered(Value(value)))


def _exact(operator: Operator, read: Any, value: Any) -> Any:
    text, wanted = _missing_as_empty(read), value if hasattr(value, "as_sql") else Value(value)
    if operator is Operator.CONTAINS:
        return GreaterThan(StrIndex(text, wanted), 0)
    if operator is Operator.STARTS_WITH:
        return Exact(Left(text, Length(wanted)), wanted)
    if operator is Operator.ENDS_WITH:
        return Exact(Right(text, Length(wanted)), wanted)
    if operator is Operator.EQUAL:
        return Exact(text, wanted)
    return COMPARISONS[operator](CodePoints(text), wanted)


def _member(operator: Operator, read: Any, value: Any) -> Any:
    text = _missing_as_empty(read)
    if operator is Operator.IN:
        return In(text, value)
    return Exact(text, Value("" if operator is Operator.IS_EMPTY else value))


def _legacy(_: Operator, read: Any, value: str) -> Any:
    text = _missing_as_empty(read)
    return In(text, ("sdk", "unknown", "") if value == "sdk" else (value,))


def _number(operator: Operator, read: Any, value: Any) -> Any:
    if operator is Operator.IS_EMPTY:
        return IsNull(read, True)
    return COMPARISONS[operator](read, _bound(value))


def _bound(value: Any) -> Value:
    # Scores are stored as whole billionths; a float would keep PostgreSQL off their index.
    return Value(value, BillionthsField() if isinstance(value, Decimal) else None)


def _boolean(_: Operator, read: Any, value: bool) -> Q:
    return Q(read) if value else ~Q(read)


def _tags(operator: Operator, read: Any, value: str) -> Any:
    if operator is Operator.IS_EMPTY:
        return ~Q(TagContains(read, Value("")))
    return (HasTag if operator is Operator.EQUAL else TagContains)(read, Value(value))


def _error(_: Operator, read: Any, __: Any) -> Any:
    return IsNull(read, True)


_BY_TYPE: dict[Type, Callable[[Operator, Any, Any], Any]] = {
    Type.STRING: _text,
    Type.DICTIONARY: _text,
    Type.TEXT: _text,
    Type.STRING_EXACT: _exact,
    Type.STRING_LIST: _member,
    Type.ENUM: _member,
    Type.ENUM_LEGACY: _legacy,
    Type.DATE_TIME: _number,
    Type.NUMBER: _number,
    Type.VERDICT: _number,
    Type.BOOLEAN: _boolean,
    Type.LIST: _tags,
    Type.ERROR_CONTAINER: _error,
}
