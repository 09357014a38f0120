"""The spans of one trace as a tree with bars on one line of time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Min, Q

from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import Span, Trace
from traces_app.models.spans import SpanQuerySet
from traces_app.models.upserts import EPOCH

PAGE = 200
"""Steps that are drawn at first, and again each time that more are asked for."""

MOST = 50_000
"""Spans that are put in order; a trace with more says so."""

_FIELDS = (
    "pk",
    "parent_span_id",
    "name",
    "type",
    "start_time",
    "end_time",
    "model",
    "usage",
    "error_info",
)
_ICONS = {"llm": "note", "tool": "tool", "guardrail": "lock"}


@dataclass(frozen=True)
class Step:
    """One span: where it stands in the tree and on the line, in percent."""

    pk: UUID
    name: str
    icon: str
    kind: str
    model: str
    level: int
    left: str
    width: str
    seconds: float | None
    tokens: int | None
    has_failed: bool
    has_started: bool
    is_lost: bool
    """Its parent is not there, or they are each other's parents."""


@dataclass(frozen=True)
class Timeline:
    """Some steps in tree order, and how many there are over how long a time."""

    steps: list[Step]
    total: int
    seconds: float
    shown: int
    """How many steps are drawn when these are."""
    more: int
    """How many come next."""

    @property
    def next(self) -> int:
        """How many are asked for with the next ones."""
        return self.shown + PAGE

    @property
    def is_cut(self) -> bool:
        return self.total > MOST


_Edge = tuple[Any, Any]
"""A span and its parent or None, as the database stores ids."""


@dataclass(frozen=True)
class _Place:
    pk: UUID
    level: int
    is_lost: bool


def of(access: Access, trace: Trace, *, after: int = 0, upto: int = PAGE) -> Timeline | None:
    """The steps in tree order from the one ``after`` on, None without spans; three queries."""
    spans = Span.objects.visible_to(access)
    spans = spans.filter(project_id=trace.project_id, trace_id=trace.pk)
    whole = spans.aggregate(
        total=Count("pk"),
        start=Min("start_time", filter=Q(start_time__gt=EPOCH)),
        last_start=Max("start_time", filter=Q(start_time__gt=EPOCH)),
        end=Max("end_time"),
    )
    if not whole["total"]:
        return None
    start = whole["start"] or EPOCH  # of stubs only: none has told when it began
    ends = [time for time in (whole["last_start"], whole["end"]) if time is not None]
    length = max(max(ends, default=start) - start, timedelta(microseconds=1))
    edges = _edges(spans)
    chosen = list(islice(_in_tree_order(edges), after, max(upto, after)))
    return Timeline(
        steps=list(_steps(spans, chosen, start, length)),
        total=whole["total"],
        seconds=length.total_seconds(),
        shown=after + len(chosen),
        more=min(PAGE, len(edges) - after - len(chosen)),
    )


def _edges(spans: SpanQuerySet) -> list[_Edge]:
    """All of them, as the driver hands them over: there may be tens of thousands."""
    chosen = spans.order_by("start_time", "pk").values_list("pk", "parent_span_id")[:MOST]
    sql, params = chosen.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _in_tree_order(edges: Collection[_Edge]) -> Iterator[_Place]:
    """Parents before their children; a span whose parent is not there stands at the root."""
    here = {pk for pk, _ in edges}
    children: dict[Any, list[tuple[Any, bool]]] = defaultdict(list)
    for pk, parent in edges:
        is_lost = parent is not None and parent not in here
        children[None if is_lost else parent].append((pk, is_lost))
    seen: set[Any] = set()
    waiting = [(child, 0) for child in reversed(children[None])]
    while waiting:
        (pk, is_lost), level = waiting.pop()
        if pk in seen:
            continue
        seen.add(pk)
        yield _Place(UUID(str(pk)), level, is_lost)
        waiting.extend((child, level + 1) for child in reversed(children[pk]))
    # Spans that are each other's parents have no root; they are shown all the same.
    yield from (_Place(UUID(str(pk)), 0, is_lost=True) for pk, _ in edges if pk not in seen)


def _steps(
    spans: SpanQuerySet, places: Iterable[_Place], start: datetime, whole: timedelta
) -> Iterator[Step]:
    places = list(places)
    found = spans.only(*_FIELDS).in_bulk([place.pk for place in places])
    for place in places:
        if place.pk in found:  # it may have been deleted a moment ago
            yield _step(found[place.pk], place, start, whole)


def _step(span: Span, place: _Place, start: datetime, whole: timedelta) -> Step:
    has_started = span.start_time > EPOCH
    began = span.start_time if has_started else (span.end_time or start)
    length = max(span.end_time - began, timedelta(0)) if span.end_time else None
    width = max((length or timedelta(0)) / whole * 100, 0.6)
    left = min(max((began - start) / whole * 100, 0), 99.4)
    return Step(
        pk=span.pk,
        name=span.name or "unnamed",
        icon=_ICONS.get(span.type or "", "list"),
        kind=span.type or "",
        model=span.model or "",
        level=min(place.level, 6),
        left=f"{left:.2f}%",
        width=f"{min(width, 100 - left):.2f}%",
        seconds=length.total_seconds() if length is not None and has_started else None,
        tokens=total_tokens(span.usage),
        has_failed=span.error_info is not None,
        has_started=has_started,
        is_lost=place.is_lost,
    )


def total_tokens(usage: str | None) -> int | None:
    """The sum that the usage itself names, None when it names none."""
    counts = normal_form.load(usage) if usage else {}
    total = counts.get("total_tokens") if isinstance(counts, dict) else None
    return total if isinstance(total, int) else None
