"""The filter grammar of Opik's contract (opik.md §0.8), read into clauses and made into querysets.

``filters.apply(traces, filters.parse(raw), projects=[project.pk])``

Beside Opik's clauses, all of which must hold, it knows one word of its own: ``{"any": [...]}``
stands where a clause may, and holds if one of its elements does: a clause, or a list of clauses
that hold together.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.functions import Coalesce

from traces_app.errors import BadQuery
from traces_app.normal_form import clean_text
from traces_app.query import conditions, from_queues, from_scores, paths, values
from traces_app.query.fields import OPERATORS, Operator, Registry, Type
from traces_app.query.traces import TRACES

MAX_CLAUSES = 100
ANY = "any"
Rows = TypeVar("Rows", bound="QuerySet[Any]")

_CUSTOM = {"input": "input_json", "output": "output_json"}
NEEDS_KEY = frozenset({Type.DICTIONARY, Type.FEEDBACK_SCORES_NUMBER})
"""Types whose field is many: one by each name or path."""


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


@dataclass(frozen=True)
class AnyOf:
    """Alternatives, each of clauses that must hold together."""

    alternatives: tuple[tuple[Clause, ...], ...]


Filter = Clause | AnyOf


def parse(raw: str | list[Any] | None, *, registry: Registry = TRACES) -> list[Filter]:
    """What a JSON text, or the list that it holds, asks for; duplicates are dropped.

    Raises BadFilter.
    """
    items = load(raw) if isinstance(raw, str) else raw
    if items is None:
        return []
    if not isinstance(items, list):
        raise _unreadable(raw)
    number = sum(_number_of_clauses(item) for item in items)
    if number > MAX_CLAUSES:
        raise BadFilter(f"Too many filters: {number}, at most {MAX_CLAUSES}")
    return list(dict.fromkeys(_filter(item, raw, registry) for item in items))


def clauses_of(wanted: Iterable[Filter]) -> list[Clause]:
    """Every clause, however it is combined with others."""
    clauses: list[Clause] = []
    for each in wanted:
        if isinstance(each, Clause):
            clauses.append(each)
        else:
            clauses.extend(clause for together in each.alternatives for clause in together)
    return clauses


def apply(
    rows: Rows,
    wanted: Sequence[Filter],
    *,
    projects: Sequence[UUID],
    registry: Registry = TRACES,
) -> Rows:
    """Those of ``rows`` for which every filter holds.

    ``projects`` are the ids that ``rows`` is narrowed to already; every subquery names them.
    A filter by score asks the database at once how many rows match.
    """
    for each in wanted:
        rows = rows.filter(
            _condition(each, projects, registry)
            if isinstance(each, Clause)
            else _any(each, projects, registry)
        )
    return rows


def count(
    wanted: Sequence[Filter], *, projects: Sequence[UUID], registry: Registry = TRACES
) -> int | None:
    """How many rows of ``projects`` a single filter by score finds, without reading these rows.

    None for any other filter, whose rows have to be counted.
    """
    if len(wanted) != 1:
        return None
    [clause] = wanted
    if isinstance(clause, AnyOf) or clause.field != "feedback_scores":
        return None
    return from_scores.count(registry.entity, clause.operator, clause.key, clause.value, projects)


def _any(group: AnyOf, projects: Sequence[UUID], registry: Registry) -> Q:
    """Where every alternative lists the few rows that it can find, the database may start from
    these. Else it is kept from putting ranges of indexes together: it would sort all of them for
    one page, which is soon full when walking the newest."""
    listed, found = True, []
    for together in group.alternatives:
        conditions = [_condition(clause, projects, registry) for clause in together]
        listed = listed and any(_lists_rows(condition) for condition in conditions)
        found.append(reduce(and_, conditions))
    either = reduce(or_, found)
    return either if listed else Q(Coalesce(either, False, output_field=BooleanField()))


def _lists_rows(condition: Q) -> bool:
    names = [child[0] for child in condition.children if isinstance(child, tuple)]
    return not condition.negated and names in (["pk"], ["pk__in"])


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


def load(raw: str) -> Any:
    """What a JSON text holds, None for a blank one. Raises BadFilter."""
    if not raw.strip():
        return None
    try:
        # Numbers stay as they are written: their text is the value.
        return json.loads(raw, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise _unreadable(raw) from error


def _number_of_clauses(item: Any) -> int:
    """As far as it is well formed; what is not is refused when it is read."""
    alternatives = item.get(ANY) if isinstance(item, dict) else None
    if not isinstance(alternatives, list):
        return 1
    return sum(len(each) if isinstance(each, list) else 1 for each in alternatives)


def _filter(item: Any, raw: str | list[Any] | None, registry: Registry) -> Filter:
    if not isinstance(item, dict) or ANY not in item:
        return _clause(item, raw, registry)
    alternatives = item[ANY]
    if len(item) > 1 or not isinstance(alternatives, list) or not alternatives:
        raise _unreadable(raw)
    read = [_together(each, raw, registry) for each in alternatives]
    is_one = len(read) == len(read[0]) == 1
    return read[0][0] if is_one else AnyOf(tuple(dict.fromkeys(read)))


def _together(item: Any, raw: str | list[Any] | None, registry: Registry) -> tuple[Clause, ...]:
    items = item if isinstance(item, list) else [item]
    if not items:
        raise _unreadable(raw)
    return tuple(_clause(each, raw, registry) for each in items)


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
        if field.type in NEEDS_KEY and not (key.strip() and path):
            raise ValueError("no key")
    except ValueError as error:
        complaint = f"Invalid value '{text}' or key '{key}' for field '{shown}' of type '{printed}'"
        raise BadFilter(complaint) from error
    if field.type not in NEEDS_KEY:
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
