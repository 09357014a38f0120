"""What there is to filter, sort and search by: types, operators, and a registry for each kind.

The registries stand beside this in the file of their noun: ``traces``, ``spans``, ``threads``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import F

from traces_app.models import EntityType
from traces_app.query.expressions import CodePoints


class Operator(StrEnum):
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    EQUAL = "="
    NOT_EQUAL = "!="
    GREATER = ">"
    GREATER_EQUAL = ">="
    LESS = "<"
    LESS_EQUAL = "<="
    IS_EMPTY = "is_empty"
    IS_NOT_EMPTY = "is_not_empty"
    IN = "in"
    NOT_IN = "not_in"


_WITHIN = {Operator.CONTAINS, Operator.NOT_CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH}
_SAME = {Operator.EQUAL, Operator.NOT_EQUAL}
_BETWEEN = {Operator.GREATER, Operator.LESS}
_RANGE = _BETWEEN | {Operator.GREATER_EQUAL, Operator.LESS_EQUAL}
EMPTINESS = frozenset({Operator.IS_EMPTY, Operator.IS_NOT_EMPTY})
LISTS = frozenset({Operator.IN, Operator.NOT_IN})


class Type(StrEnum):
    """How a field compares; the names are those that Opik's errors print."""

    STRING = "STRING"
    STRING_EXACT = "STRING_EXACT"
    STRING_LIST = "STRING_LIST"
    DATE_TIME = "DATE_TIME"
    NUMBER = "NUMBER"
    FEEDBACK_SCORES_NUMBER = "FEEDBACK_SCORES_NUMBER"
    DICTIONARY = "DICTIONARY"
    LIST = "LIST"
    ENUM = "ENUM"
    ENUM_LEGACY = "ENUM_LEGACY"
    ERROR_CONTAINER = "ERROR_CONTAINER"
    CUSTOM = "CUSTOM"
    # Marginalia's own:
    VERDICT = "VERDICT"
    TEXT = "TEXT"
    BOOLEAN = "BOOLEAN"


OPERATORS: Mapping[Type, frozenset[Operator]] = {
    Type.STRING: frozenset(_WITHIN | _SAME | _BETWEEN),
    Type.STRING_EXACT: frozenset(_WITHIN | _SAME | _BETWEEN),
    Type.STRING_LIST: LISTS,
    Type.DATE_TIME: frozenset(_SAME | _RANGE),
    Type.NUMBER: frozenset(_SAME | _RANGE),
    Type.FEEDBACK_SCORES_NUMBER: frozenset(_SAME | _RANGE) | EMPTINESS,
    # Opik's own client offers >= and <= here, and Opik's server refuses them; here they work.
    Type.DICTIONARY: frozenset(_WITHIN | _SAME | _RANGE) | EMPTINESS,
    Type.LIST: frozenset(_SAME | {Operator.CONTAINS, Operator.NOT_CONTAINS}) | EMPTINESS,
    Type.ENUM: frozenset(_SAME) | EMPTINESS | LISTS,
    Type.ENUM_LEGACY: frozenset(_SAME),
    Type.ERROR_CONTAINER: EMPTINESS,
    Type.VERDICT: frozenset(_SAME | _RANGE) | EMPTINESS,
    Type.TEXT: frozenset(_WITHIN | _SAME) | EMPTINESS,
    Type.BOOLEAN: frozenset(_SAME),
}

Projects = Sequence[UUID]
"""The literal ids of the projects that are looked at; every subquery names them."""


@dataclass(frozen=True)
class Field:
    """One thing to filter by. ``read`` makes the expression of its value; scores have none."""

    type: Type
    read: Callable[[Projects], Any] = lambda _: None
    is_key: bool = False
    """It is the primary key as text: one row of exactly this id is found by the key itself."""


Sort = Callable[[Projects, str], Any]
"""Makes the expression to sort by; the text is a family's key (``usage.*``), else empty."""


def column(kind: Type, name: str) -> Field:
    return Field(kind, lambda _: F(name))


def by_column(name: str) -> Sort:
    return lambda _, __: F(name)


def by_text(name: str) -> Sort:
    """In the order of code points, which is the same on every database."""
    return lambda _, __: CodePoints(F(name))


@dataclass(frozen=True)
class Registry:
    """What one kind of entity can be filtered, sorted and searched by."""

    entity: EntityType
    fields: Mapping[str, Field]
    sorts: Mapping[str, Sort]
    families: Mapping[str, Sort]
    texts: Sequence[Any]
    own_sorts: Mapping[str, Sort] = field(default_factory=dict)
    """Marginalia's own: known, but not among those that a page of Opik's names."""
    derived_texts: Callable[[Projects], Sequence[Any]] = lambda _: ()
    """Texts that are searched too, but stand in another table."""
    newest: Callable[[Projects], tuple[Any, ...]] = lambda _: ("-pk",)
    """The order when none is asked for."""
    ties: tuple[Any, ...] = ("-pk",)
    """The order of rows that are alike in what was asked for: of columns, or all rows would be
    read for it."""

    @property
    def sortable_by(self) -> list[str]:
        """What a page prints as ``sortable_by`` (opik.md §0.9)."""
        return [*self.sorts, *(f"{family}.*" for family in self.families)]
