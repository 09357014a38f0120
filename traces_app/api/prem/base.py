"""What every view of Prem's dialect stands on."""

from collections.abc import Callable
from typing import Any, cast

import msgspec
from django.http import HttpResponse
from django.urls import URLPattern, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from traces_app.access import Access
from traces_app.api import bodies
from traces_app.api.prem import errors
from traces_app.models import Face

ANY = msgspec.json.Decoder(Any)


class PremView(APIView):
    """A view whose caller is ``self.access`` and whose errors have Prem's form."""

    face = Face.PREM
    access: Access

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.access = cast("Access", request.auth)

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return errors.handler

    def body(self) -> Any:
        """The request's JSON. Raises Malformed: 400."""
        return bodies.decode(self.request, ANY)

    def optional_body(self) -> Any:
        """The request's JSON, None when nothing was sent. Raises Malformed: 400."""
        headers = self.request.headers
        sent = headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in headers
        return self.body() if sent else None


def json(body: Any) -> HttpResponse:
    """``body`` printed by msgspec, with 200."""
    return HttpResponse(msgspec.json.encode(body), "application/json")


def address(route: str, view: type[PremView], *others: str) -> list[URLPattern]:
    """``route`` and its other spellings, each with and without a slash at its end.

    Nothing is redirected, since that breaks a POST; the API schema shows ``route`` alone.
    """
    spellings = [f"{route}/", *others, *(f"{other}/" for other in others)]
    quiet = [path(spelling, view.as_view(schema=None)) for spelling in spellings]
    return [path(route, view.as_view()), *quiet]
