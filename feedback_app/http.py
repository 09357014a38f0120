"""What a page's view is handed: who is asking, and in which workspace."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from feedback_app.models import User
from traces_app.access import Access
from traces_app.errors import Forbidden, NotFound
from traces_app.models import Face, Membership, Role
from traces_app.models.prepared import prepared

WORKSPACE_KEY = "workspace"
"""Where the session keeps the id of the workspace that is open."""

Rest = ParamSpec("Rest")
Answer = TypeVar("Answer", bound=HttpResponseBase)


class PageRequest(HttpRequest):
    """A request by somebody who is signed in and belongs to a workspace."""

    user: User
    htmx: HtmxDetails
    access: Access
    memberships: list[Membership]
    """The user's workspaces by name, with their ``workspace``."""


def signed_in(
    page: Callable[Concatenate[PageRequest, Rest], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]:
    """Only for people who are signed in; others go to the sign-in page and come back.

    Puts ``access`` and ``memberships`` on the request; the membership is looked up every time, so
    that a person who was removed is out at once. Without any workspace the answer is a 403 page
    that says so. A service's Forbidden becomes the 403 page, its NotFound the 404 page.
    """

    @wraps(page)
    def guarded(
        request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        asked = cast("PageRequest", request)
        asked.memberships = _memberships(asked.user.pk)
        if not asked.memberships:
            return private(render(request, "feedback_app/users/no_workspace.html", status=403))
        asked.access = _access(asked)
        response: HttpResponseBase
        try:
            response = page(asked, *args, **kwargs)
        except Forbidden as refusal:
            response = refused(asked, refusal)
        except NotFound as refusal:
            raise Http404(str(refusal)) from refusal
        return private(response)

    return guarded


def refused(request: HttpRequest, refusal: Forbidden) -> HttpResponse:
    """The 403 answer: a page, or for HTMX one sentence that the page shows as a message."""
    if request.headers.get("HX-Request"):
        return HttpResponse(str(refusal), status=403, content_type="text/plain; charset=utf-8")
    return render(request, "403.html", {"exception": str(refusal)}, status=403)


def private(response: Answer) -> Answer:
    """Keep ``response`` out of every cache: it shows what one person may see."""
    patch_cache_control(response, private=True, no_store=True)
    patch_vary_headers(response, ["Cookie"])
    return response


def came_from(request: HttpRequest) -> str:
    """The page of this site that ``next`` names, as a header takes it, else an empty string.

    It must begin with a slash: htmx reads a location that begins otherwise as a command in JSON.
    """
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return iri_to_uri(target) if safe and target.startswith("/") else ""


@prepared
def _memberships(user_id: UUID) -> QuerySet[Membership]:
    mine = Membership.objects.filter(user_id=user_id).select_related("workspace")
    return mine.order_by("workspace__name", "pk")


def _access(request: PageRequest) -> Access:
    wanted = request.session.get(WORKSPACE_KEY)
    chosen = next(
        (mine for mine in request.memberships if str(mine.workspace_id) == wanted),
        request.memberships[0],
    )
    return Access(
        user_id=request.user.pk,
        author_id=request.user.pk,
        workspace_id=chosen.workspace_id,
        workspace_name=chosen.workspace.name,
        role=Role(chosen.role),
        face=Face.PAGE,
    )


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    htmx = cast("PageRequest", request).htmx
    if htmx:
        # The part that was asked for is no page to come back to: the page around it is.
        back = redirect_to_login(htmx.current_url_abs_path or "/")
        return private(HttpResponseClientRedirect(back["Location"]))
    return private(redirect_to_login(request.get_full_path()))


def uuid_of(text: str) -> UUID | None:
    """An id as an address or a form names it; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
