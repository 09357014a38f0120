"""Saving, changing and deleting the views above the trace list."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from feedback_app.forms.saved_views import SavedViewForm
from feedback_app.http import PageRequest, signed_in
from feedback_app.models import SavedView
from feedback_app.services import saved_views
from feedback_app.trace_lists import saved
from feedback_app.trace_lists.asked import Asked
from traces_app.errors import Conflict, Forbidden, Invalid, NotFound
from traces_app.models import Project


@require_POST
@signed_in
def views(request: PageRequest) -> HttpResponse:
    """Keep the list that the address describes under a name."""
    try:
        asked, form = _asked(request), _form(request)
        view = saved_views.save(
            access=request.access,
            query=asked.definition,
            project_id=asked.project,
            **form.cleaned_data,
        )
    except (Invalid, Conflict) as refusal:
        return _refused(request, str(refusal))
    messages.success(request, f"“{view.name}” is saved.")
    return _to(saved.address(view))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def view(request: PageRequest, view_id: UUID) -> HttpResponse:
    """The view's list, or with a POST what is done to the view."""
    found = get_object_or_404(SavedView.objects.visible_to(request.access), pk=view_id)
    if request.method != "POST":
        return _to(saved.address(found))
    verb = _VERBS.get(request.POST.get("do", ""))
    if verb is None:
        return _refused(request, "Nothing was asked for.")
    try:
        return verb(request, found)
    except (Invalid, Conflict) as refusal:
        return _refused(request, str(refusal))


def _update(request: PageRequest, view: SavedView) -> HttpResponse:
    asked = _asked(request)
    made = saved_views.update(
        access=request.access, view_id=view.pk, query=asked.definition, project_id=asked.project
    )
    messages.success(request, f"“{made.name}” is saved.")
    return _to(saved.address(made))


def _edit(request: PageRequest, view: SavedView) -> HttpResponse:
    form = _form(request)
    saved_views.edit(access=request.access, view_id=view.pk, **form.cleaned_data)
    return _to(request.GET.urlencode())


def _delete(request: PageRequest, view: SavedView) -> HttpResponse:
    saved_views.delete(access=request.access, view_id=view.pk)
    messages.success(request, f"The view “{view.name}” is deleted.")
    return _to("all=1")


def _open_with(request: PageRequest, view: SavedView) -> HttpResponse:
    saved_views.open_with(access=request.access, view_id=view.pk)
    messages.success(request, f"Your list opens with “{view.name}” now.")
    return _to(request.GET.urlencode())


def _open_with_all(request: PageRequest, _: SavedView) -> HttpResponse:
    saved_views.open_with(access=request.access, view_id=None)
    messages.success(request, "Your list opens with all traces now.")
    return _to(request.GET.urlencode())


_VERBS: dict[str, Callable[[PageRequest, SavedView], HttpResponse]] = {
    "update": _update,
    "edit": _edit,
    "delete": _delete,
    "default": _open_with,
    "no-default": _open_with_all,
}


def _asked(request: PageRequest) -> Asked:
    """The list that the address describes. Raises Invalid, NotFound, Forbidden."""
    if request.access.sees_queues_only:
        raise Forbidden("Reviewers have no views.")
    asked = saved.read(request.GET.urlencode())
    if asked is None:
        raise Invalid("A list that cannot be read cannot be saved.")
    if asked.project and not Project.objects.visible_to(request.access).filter(pk=asked.project):
        raise NotFound("There is no such project.")
    return asked


def _form(request: HttpRequest) -> SavedViewForm:
    form = SavedViewForm(request.POST)
    if not form.is_valid():
        raise Invalid("Give the view a name of at most 255 characters.")
    return form


def _refused(request: PageRequest, why: str) -> HttpResponse:
    messages.error(request, why)
    return _to(request.GET.urlencode())


def _to(query: str) -> HttpResponse:
    return redirect(f"{reverse('traces')}?{query}" if query else reverse("traces"))
