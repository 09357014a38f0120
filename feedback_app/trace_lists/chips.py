"""The filters of a list in words, one chip each, with the way to the list without it."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from feedback_app.trace_lists.asked import Asked
from traces_app.query.filters import ANY

_OPERATORS = {"is_empty": "is empty", "is_not_empty": "is not empty", "not_contains": "without"}


@dataclass(frozen=True)
class Chip:
    """One filter: ``without`` is the query string of the list that lacks it."""

    field: str
    operator: str
    value: str
    without: str

    @property
    def words(self) -> str:
        return " ".join(part for part in (self.field, self.operator, self.value) if part)


def of(asked: Asked) -> list[Chip]:
    """In the order of the filter bar; the text to find stands in its own field and has none."""
    chips = []
    if asked.scored:
        words = "no" if asked.scored == "no" else "any"
        chips.append(Chip("score", "=", words, asked.query(scored="")))
    if asked.min is not None:
        chips.append(Chip("score", "≥", _number(asked.min), asked.query(min=None)))
    if asked.max is not None:
        chips.append(Chip("score", "≤", _number(asked.max), asked.query(max=None)))
    if asked.added:
        chips.append(Chip("in a dataset", "=", asked.added, asked.query(added="")))
    if asked.tag:
        chips.append(Chip("tag", "=", asked.tag, asked.query(tag="")))
    return chips + _of_clauses(asked)


def _of_clauses(asked: Asked) -> list[Chip]:
    items = json.loads(asked.filters) if asked.filters else []
    chips = []
    for index, item in enumerate(items):
        rest = items[:index] + items[index + 1 :]
        without = asked.query(filters=json.dumps(rest, ensure_ascii=False) if rest else "")
        chips.append(Chip(*_parts(item), without))
    return chips


def _parts(item: dict[str, Any]) -> tuple[str, str, str]:
    if ANY in item:
        either = (each if isinstance(each, list) else [each] for each in item[ANY])
        words = (" and ".join(_words(clause) for clause in together) for together in either)
        return "any of", "", " or ".join(words)
    field = ".".join(str(part) for part in (item["field"], item.get("key")) if part)
    operator, value = item["operator"], item.get("value")
    return field, _OPERATORS.get(operator, operator), "" if value is None else str(value)


def _words(clause: dict[str, Any]) -> str:
    return " ".join(part for part in _parts(clause) if part)


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
