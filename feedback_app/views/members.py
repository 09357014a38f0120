"""The members page: who belongs to the workspace, and as what."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from feedback_app.forms.members import MemberForm
from feedback_app.forms.mistakes import focus_first
from feedback_app.http import PageRequest, signed_in
from feedback_app.services import members
from traces_app.errors import Conflict, Forbidden, Invalid
from traces_app.models import Membership, Role

MEANINGS = (
    (Role.OWNER, "everything, members and all keys too"),
    (Role.MEMBER, "sends, judges and edits traces; datasets"),
    (Role.REVIEWER, "judges what waits in own queues, sees nothing else"),
    (Role.VIEWER, "reads"),
)


@require_http_methods(["GET", "POST"])
@signed_in
@sensitive_variables("added")
def list_or_add(request: PageRequest) -> HttpResponse:
    """The members; a POST adds one and answers with the password that a new account got, once."""
    _must_have_settings(request)
    if request.method != "POST":
        return _answer(request, {})
    request.access.must_administer()
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            added = members.add(access=request.access, **form.cleaned_data)
        except (Conflict, Invalid) as refusal:
            form.add_error("email", str(refusal))
        else:
            return _answer(request, {"added": added})
    focus_first(form)
    return _answer(request, {"form": form}, status=422)


@require_POST
@signed_in
def set_role(request: PageRequest, membership_id: UUID) -> HttpResponse:
    _must_have_settings(request)
    role = request.POST.get("role", "")
    try:
        changed = members.set_role(access=request.access, membership_id=membership_id, role=role)
    except (Conflict, Invalid) as refusal:
        return _refused(request, membership_id, str(refusal))
    messages.success(request, f"{changed.user} is {Role(changed.role).label.lower()} now.")
    steps_down = changed.user_id == request.user.pk and changed.role != Role.OWNER
    return _changed(request, has_left=steps_down)


@require_POST
@signed_in
def remove(request: PageRequest, membership_id: UUID) -> HttpResponse:
    _must_have_settings(request)
    try:
        gone = members.remove(access=request.access, membership_id=membership_id)
    except Conflict as refusal:
        return _refused(request, membership_id, str(refusal))
    messages.success(request, f"{gone} is no longer a member. What they wrote stays.")
    return _changed(request, has_left=gone.pk == request.user.pk)


def _must_have_settings(request: PageRequest) -> None:
    if request.access.sees_queues_only:
        raise Forbidden("Reviewers have no settings of the workspace.")


def _changed(request: PageRequest, *, has_left: bool) -> HttpResponse:
    """The list anew; who is no owner any more begins anew with what the role allows."""
    if not request.htmx:
        return redirect("home" if has_left else "members")
    return HttpResponseClientRedirect(reverse("home")) if has_left else _answer(request, {})


def _refused(request: PageRequest, membership_id: UUID, words: str) -> HttpResponse:
    refused = {"pk": membership_id, "words": words}
    return _answer(request, {"refused": refused}, status=422)


def _answer(request: PageRequest, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    shown = {"form": MemberForm(), "roles": Role.choices, "meanings": MEANINGS} | shown
    shown["members"] = (
        Membership.objects.filter(workspace_id=request.access.workspace_id)
        .select_related("user")
        .order_by("created_at", "pk")
    )
    part = "_list.html" if request.htmx else "list.html"
    return render(request, f"feedback_app/members/{part}", shown, status=status)
