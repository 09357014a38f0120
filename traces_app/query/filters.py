"""The filter grammar of Opik's contract (opik.md §0.8), read into clauses and made into querysets.

``filters.apply(traces, filters.parse(raw), projects=[project.pk])``
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from traces_app.errors import BadQuery
from traces_app.normal_form import clean_text
from traces_app.query import conditions, from_queues, from_scores, paths, values
from traces_app.query.fields import OPERATORS, Operator, Registry, Type
from traces_app.query.traces import TRACES

MAX_CLAUSES = 100
Rows = TypeVar("Rows", bound="QuerySet[Any]")

_CUSTOM = {"input": "input_json", "output": "output_json"}
_NEEDS_KEY = frozenset({Type.DICTIONARY, Type.FEEDBACK_SCORES_NUMBER})


class BadFilter(BadQuery):
    """A filter that cannot be read: 400, with Opik's text (opik.md §0.4)."""


@dataclass(frozen=True)
class Clause:
    """One condition: ``value`` as its field's type reads it, ``path`` the steps of its key."""

    field: str
    operator: Operator
    value: Any
    key: str = ""
    path: tuple[str, ...] = ()


def parse(raw: str | list[Any] | None, *, registry: Registry = TRACES) -> list[Clause]:
    """Clauses of a JSON text or of the list that it holds; duplicates are dropped.

    Raises BadFilter.
    """
    items = _load(raw) if isinstance(raw, str) else raw
    if items is None:
        return []
    if not isinstance(items, list):
        raise _unreadable(raw)
    if len(items) > MAX_CLAUSES:
        raise BadFilter(f"Too many filters: {len(items)}, at most {MAX_CLAUSES}")
    return list(dict.fromkeys(_clause(item, raw, registry) for item in items))


def apply(
    rows: Rows,
    clauses: Sequence[Clause],
    *,
    projects: Sequence[UUID],
    registry: Registry = TRACES,
) -> Rows:
    """Those of ``rows`` for which every clause holds.

    ``projects`` are the ids that ``rows`` is narrowed to already; every subquery names them.
    A filter by score asks the database at once how many rows match.
    """
    for clause in clauses:
        rows = rows.filter(_condition(clause, projects, registry))
    return rows


def count(
    clauses: Sequence[Clause], *, projects: Sequence[UUID], registry: Registry = TRACES
) -> int | None:
    """How many rows of ``projects`` a single filter by score finds, without reading these rows.

    None for any other filter, whose rows have to be counted.
    """
    if len(clauses) != 1 or clauses[0].field != "feedback_scores":
        return None
    [clause] = clauses
    return from_scores.count(registry.entity, clause.operator, clause.key, clause.value, projects)


def _condition(clause: Clause, projects: Sequence[UUID], registry: Registry) -> Q:
    operator, value = clause.operator, clause.value
    if clause.field == "feedback_scores":
        return from_scores.on_entity(registry.entity, operator, clause.key, value, projects)
    if clause.field == "span_feedback_scores":
        return from_scores.on_spans(operator, clause.key, value, projects)
    if clause.field == "annotation_queue_ids":
        return from_queues.holds(registry.entity, operator, value, projects)
    field = registry.fields[clause.field]
    if field.is_key and operator is Operator.EQUAL:
        return _is(value)
    read = field.read(projects)
    if field.type is Type.DICTIONARY:
        return conditions.in_document(operator, read, clause.path, value)
    return conditions.condition(field.type, operator, read, value)


def _is(value: str) -> Q:
    """The row of exactly this id, found by its key."""
    try:
        same = str(UUID(value)) == value
    except ValueError:
        same = False
    return Q(pk=value) if same else Q(pk__in=[])


def _load(raw: str) -> Any:
    if not raw.strip():
        return None
    try:
        # Numbers stay as they are written: their text is the value.
        return json.loads(raw, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise _unreadable(raw) from error


def _clause(item: Any, raw: str | list[Any] | None, registry: Registry) -> Clause:
    if not isinstance(item, dict):
        raise _unreadable(raw)
    shown, key = item.get("field"), _scalar(item.get("key"), raw)
    text = _scalar(item.get("value"), raw)
    name, path = _custom(key) if shown == "custom" else (shown, paths.parse(key))
    field = registry.fields.get(name) if isinstance(name, str) else None
    if field is None or not isinstance(name, str):
        raise _unreadable(raw)
    printed = Type.CUSTOM if shown == "custom" else field.type
    operator = _operator(item.get("operator"), field.type, f"'{shown}' of type '{printed}'", raw)
    try:
        value = values.read(field.type, operator, text)
        if field.type in _NEEDS_KEY and not (key.strip() and path):
            raise ValueError("no key")
    except ValueError as error:
        complaint = f"Invalid value '{text}' or key '{key}' for field '{shown}' of type '{printed}'"
        raise BadFilter(complaint) from error
    if field.type not in _NEEDS_KEY:
        return Clause(name, operator, value)
    return Clause(name, operator, value, key, path)


def _custom(key: str) -> tuple[str, tuple[str, ...]]:
    """``input`` is the text, ``input.a.b`` a path into the document; so for output."""
    root, *path = paths.parse(key) or ("",)
    if root not in _CUSTOM:
        raise BadFilter(f"Invalid key '{key}' for custom filter")
    return (_CUSTOM[root] if path else root), tuple(path)


def _operator(sent: Any, kind: Type, field: str, raw: str | list[Any] | None) -> Operator:
    if not isinstance(sent, str) or sent not in list(Operator):
        raise _unreadable(raw)
    operator = Operator(sent)
    if operator not in OPERATORS[kind]:
        raise BadFilter(f"Invalid operator '{operator}' for field {field}")
    return operator


def _scalar(sent: Any, raw: str | list[Any] | None) -> str:
    if sent is None:
        return ""
    if isinstance(sent, bool):
        return str(sent).lower()
    if isinstance(sent, str | int | float):
        return clean_text(str(sent))
    raise _unreadable(raw)


def _unreadable(raw: str | list[Any] | None) -> BadFilter:
    shown = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False, default=str)
    return BadFilter(f"Invalid filters query parameter '{clean_text(shown)}'")
