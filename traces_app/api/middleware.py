"""Errors that happen before or beside a view, in the form of the dialect of the address."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from traces_app.api.opik import errors as opik
from traces_app.api.prem import errors as prem

OPIK_PREFIXES = ("/v1/private/", "/api/v1/private/", "/is-alive/", "/api/is-alive/", "/api/rest/")
PREM_PREFIX = "/api/v1/"


class DialectErrors:
    """Turns error pages under an API's prefix (404, 405, 413, 500 …) into its error form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code < HTTPStatus.BAD_REQUEST or not isinstance(response, HttpResponse):
            return response
        if "json" in response.headers.get("Content-Type", ""):
            return response
        body = error_body(request.path, response.status_code)
        if body is None:
            return response
        kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
        return JsonResponse(body, status=response.status_code, headers=kept)


def error_body(path: str, status: int) -> dict[str, Any] | None:
    """The error form of the dialect that ``path`` belongs to; None outside both."""
    text = f"HTTP {status} {HTTPStatus(status).phrase}"
    if path.startswith(OPIK_PREFIXES):
        return opik.message_body(status, text)
    if path.startswith(PREM_PREFIX):
        return prem.error_body(status, text)
    return None
