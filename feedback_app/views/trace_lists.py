"""The list of traces: found, filtered, sorted and paged by its address."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh, push_url

from feedback_app import snippets
from feedback_app.forms.mistakes import focus_first
from feedback_app.forms.trace_lists import TraceListForm
from feedback_app.http import PageRequest, signed_in
from feedback_app.services import list_exports
from feedback_app.trace_lists import chips, chooser, columns, drafts, offers, pages, peeks, saved
from feedback_app.trace_lists.asked import AS_TEXT, Asked
from traces_app.errors import Forbidden, NotFound
from traces_app.models import DEFAULT_PROJECT, Project

_KEYS = (
    ("j", "next row"),
    ("k", "previous row"),
    ("Enter", "open the trace"),
    ("Space", "look at it in a panel over the list; j and k take it along, Esc closes"),
)
_JUDGING = (
    ("1 … 9, 0", "score the trace of the row in tenths, 0 for 1"),
    ("p x", "score it good (1) or bad (0)"),
    ("u", "take back the last score that a key gave here"),
)
_PICKING = (
    ("s", "pick the row"),
    ("q d t v", "put the picked rows into a queue or a dataset, tag them, score them"),
    ("c", "have the picked rows compared, in a queue of pairs"),
)
_MORE = (
    ("n", "show what has arrived since, once the list says so"),
    ("/", "find text"),
    ("Esc", "leave the text field; pick nothing"),
    ("?", "this sheet"),
)


DRAFTED = ("edit", "beside", "field", "choose")
"""What an address says of a filter that is not complete yet."""
WAITING = "waiting"
"""The element of an empty list that asks whether the first trace has come."""


@require_safe
@vary_on_headers("HX-Request")
@signed_in
def traces(request: PageRequest) -> HttpResponse:
    """The whole page, or for HTMX the part below its head."""
    project, everywhere, inside = places(request)
    opened = "" if request.GET or request.htmx else saved.default(request.access)
    if opened:
        return redirect(_address(request, opened))
    form = TraceListForm(request.GET)
    shown: dict[str, Any] = {"project": project, "form": form, "keys": _keys(request)}
    if not form.is_valid():
        focus_first(form)
        mode = AS_TEXT if form.data.get("mode") == AS_TEXT else ""
        views = saved.of(request.access, Asked(), form.cleaned_data.get("view"))
        return _answer(request, shown | {"asked": Asked(mode=mode), "saved": views}, status=422)
    if request.htmx.trigger == WAITING and any(each.trace_count for each in inside):
        return HttpResponseClientRefresh()
    if not any(each.trace_count for each in inside):
        return _empty(request, shown)
    asked = form.asked()
    draft = drafts.read(request.GET, asked)
    if draft.result or form.is_typed:
        asked = draft.result or asked
        if not request.htmx:
            return redirect(_address(request, asked.query()))
        draft = drafts.read(QueryDict(), asked)
    shown |= {"draft": draft, "has_projects": project is None and len(everywhere) > 1}
    shown |= _listed(request, asked, shown, inside)
    if (peeked := peeks.wanted(request)) is not None:
        shown["peek"] = peeks.panel(request, peeked)
    return _answer(request, shown, status=422 if draft.form.errors else 200)


def _listed(
    request: PageRequest, asked: Asked, shown: dict[str, Any], inside: list[Project]
) -> dict[str, Any]:
    """The rows, and all that stands over and under them."""
    access, ids = request.access, [each.pk for each in inside]
    chosen = columns.read(asked.columns, has_projects=shown["has_projects"])
    is_choosing = request.GET.get("choose") == chooser.CHOOSE
    return {
        "asked": asked,
        "columns": chosen,
        "choose": asked.query(choose=chooser.CHOOSE),
        "chooser": chooser.of(access, asked, chosen, ids) if is_choosing else None,
        "offered": drafts.offered(access, shown["draft"].form, ids),
        "page": pages.page(access=access, asked=asked, projects=inside, columns=chosen),
        "chips": chips.of(asked),
        "query": asked.query(),
        "as_chips": asked.query(mode=""),
        "as_text": asked.query(mode=AS_TEXT),
        "cleared": asked.cleared.query(),
        "saved": saved.of(access, asked, asked.view),
        "offers": offers.of(access, ids),
        "token": uuid4(),
        "forms": list_exports.forms(),
    }


def places(request: PageRequest) -> tuple[Project | None, list[Project], list[Project]]:
    """The project that the address names, all that the caller sees, and those the list is about.

    Raises Forbidden for reviewers, NotFound.
    """
    if request.access.sees_queues_only:
        raise Forbidden("Reviewers see the traces that are given to them, under My work.")
    everywhere = list(
        Project.objects.visible_to(request.access)
        .only("pk", "name", "trace_count")
        .order_by("name_key", "pk")
    )
    project = _project(everywhere, request.GET.get("project", ""))
    return project, everywhere, everywhere if project is None else [project]


def _project(everywhere: list[Project], wanted: str) -> Project | None:
    if not wanted:
        return None
    found = next((each for each in everywhere if str(each.pk) == wanted.lower()), None)
    if found is None:
        raise NotFound("There is no such project.")
    return found


def _keys(request: PageRequest) -> tuple[tuple[str, str], ...]:
    """Those that do something for the caller."""
    judging = _JUDGING if request.access.may_judge else ()
    picking = _PICKING if request.access.may_write else ()
    return (*_KEYS, *judging, *picking, *_MORE)


def _answer(request: PageRequest, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    whole = "feedback_app/trace_lists/list.html"
    part = "feedback_app/trace_lists/_list.html"
    response = render(request, part if request.htmx else whole, shown, status=status)
    is_one_row = (request.htmx.target or "").startswith("trace-")
    if request.htmx and status == 200 and not is_one_row:
        draft = {name: request.GET.get(name, "") for name in DRAFTED}
        is_open = shown["draft"].is_open or shown["chooser"] is not None
        query = shown["asked"].query(**draft) if is_open else shown["query"]
        push_url(response, _address(request, query))
    return response


def _address(request: PageRequest, query: str) -> str:
    return f"{request.path}?{query}" if query else request.path


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
