"""The list of traces: found, filtered, sorted and paged by its address."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh, push_url

from feedback_app import snippets
from feedback_app.forms.mistakes import focus_first
from feedback_app.forms.trace_lists import TraceListForm
from feedback_app.http import PageRequest, signed_in
from feedback_app.queue_page import filling
from feedback_app.trace_lists import chips, pages
from feedback_app.trace_lists.asked import Asked
from traces_app.errors import Forbidden, NotFound
from traces_app.models import DEFAULT_PROJECT, Project

KEYS = (
    ("j", "next row"),
    ("k", "previous row"),
    ("Enter", "open the trace"),
    ("x", "pick the row"),
    ("/", "find text"),
    ("Esc", "leave the text field"),
    ("?", "this sheet"),
)


WAITING = "waiting"
"""The element of an empty list that asks whether the first trace has come."""


@require_safe
@vary_on_headers("HX-Request")
@signed_in
def traces(request: PageRequest) -> HttpResponse:
    """The whole page, or for HTMX the part below its head."""
    if request.access.sees_queues_only:
        raise Forbidden("Reviewers see the traces that are given to them, under My work.")
    everywhere = list(
        Project.objects.visible_to(request.access)
        .only("pk", "name", "trace_count")
        .order_by("name_key", "pk")
    )
    project = _project(everywhere, request.GET.get("project", ""))
    inside = everywhere if project is None else [project]
    form = TraceListForm(request.GET)
    shown: dict[str, Any] = {"project": project, "form": form, "keys": KEYS}
    if not form.is_valid():
        focus_first(form)
        return _answer(request, shown | {"asked": Asked()}, status=422)
    asked = form.asked()
    if request.htmx.trigger == WAITING and any(each.trace_count for each in inside):
        return HttpResponseClientRefresh()
    if not any(each.trace_count for each in inside):
        return _empty(request, shown)
    shown |= {
        "asked": asked,
        "page": pages.page(access=request.access, asked=asked, projects=inside),
        "chips": chips.of(asked),
        "has_projects": project is None and len(everywhere) > 1,
        "query": asked.query(),
        "cleared": Asked(project=asked.project, sort=asked.sort).query(),
        "targets": filling.targets(request.access, [each.pk for each in inside]),
        "token": uuid4(),
    }
    return _answer(request, shown)


def _project(everywhere: list[Project], wanted: str) -> Project | None:
    if not wanted:
        return None
    found = next((each for each in everywhere if str(each.pk) == wanted.lower()), None)
    if found is None:
        raise NotFound("There is no such project.")
    return found


def _answer(request: PageRequest, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    whole = "feedback_app/trace_lists/list.html"
    part = "feedback_app/trace_lists/_list.html"
    response = render(request, part if request.htmx else whole, shown, status=status)
    if request.htmx and status == 200:
        push_url(response, f"{request.path}?{shown['query']}" if shown["query"] else request.path)
    return response


def _empty(request: PageRequest, shown: dict[str, Any]) -> HttpResponse:
    """No trace was ever sent: what will be here, and how to send the first."""
    if request.htmx:
        return HttpResponse(status=204)
    project = shown["project"]
    filled = snippets.all_of(
        key=snippets.PLACEHOLDER,
        project=project.name if project else DEFAULT_PROJECT,
        project_id=str(project.pk) if project else "",
    )
    chosen = next((each for each in filled if each.name == request.GET.get("client")), filled[0])
    shown |= {"snippets": filled, "chosen": chosen}
    return render(request, "feedback_app/trace_lists/empty.html", shown)
