"""The page of one trace: what the model did, and what was said about it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from feedback_app.http import PageRequest, came_from, signed_in
from feedback_app.reading.content import read
from feedback_app.reading.preview import preview
from feedback_app.trace_lists.neighbours import neighbours
from feedback_app.trace_page import attachments, sections, spans
from traces_app import normal_form
from traces_app.models import Trace

KEYS = (
    ("1 … 9", "score 0.1 to 0.9"),
    ("0", "score 1"),
    ("p", "good: score 1"),
    ("x", "bad: score 0"),
    ("e", "write feedback"),
    ("n", "write a comment"),
    ("c", "correct the output"),
    ("d", "add to the dataset"),
    ("Ctrl Enter", "save"),
    ("Ctrl Shift Enter", "save, then the next trace"),
    ("/", "find in this trace"),
    ("j →", "next trace of the list"),
    ("k ←", "previous trace"),
    ("Esc", "leave a text"),
    ("?", "this sheet"),
)


@require_safe
@signed_in
def trace(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Input and output side by side, spans above, judgement beside."""
    shown = sections.visible(request.access, trace_id)
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
    return {
        "neighbours": beside,
        "next_url": came_from(request) or beside.older_url,
        "title": shown.name or preview(shown.input, 80) or f"Trace {shown.pk}",
        "project": shown.project,
        "input": read(shown.input),
        "output": read(shown.output),
        "metadata": read(shown.metadata),
        "error": _error(shown),
        "tags": normal_form.load(shown.tags) if shown.tags else [],
        "files": attachments.of(request.access, shown),
        "timeline": spans.of(request.access, shown),
        "duration": _seconds(shown),
        "is_running": shown.end_time is None and shown.output is None,
        "sides": [_side(request, name) for name in ("input", "output")],
        "keys": KEYS,
    }


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


def _error(shown: Trace) -> dict[str, str]:
    error = normal_form.load(shown.error_info) if shown.error_info else {}
    return error if isinstance(error, dict) else {"message": str(error)}


def _seconds(shown: Trace) -> float | None:
    return None if shown.end_time is None else (shown.end_time - shown.start_time).total_seconds()
