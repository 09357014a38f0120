"""The API keys page: made, shown once, revoked."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from feedback_app import snippets
from feedback_app.forms.api_keys import ApiKeyForm
from feedback_app.forms.mistakes import focus_first
from feedback_app.http import PageRequest, signed_in
from feedback_app.models import ApiKey
from feedback_app.services import api_keys
from traces_app.errors import Forbidden, Invalid


@require_http_methods(["GET", "POST"])
@signed_in
@sensitive_variables("secret")
def keys(request: PageRequest) -> HttpResponse:
    """The list; a POST makes a key and answers with its secret, which no later request can."""
    _must_have_settings(request)
    if request.method != "POST":
        return _answer(request, {"form": ApiKeyForm()})
    form = ApiKeyForm(request.POST)
    if form.is_valid():
        try:
            key, secret = api_keys.create_own(access=request.access, **form.cleaned_data)
        except Invalid as refusal:
            # The name was checked by the form: what is left to refuse is the account.
            form.add_error("write_as", str(refusal))
        else:
            new = {"key": key, "secret": secret, "snippets": _snippets(request, secret)}
            return _answer(request, {"form": ApiKeyForm(), "new": new})
    focus_first(form)
    return _answer(request, {"form": form}, status=422)


@require_POST
@signed_in
def revoke(request: PageRequest, key_id: UUID) -> HttpResponse:
    _must_have_settings(request)
    key = api_keys.revoke(access=request.access, key_id=key_id)
    messages.success(request, f"“{key.name}” is revoked. Programs that use it are refused now.")
    if request.htmx:
        return _answer(request, {"form": ApiKeyForm()})
    return redirect("api-keys")


def _must_have_settings(request: PageRequest) -> None:
    if request.access.sees_queues_only:
        raise Forbidden("Reviewers have no settings of the workspace.")


def _snippets(request: PageRequest, secret: str) -> list[snippets.Snippet]:
    if request.access.may_write:
        return snippets.for_writing(secret)
    return snippets.for_reading(secret)


def _answer(request: PageRequest, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    shown["keys"] = (
        ApiKey.objects.visible_to(request.access)
        .select_related("user", "author")
        .order_by(F("revoked_at").desc(nulls_first=True), "-pk")
    )
    part = "_list.html" if request.htmx else "list.html"
    return render(request, f"feedback_app/api_keys/{part}", shown, status=status)
