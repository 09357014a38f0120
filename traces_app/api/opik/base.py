"""What every view of Opik's dialect stands on."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import msgspec
from django.http import HttpResponse
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from traces_app.access import Access
from traces_app.api import bodies
from traces_app.api.opik import errors
from traces_app.errors import Forbidden
from traces_app.models import Face

T = TypeVar("T")
NOT_ALLOWED = "Workspace not found or not allowed"


class OpikView(APIView):
    """A view whose caller is ``self.access`` and whose errors have Opik's form.

    The key decides the workspace; the SDK always sends ``default`` (architecture §2).
    """

    face = Face.OPIK
    access: Access

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.access = cast("Access", request.auth)
        named = request.headers.get("Comet-Workspace", "").strip().casefold()
        if named not in ("", "default", self.access.workspace_name.casefold()):
            raise Forbidden(NOT_ALLOWED)

    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[BaseRenderer, str]:
        """What is asked for makes no difference: each address answers in one form, as Opik's."""
        renderer = self.get_renderers()[0]
        return renderer, str(renderer.media_type)

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return errors.handler

    def body(self, decoder: "msgspec.json.Decoder[T]") -> T:
        """The request's body, decoded. Raises Malformed: 400 in this dialect's form."""
        return bodies.decode(self.request, decoder)


def json(body: Any, status: int = 200) -> HttpResponse:
    """``body`` printed by msgspec; stored JSON in it passes through as ``msgspec.Raw``."""
    return HttpResponse(msgspec.json.encode(body), "application/json", status)


def empty(status: int = 204, location: str | None = None) -> HttpResponse:
    response = HttpResponse(status=status)
    del response["Content-Type"]
    if location is not None:
        response["Location"] = location
    return response
