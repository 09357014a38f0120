"""The sort grammar of Opik's contract (opik.md §0.9). Rows without a value come last."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F, QuerySet

from traces_app.errors import BadQuery
from traces_app.normal_form import clean_text
from traces_app.query.fields import Registry, Sort
from traces_app.query.traces import TRACES

Rows = TypeVar("Rows", bound="QuerySet[Any]")


class BadSorting(BadQuery):
    """A sorting that cannot be read: 400, with Opik's text (opik.md §0.4)."""


@dataclass(frozen=True)
class Sorting:
    """One field, or one of a family by its ``key`` (``usage.*``, ``feedback_scores.*``)."""

    field: str
    key: str = ""
    descending: bool = False


def parse(raw: str | None, *, registry: Registry = TRACES) -> Sorting | None:
    """The first element of a JSON array; None when there is none or its field is unknown.

    Raises BadSorting.
    """
    if raw is None or not raw.strip():
        return None
    try:
        items = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _unreadable(raw) from error
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise _unreadable(raw)
    return _sorting(items[0], raw, registry) if items else None


def apply(
    rows: Rows, sorting: Sorting | None, *, projects: Sequence[UUID], registry: Registry = TRACES
) -> Rows:
    """In the order asked for, else newest first; ties newest first."""
    read = None if sorting is None else _sort(sorting, registry)(projects, sorting.key)
    if sorting is None or read is None:
        return rows.order_by(*registry.newest(projects))
    if read == F("pk"):  # no ties, no nulls: the key's own order, which its index serves
        return rows.order_by("-pk" if sorting.descending else "pk")
    ordered = read.desc(nulls_last=True) if sorting.descending else read.asc(nulls_last=True)
    return rows.order_by(ordered, *registry.ties)


def _sorting(item: dict[str, Any], raw: str, registry: Registry) -> Sorting | None:
    field, direction = item.get("field"), item.get("direction") or "ASC"
    if not isinstance(field, str) or direction not in ("ASC", "DESC"):
        raise _unreadable(raw)
    descending = direction == "DESC"
    if field in registry.sorts or field in registry.own_sorts:
        return Sorting(field, descending=descending)
    family, _, key = field.partition(".")
    key = clean_text(key)  # as names are stored
    return Sorting(family, key, descending) if family in registry.families and key else None


def _sort(sorting: Sorting, registry: Registry) -> Sort:
    if sorting.key:
        return registry.families[sorting.field]
    return {**registry.sorts, **registry.own_sorts}[sorting.field]


def _unreadable(raw: str) -> BadSorting:
    return BadSorting(f"Invalid sorting query parameter '{raw}'")
