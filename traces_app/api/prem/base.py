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


def json(body: Any) -> HttpResponse:
    """``body`` printed by msgspec, with 200."""
    return HttpResponse(msgspec.json.encode(body), "application/json")


def address(route: str, view: type[PremView]) -> list[URLPattern]:
    """``route`` with and without a slash at its end, as clients of every age send it.

    There is no redirect between the two, and the API schema shows the one without.
    """
    return [path(route, view.as_view()), path(f"{route}/", view.as_view(schema=None))]
