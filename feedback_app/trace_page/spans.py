"""The spans of one trace as a tree with bars on one line of time."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import Span, Trace

MOST = 500
"""Spans that the page draws; a trace with more says so."""

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

    name: str
    icon: str
    model: str
    level: int
    left: str
    width: str
    seconds: float | None
    tokens: int | None
    has_failed: bool


@dataclass(frozen=True)
class Timeline:
    """The steps in tree order and how long the whole took."""

    steps: list[Step]
    seconds: float
    is_cut: bool


def of(access: Access, trace: Trace) -> Timeline | None:
    """None for a trace without spans; one query."""
    spans = list(
        Span.objects.visible_to(access)
        .filter(project_id=trace.project_id, trace_id=trace.pk)
        .only(*_FIELDS)
        .order_by("start_time", "pk")[: MOST + 1]
    )
    if not spans:
        return None
    start = min(span.start_time for span in spans)
    ends = [span.end_time or span.start_time for span in spans]
    whole = max(max(ends) - start, timedelta(microseconds=1))
    shown = spans[:MOST]
    steps = [_step(span, level, start, whole) for span, level in _in_tree_order(shown)]
    return Timeline(steps, whole.total_seconds(), len(spans) > MOST)


def _in_tree_order(spans: list[Span]) -> Iterator[tuple[Span, int]]:
    """Parents before their children; a span whose parent is not there stands at the root."""
    here = {span.pk for span in spans}
    children: dict[UUID | None, list[Span]] = defaultdict(list)
    for span in spans:
        children[span.parent_span_id if span.parent_span_id in here else None].append(span)
    seen: set[UUID] = set()
    waiting = [(span, 0) for span in reversed(children[None])]
    while waiting:
        span, level = waiting.pop()
        if span.pk in seen:
            continue
        seen.add(span.pk)
        yield span, level
        waiting.extend((child, level + 1) for child in reversed(children[span.pk]))
    # Spans that are each other's parents have no root; they are shown all the same.
    yield from ((span, 0) for span in spans if span.pk not in seen)


def _step(span: Span, level: int, start: datetime, whole: timedelta) -> Step:
    length = span.end_time - span.start_time if span.end_time else None
    width = max((length or timedelta(0)) / whole * 100, 0.6)
    left = min((span.start_time - start) / whole * 100, 99.4)
    return Step(
        name=span.name or "unnamed",
        icon=_ICONS.get(span.type or "", "list"),
        model=span.model or "",
        level=min(level, 6),
        left=f"{left:.2f}%",
        width=f"{min(width, 100 - left):.2f}%",
        seconds=length.total_seconds() if length is not None else None,
        tokens=_tokens(span.usage),
        has_failed=span.error_info is not None,
    )


def _tokens(usage: str | None) -> int | None:
    counts = normal_form.load(usage) if usage else {}
    total = counts.get("total_tokens") if isinstance(counts, dict) else None
    return total if isinstance(total, int) else None
