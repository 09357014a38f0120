"""The sort grammar of Opik's contract (opik.md §0.9). Rows without a value come last."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Subquery

from traces_app.errors import BadQuery
from traces_app.models import ScoreMean
from traces_app.models.traces import TraceQuerySet
from traces_app.query import from_spans
from traces_app.query.expressions import CodePoints
from traces_app.query.fields import TRACES, Projects, duration


class BadSorting(BadQuery):
    """A sorting that cannot be read: 400, with Opik's text (opik.md §0.4)."""


@dataclass(frozen=True)
class Sorting:
    """One field, or one of a family by its ``key`` (``usage.*``, ``feedback_scores.*``)."""

    field: str
    key: str = ""
    descending: bool = False


def _column(name: str) -> Callable[[Projects, str], Any]:
    return lambda _, __: F(name)


def _text(name: str) -> Callable[[Projects, str], Any]:
    return lambda _, __: CodePoints(F(name))


def _score(projects: Projects, key: str) -> Subquery:
    means = ScoreMean.objects.filter(
        project_id__in=list(projects),
        project_id=OuterRef("project_id"),
        entity_type=TRACES.entity,
        entity_id=OuterRef("pk"),
        name_key=key.casefold(),
    )
    return Subquery(means.order_by("name").values("value")[:1])


_FIELDS: Mapping[str, Callable[[Projects, str], Any]] = {
    "id": _column("pk"),
    **{name: _text(name) for name in ("name", "input", "output", "metadata")},
    **{name: _text(name) for name in ("thread_id", "tags", "error_info", "environment")},
    "start_time": _column("start_time"),
    "end_time": _column("end_time"),
    "duration": lambda projects, _: duration(projects),
    "ttft": _column("ttft"),
    "span_count": lambda projects, _: from_spans.count(projects),
    "llm_span_count": lambda projects, _: from_spans.llm_count(projects),
    "total_estimated_cost": lambda projects, _: from_spans.cost(projects),
    "created_by": _column("created_by_id"),
    # Nothing is stored of experiments: all rows tie.
    "experiment_id": lambda _, __: None,
}
_FAMILIES: Mapping[str, Callable[[Projects, str], Any]] = {
    "usage": lambda projects, key: from_spans.usage(key)(projects),
    "feedback_scores": _score,
}
_OWN: Mapping[str, Callable[[Projects, str], Any]] = {
    "created_at": _column("created_at"),
    "last_updated_at": _column("last_updated_at"),
    "verdict": _column("score"),
}

TRACES_SORTABLE_BY = (*_FIELDS, *(f"{family}.*" for family in _FAMILIES))
"""What a page of traces prints as ``sortable_by``. The list page also knows fields of our own."""


def parse(raw: str | None) -> Sorting | None:
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
    return _sorting(items[0], raw) if items else None


def apply(
    traces: TraceQuerySet, sorting: Sorting | None, *, projects: Sequence[UUID]
) -> TraceQuerySet:
    """In the order asked for, else newest first; ties newest first."""
    read = None if sorting is None else _reader(sorting)(projects, sorting.key)
    if sorting is None or read is None:
        return traces.newest_first()
    if sorting.field == "id":
        return traces.order_by("-pk" if sorting.descending else "pk")
    ordered = read.desc(nulls_last=True) if sorting.descending else read.asc(nulls_last=True)
    return traces.order_by(ordered, "-pk")


def _sorting(item: dict[str, Any], raw: str) -> Sorting | None:
    field, direction = item.get("field"), item.get("direction") or "ASC"
    if not isinstance(field, str) or direction not in ("ASC", "DESC"):
        raise _unreadable(raw)
    descending = direction == "DESC"
    if field in _FIELDS or field in _OWN:
        return Sorting(field, descending=descending)
    family, _, key = field.partition(".")
    return Sorting(family, key, descending) if family in _FAMILIES and key else None


def _reader(sorting: Sorting) -> Callable[[Projects, str], Any]:
    return _FAMILIES[sorting.field] if sorting.key else {**_FIELDS, **_OWN}[sorting.field]


def _unreadable(raw: str) -> BadSorting:
    return BadSorting(f"Invalid sorting query parameter '{raw}'")
