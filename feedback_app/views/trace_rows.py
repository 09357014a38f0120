"""One row of the list of traces by itself, and scoring its trace by a key."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from feedback_app.forms.trace_lists import TraceListForm
from feedback_app.forms.verdicts import VerdictForm
from feedback_app.http import PageRequest, signed_in
from feedback_app.trace_lists import columns, peeks, rows
from feedback_app.trace_lists.asked import Asked
from feedback_app.trace_lists.columns import Column
from feedback_app.trace_lists.orders import Position
from feedback_app.trace_page import sections
from feedback_app.views.trace_lists import places
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import VERDICT, Trace
from traces_app.services import score_returns, scores
from traces_app.services.score_returns import Earlier
from traces_app.services.scores import Said

UNDO = "undo"
"""Field of the form: what the score was, signed, so that nobody makes up an older one."""
SCORED = "scored"
"""The event by which the page hears how a score can be taken back."""
_SALT = "trace-row"
GONE = "There is no such trace, or you may not see it."


@dataclass(frozen=True)
class Here:
    """The list that the row is of."""

    asked: Asked
    columns: list[Column]
    names: dict[UUID, str]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def row(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The row as the list of the address's query shows it; a POST scores its trace before that,
    or takes that score back."""
    if request.access.sees_queues_only:
        raise NotFound("There is no such page.")
    trace = sections.visible(request.access, trace_id)
    here = _here(request, trace)
    if here is None:
        return HttpResponse(status=422)
    if request.method != "POST":
        return _shown(request, trace.pk, here)
    try:
        said = _take_back(request, trace) if UNDO in request.POST else _give(request, trace)
    except (Invalid, Conflict) as refusal:
        status = 400 if isinstance(refusal, Invalid) else 409
        plain = "text/plain; charset=utf-8"
        return HttpResponse(str(refusal), status=status, content_type=plain)
    if not request.htmx:
        query = here.asked.query()
        return redirect(f"{reverse('traces')}?{query}" if query else reverse("traces"))
    return _told(request, trace.pk, here, said)


def _here(request: PageRequest, trace: Trace) -> Here | None:
    """None for a query that cannot be read. Raises NotFound for a trace of another project."""
    project, everywhere, inside = places(request)
    names = {each.pk: each.name for each in inside}
    if trace.project_id not in names:
        raise NotFound(GONE)
    form = TraceListForm(request.GET)
    if not form.is_valid():
        return None
    asked = form.asked()
    has_projects = project is None and len(everywhere) > 1
    return Here(asked, columns.read(asked.columns, has_projects=has_projects), names)


def _give(request: PageRequest, trace: Trace) -> dict[str, Any]:
    form = VerdictForm(request.POST)
    score = form.cleaned_data["score"] if form.is_valid() else None
    if score is None:
        raise Invalid("Give a number from 0 to 1.")
    said = Said(trace.pk, VERDICT, score, scores.source_of(request.access.face))
    earlier = score_returns.record(access=request.access, said=[said])[trace.pk]
    return {"score": score, "undo": signing.dumps([str(trace.pk), earlier.payload()], salt=_SALT)}


def _take_back(request: PageRequest, trace: Trace) -> dict[str, Any]:
    try:
        pk, kept = signing.loads(request.POST[UNDO], salt=_SALT)
    except signing.BadSignature as error:
        raise Invalid("This cannot be taken back.") from error
    if pk != str(trace.pk):
        raise Invalid("This cannot be taken back.")
    earlier = Earlier.read(kept)
    access = request.access
    if not score_returns.put_back(access=access, name=VERDICT, earlier={trace.pk: earlier}):
        raise Conflict("It was scored anew or removed since: left as it is.")
    return {"is_undone": True, "score": earlier.value if earlier.said_at else None}


def _told(request: PageRequest, trace_id: UUID, here: Here, said: dict[str, Any]) -> HttpResponse:
    """The row anew, what was done in words, and of an open panel what it shows of scores.
    What follows a row is read as part of its table, except in a template."""
    response = _shown(request, trace_id, here, said)
    if "parts" in request.GET:
        fresh = sections.visible(request.access, trace_id)
        filled = sections.context(request, fresh) | {"kept": peeks.PARTS, "next_url": ""}
        anew = sections.beside(request, ("verdict", "scores"), filled)
        response.write(f"<template>{anew}</template>")
    undo = said.get("undo")
    return trigger_client_event(response, SCORED, {"undo": undo}) if undo else response


def _shown(
    request: PageRequest, trace_id: UUID, here: Here, said: dict[str, Any] | None = None
) -> HttpResponse:
    found = rows.fetch(
        access=request.access,
        positions=[Position(trace_id)],
        names=here.names,
        columns=here.columns,
    )
    if not found:
        raise NotFound(GONE)
    shown = {
        "row": found[0],
        "query": here.asked.query(),
        "said": said,
        "offers": request.access.may_write,
    }
    return render(request, "feedback_app/trace_lists/_row_alone.html", shown)
