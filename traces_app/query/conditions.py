"""What each operator means for each type: a clause as a condition of SQL.

A missing text counts as empty, so ``!=`` and ``not_contains`` hold for it; a missing number or
time compares with nothing.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Q, TextField, Value
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
    DocumentOf,
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
    """``read operator value`` as the type compares; ``value`` as ``values.read`` left it."""
    opposite = _OPPOSITES.get(operator)
    if opposite is None:
        return Q(_BY_TYPE[kind](operator, read, value))
    holds = condition(kind, opposite, read, value)
    if operator is Operator.NOT_EQUAL and kind in _COMPARED:
        return ~holds  # neither holds for what is missing
    return ~Q(Coalesce(holds, False, output_field=BooleanField()))


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
    if isinstance(text, JsonText | DocumentOf) and written != part:
        found |= Q(Contains(text, Value(written)))
    return found


_COMPARED = (Type.NUMBER, Type.DATE_TIME, Type.VERDICT)
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


def _exact(operator: Operator, text: Any, value: Any) -> Any:
    wanted = Value(value) if isinstance(value, str) else value
    if operator is Operator.CONTAINS:
        return GreaterThan(StrIndex(text, wanted), 0)
    if operator is Operator.STARTS_WITH:
        return Exact(Left(text, Length(wanted)), wanted)
    if operator is Operator.ENDS_WITH:
        return Exact(Right(text, Length(wanted)), wanted)
    if operator is Operator.EQUAL:
        return Exact(text, wanted)
    return COMPARISONS[operator](CodePoints(_missing_as_empty(text)), wanted)


def _member(operator: Operator, read: Any, value: Any) -> Any:
    if operator is Operator.IN:
        return In(read, value)
    if operator is Operator.IS_EMPTY:
        return Exact(_missing_as_empty(read), Value(""))
    return Exact(read, Value(value))


def _legacy(_: Operator, read: Any, value: str) -> Any:
    if value == "sdk":
        return In(_missing_as_empty(read), ("sdk", "unknown", ""))
    return Exact(read, Value(value))


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
