"""Signing in and out, the password, and what a person sets about the pages."""

from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.csrf import csrf_failure
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from feedback_app.forms.users import AppearanceForm, SignInForm
from feedback_app.http import WORKSPACE_KEY, PageRequest, came_from, private, signed_in
from feedback_app.services import users
from traces_app.errors import NotFound

STALE = (
    "You have signed in again since this page was loaded. Nothing was changed: reload the page, "
    "and do it once more."
)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for e-mail and password, then go on to the page that was wanted."""
    target = came_from(request)
    if request.user.is_authenticated:
        return private(redirect(target or "home"))
    form = SignInForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        login(request, form.get_user())
        return private(redirect(target or "home"))
    context = {"form": form, "next": target}
    status = 422 if form.is_bound else 200
    return private(render(request, "feedback_app/users/sign_in.html", context, status=status))


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is not the session's: a page, or one sentence for HTMX."""
    if "HX-Request" not in request.headers:
        return csrf_failure(request, reason)
    return HttpResponse(STALE, status=403, content_type="text/plain; charset=utf-8")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return private(redirect("signed-out"))


@require_http_methods(["GET"])
def signed_out(request: HttpRequest) -> HttpResponse:
    return private(render(request, "feedback_app/users/signed_out.html"))


@sensitive_post_parameters("old_password", "new_password1", "new_password2")
@require_http_methods(["GET", "POST"])
@signed_in
def change_password(request: PageRequest) -> HttpResponse:
    """Set a new password; other browsers of this person are signed out by it."""
    form = PasswordChangeForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        form.save()
        update_session_auth_hash(request, request.user)
        messages.success(request, "Your password is changed. Other browsers are signed out.")
        return redirect("home")
    status = 422 if form.is_bound else 200
    context = {"form": form}
    return render(request, "feedback_app/users/change_password.html", context, status=status)


@require_POST
@signed_in
def theme(request: PageRequest) -> HttpResponse:
    """Remember light or dark, and the typeface of judged text."""
    form = AppearanceForm(request.POST)
    if not form.is_valid():
        return HttpResponse("There is no such choice.", status=422, content_type="text/plain")
    users.set_appearance(user=request.user, **form.cleaned_data)
    if request.htmx:
        return HttpResponse(status=204)
    return redirect(came_from(request) or "home")


@require_POST
@signed_in
def workspace_switch(request: PageRequest) -> HttpResponse:
    """Open another of the user's workspaces in this session."""
    wanted = request.POST.get("workspace", "")
    if wanted not in {str(mine.workspace_id) for mine in request.memberships}:
        raise NotFound("There is no such workspace.")
    request.session[WORKSPACE_KEY] = wanted
    return redirect("home")
