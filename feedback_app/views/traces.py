"""The page of one trace: what the model did, and what was said about it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from feedback_app.http import PageRequest, came_from, signed_in
from feedback_app.reading.preview import preview
from feedback_app.trace_lists.neighbours import neighbours
from feedback_app.trace_page import attachments, pane, sections, spans
from traces_app import normal_form
from traces_app.models import Trace

KEYS = (
    ("1 … 9", "score 0.1 to 0.9"),
    ("0", "score 1"),
    ("p", "good: score 1"),
    ("x", "bad: score 0"),
    ("e", "write feedback"),
    ("n", "write a comment, on the selected words if there are any"),
    ("c", "correct the output"),
    ("d", "add to the dataset"),
    ("Ctrl Enter", "save"),
    ("Ctrl Shift Enter", "save, then the next trace"),
    ("/", "find in this trace"),
    ("s ↑ ↓", "go to the spans, and from one to the next"),
    ("j →", "next trace of the list"),
    ("k ←", "previous trace"),
    ("Esc", "leave a text"),
    ("?", "this sheet"),
)


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
@signed_in
def trace(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Input and output side by side, spans above, judgement beside.

    For HTMX only what it will replace: the content that is read, or more of the spans.
    """
    shown = sections.visible(request.access, trace_id)
    part = _PARTS.get(request.htmx.target or "")
    if part is not None:
        return part(request, shown)
    return page(request, shown, sections.context(request, shown))


def page(
    request: PageRequest, shown: Trace, filled: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The whole page around sections that are filled; also for forms with mistakes, without
    script."""
    return render(
        request, "feedback_app/traces/trace.html", filled | _reading(request, shown), status=status
    )


def _reading(request: PageRequest, shown: Trace) -> dict[str, Any]:
    beside = neighbours(access=request.access, query=request.GET, trace=shown)
    upto = _steps(request)
    return _pane(request, shown) | {
        "neighbours": beside,
        "next_url": came_from(request) or beside.older_url,
        "title": shown.name or preview(shown.input, 80) or f"Trace {shown.pk}",
        "project": shown.project,
        "tags": normal_form.load(shown.tags) if shown.tags else [],
        "timeline": spans.of(request.access, shown, upto=upto),
        "duration": _seconds(shown),
        "keys": KEYS,
    }


def _pane(request: PageRequest, shown: Trace) -> dict[str, Any]:
    """What ``_io.html`` takes, and the addresses that the rows of the spans begin with."""
    read = pane.of(request.access, shown, request.GET)
    return {
        "trace": shown,
        "pane": read,
        "span_id": read.span.pk if read.span else None,
        "files": None if read.span else attachments.of(request.access, shown),
        "whole_url": _without(request, pane.CHOSEN),
        "span_url": _without(request, pane.CHOSEN, pane.STEPS, to_add=pane.CHOSEN),
        "steps_url": _without(request, pane.STEPS, to_add=pane.STEPS),
        "sides": [_side(request, name) for name in ("input", "output")],
    }


def _without(request: PageRequest, *names: str, to_add: str = "") -> str:
    """The query string without some parameters, and the beginning of one to be added."""
    kept = request.GET.copy()
    for name in names:
        kept.pop(name, None)
    more = f"{'&' if kept else ''}{to_add}=" if to_add else ""
    return f"?{kept.urlencode()}{more}"


def _content(request: PageRequest, shown: Trace) -> HttpResponse:
    filled = _pane(request, shown)
    if filled["span_id"] is None:
        filled = sections.context(request, shown) | filled
    return render(request, "feedback_app/traces/_io.html", filled)


def _more_spans(request: PageRequest, shown: Trace) -> HttpResponse:
    upto = _steps(request)
    more = spans.of(request.access, shown, after=max(upto - spans.PAGE, 0), upto=upto)
    filled = _pane(request, shown) | {"timeline": more, "is_more": True}
    return render(request, "feedback_app/traces/_span_rows.html", filled)


_PARTS = {"io": _content, "more-spans": _more_spans}
"""By the id of the element that is replaced."""


def _steps(request: PageRequest) -> int:
    """How many steps are asked for: whole pages, at least one."""
    asked = request.GET.get(pane.STEPS, "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
    pages = -(-min(number, spans.MOST) // spans.PAGE)
    return max(pages, 1) * spans.PAGE


def _side(request: PageRequest, name: str) -> dict[str, str]:
    """The view that the address asks for, and the addresses of both."""
    rendered, raw = request.GET.copy(), request.GET.copy()
    rendered.pop(name, None)
    raw[name] = "raw"
    return {
        "name": name,
        "view": request.GET.get(name, ""),
        "rendered_url": f"?{rendered.urlencode()}",
        "raw_url": f"?{raw.urlencode()}",
    }


def _seconds(shown: Trace) -> float | None:
    return None if shown.end_time is None else (shown.end_time - shown.start_time).total_seconds()
