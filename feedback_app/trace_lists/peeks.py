"""The panel over the right of the list: one of its traces to be read, scored and commented on."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from feedback_app.http import PageRequest
from feedback_app.reading.preview import preview
from feedback_app.trace_page import pane, sections
from traces_app.errors import NotFound

PEEK = "peek"
"""The parameter of the list's address that names the trace."""
PARTS = "?parts=verdict-scores-comments"
"""Which sections the forms of the panel redraw."""


def wanted(request: PageRequest) -> UUID | None:
    """The trace that the list's address names. Raises NotFound for what names none."""
    asked = request.GET.get(PEEK, "")
    if not asked:
        return None
    try:
        return UUID(asked)
    except ValueError as error:
        raise NotFound("There is no such trace, or you may not see it.") from error


def panel(request: PageRequest, trace_id: UUID) -> SafeString:
    """The panel's HTML; its forms lead back into it. Raises NotFound."""
    return render_to_string(
        "feedback_app/trace_lists/_peek.html", _context(request, trace_id), request
    )


def address(query: str, trace_id: UUID) -> str:
    """The list's own address with the panel open."""
    more = urlencode({PEEK: str(trace_id)})
    return f"{reverse('traces')}?{query}&{more}" if query else f"{reverse('traces')}?{more}"


def _context(request: PageRequest, trace_id: UUID) -> dict[str, Any]:
    trace = sections.visible(request.access, trace_id)
    rest = request.GET.copy()
    rest.pop(PEEK, None)
    query = rest.urlencode()
    return sections.context(request, trace) | {
        "kept": PARTS,
        "next_url": "",
        "pane": pane.of(request.access, trace, rest),
        "title": trace.name or preview(trace.input, 80) or f"Trace {trace.pk}",
        "query": query,
        "closed_url": f"{reverse('traces')}?{query}" if query else reverse("traces"),
    }
