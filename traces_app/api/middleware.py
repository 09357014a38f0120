"""Errors that happen before or beside a view, in the form of the dialect of the address."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views import defaults

from traces_app.api.opik import errors as opik
from traces_app.api.prem import errors as prem

OPIK_PREFIXES = (
    "/v1/private/",
    "/api/v1/private/",
    "/is-alive/",
    "/api/is-alive/",
    "/api/rest/",
    "/opik/api/",
)
PREM_PREFIX = "/api/v1/"
ONLY_TLS = "This server takes API requests by https only."


class DialectErrors:
    """Turns error pages under an API's prefix (404, 405, 413, 500 …) into its error form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            body = error_body(request.path, HTTPStatus.FORBIDDEN, ONLY_TLS)
            # Whether the server lives is asked from beside it, without a key.
            if body is not None and "/is-alive/" not in request.path:
                return JsonResponse(body, status=HTTPStatus.FORBIDDEN)
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


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The site's 404. An API's is made without a template, which might be what is broken."""
    return _in_dialect(request, 404) or defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """The site's 500, likewise."""
    return _in_dialect(request, 500) or defaults.server_error(request)


def _in_dialect(request: HttpRequest, status: int) -> HttpResponse | None:
    body = error_body(request.path, status)
    return None if body is None else JsonResponse(body, status=status)


def error_body(path: str, status: int, text: str = "") -> dict[str, Any] | None:
    """The error form of the dialect that ``path`` belongs to; None outside both."""
    text = text or f"HTTP {status} {HTTPStatus(status).phrase}"
    if path.startswith(OPIK_PREFIXES):
        return opik.message_body(status, text)
    if path.startswith(PREM_PREFIX):
        return prem.error_body(status, text)
    return None
