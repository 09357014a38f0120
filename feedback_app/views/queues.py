"""The queues of a workspace: listed, set up, deleted."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from feedback_app.forms import question_rows
from feedback_app.forms.mistakes import focus_first
from feedback_app.forms.questions import Type
from feedback_app.forms.queues import MOST_REVIEWS, NewQueueForm, QueueForm, initial
from feedback_app.http import PageRequest, signed_in
from feedback_app.queue_page import setup, shelf
from feedback_app.queue_page.setup import Draft
from feedback_app.services import queue_setups
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import VERDICT, AnnotationQueue, Project
from traces_app.services import queues
from traces_app.services.scores import MAX_FEEDBACK

SAVE = "save"


@require_safe
@signed_in
def shelved(request: PageRequest) -> HttpResponse:
    """The list of queues."""
    must_see(request.access)
    everywhere = projects_of(request.access)
    inside = chosen(everywhere, request.GET.get("project", ""))
    wanted = everywhere if inside is None else [inside]
    shown = {
        "project": inside,
        "shelves": shelf.of(access=request.access, projects=[each.pk for each in wanted]),
        "has_projects": inside is None and len(everywhere) > 1,
        "is_bare": not everywhere,
    }
    return render(request, "feedback_app/queues/list.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: PageRequest) -> HttpResponse:
    """A queue to be made; a POST keeps adding to the form until it says to save."""
    must_see(request.access)
    request.access.must_write()
    everywhere, known = projects_of(request.access), setup.definitions(request.access)
    inside = chosen(everywhere, request.GET.get("project", ""))
    people = setup.people(request.access)
    if request.method != "POST":
        begun = {"project": inside and inside.pk, "scope": request.GET.get("scope", "trace")}
        form = NewQueueForm(projects=everywhere, people=people, initial=begun)
        rows: list[question_rows.Row] = [
            {"name": VERDICT, "type": Type.NUMERICAL, "is_required": "on"}
        ]
        return show(request, setup.draft(form, rows, known, is_checked=False), None)
    form = NewQueueForm(request.POST, projects=everywhere, people=people)
    draft, is_good = _sent(request.POST, form, known)
    if not is_good:
        return show(request, draft, None)
    home = next(
        each.pk for each in everywhere if str(each.pk) == draft.form.cleaned_data["project"]
    )
    try:
        made = queue_setups.create(
            access=request.access,
            project_id=home,
            scope=draft.form.cleaned_data["scope"],
            setup=draft.setup(),
        )
    except (Conflict, Invalid) as refusal:
        draft.mistake = str(refusal)
        return show(request, draft, None)
    messages.success(request, f"“{made}” is made. Add items to it now.")
    return go(request, reverse("queue", args=[made.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: PageRequest, queue_id: UUID) -> HttpResponse:
    """How a queue is set up; a POST as for a new one."""
    queue = find(request.access, queue_id)
    request.access.must_write()
    if queue.takes_pairs:
        return redirect("queue-pair-setup", queue.pk)
    known = setup.definitions(request.access)
    given: dict[str, Any] = {
        "people": setup.people(request.access),
        "most_reviews": max(MOST_REVIEWS, queue.annotators_per_item),
    }
    if request.method != "POST":
        form = QueueForm(initial=initial(queue, setup.reviewers(queue)), **given)
        rows = question_rows.stored(setup.asked(queue), known)
        return show(request, setup.draft(form, rows, known, is_checked=False), queue)
    draft, is_good = _sent(request.POST, QueueForm(request.POST, **given), known)
    if not is_good:
        return show(request, draft, queue)
    try:
        queue_setups.edit(access=request.access, queue_id=queue_id, setup=draft.setup())
    except (Conflict, Invalid) as refusal:
        draft.mistake = str(refusal)
        return show(request, draft, queue)
    messages.success(request, "Saved.")
    return go(request, reverse("queue", args=[queue_id]))


@require_POST
@signed_in
def delete(request: PageRequest, queue_id: UUID) -> HttpResponse:
    """Delete the queue for good; scores and comments stay."""
    queue = find(request.access, queue_id)
    queues.delete(access=request.access, ids=[queue_id])
    messages.success(request, f"“{queue}” is deleted. What was scored in it stays.")
    return go(request, reverse("queues"))


@require_POST
@signed_in
def preview(request: PageRequest) -> HttpResponse:
    """Instructions as reviewers will read them."""
    must_see(request.access)
    shown = setup.preview(request.POST.get("instructions", ""))
    return render(request, "feedback_app/queues/_preview.html", {"preview": shown})


def must_see(access: Access) -> None:
    """Reviewers judge; queues as such are not theirs to see. Raises NotFound."""
    if access.sees_queues_only:
        raise NotFound("There is no such page.")


def find(access: Access, queue_id: UUID) -> AnnotationQueue:
    """A queue whose board the caller may see. Raises NotFound."""
    must_see(access)
    return queues.find(access=access, queue_id=queue_id)


def _sent(data: QueryDict, form: QueueForm, known: Any) -> tuple[Draft, bool]:
    """What was sent, and whether it is to be saved and can be."""
    rows, do = question_rows.sent(data), data.get("do", SAVE)
    if do != SAVE:
        before = len(rows)
        question_rows.changed(rows, do, data.get("add", ""), known)
        form = type(form)(**as_it_was(form))
        draft = setup.draft(form, rows, known, is_checked=False)
        if len(rows) > before:
            question_rows.take_up(draft.questions[-1])
        return draft, False
    draft = setup.draft(form, rows, known, is_checked=True)
    return draft, draft.is_good


def as_it_was(form: QueueForm) -> dict[str, Any]:
    """What makes a form anew that shows what was sent, without its mistakes."""
    given: dict[str, Any] = {
        "initial": {bound.name: bound.value() for bound in form},
        "people": form.fields["reviewers"].choices,  # type: ignore[attr-defined]
        "most_reviews": form.most_reviews,
    }
    if isinstance(form, NewQueueForm):
        given["projects"] = form.projects
    return given


def show(
    request: PageRequest, draft: Draft, queue: AnnotationQueue | None, address: str = ""
) -> HttpResponse:
    """The form, with its mistakes if it was sent; for HTMX alone."""
    is_wrong = bool(draft.mistake) or draft.form.is_bound
    if is_wrong:
        for form in (draft.form, *draft.questions):
            if form.errors:
                focus_first(form)
                break
    own = reverse("queue-setup", args=[queue.pk]) if queue else reverse("queue-new")
    shown = {
        "draft": draft,
        "queue": queue,
        "project": queue.project if queue else None,
        "address": address or own,
        "is_full": len(draft.questions) >= question_rows.MOST,
        "most_feedback": MAX_FEEDBACK,
    }
    part = "_setup.html" if request.htmx else "setup.html"
    status = 422 if is_wrong else 200
    return render(request, f"feedback_app/queues/{part}", shown, status=status)


def projects_of(access: Access) -> list[Project]:
    """Those that a queue can be made in, by name."""
    visible = Project.objects.visible_to(access).only("pk", "name")
    return list(visible.order_by("name_key", "pk"))


def chosen(projects: list[Project], wanted: str) -> Project | None:
    """The one whose id an address names, None where it names none. Raises NotFound."""
    if not wanted:
        return None
    found = next((each for each in projects if str(each.pk) == wanted.lower()), None)
    if found is None:
        raise NotFound("There is no such project.")
    return found


def go(request: PageRequest, url: str) -> HttpResponse:
    """On to another page, from a form that HTMX or the browser sent."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
