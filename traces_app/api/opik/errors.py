"""How Opik's dialect says no (opik.md §0.4): three shapes.

``{"code", "message", "details"?}`` for most, ``{"errors": […]}`` with 422 for what was sent
wrongly and with 409 for conflicts.
"""

from typing import Any

from django.http import Http404
from rest_framework.exceptions import APIException, AuthenticationFailed, NotAuthenticated
from rest_framework.response import Response

from traces_app import errors
from traces_app.api.bodies import Busy

INVALID_UUID = "Invalid UUID for id"


class Unprocessable(errors.Invalid):
    """What was sent breaks a rule; one line per broken rule: 422."""

    def __init__(self, *lines: str) -> None:
        super().__init__("; ".join(lines))
        self.lines = list(lines)


class BadRequest(errors.Refusal):
    """Something in the address or an id cannot be read: 400."""

    def __init__(self, message: str, details: str | None = None) -> None:
        super().__init__(message)
        self.details = details


class BadParameter(errors.Refusal):
    """A query parameter is out of its range: 400 in the form of a list."""


def message_body(code: int, message: str, details: str | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"code": code, "message": message}
    return body | {"details": details} if details else body


def handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler of this dialect; None lets a bug through as a 500."""
    if isinstance(exc, errors.Refusal):
        return _refused(exc)
    if isinstance(exc, Http404):
        return Response(message_body(404, "HTTP 404 Not Found"), 404)
    if isinstance(exc, APIException):
        return _api(exc)
    return None


def _refused(exc: errors.Refusal) -> Response:
    if isinstance(exc, errors.Invalid) and not isinstance(exc, errors.BadQuery):
        lines = exc.lines if isinstance(exc, Unprocessable) else [str(exc)]
        return Response({"errors": lines}, 422)
    if isinstance(exc, errors.Conflict | BadParameter):
        return Response({"errors": [str(exc)]}, 409 if isinstance(exc, errors.Conflict) else 400)
    status = {errors.NotFound: 404, errors.Forbidden: 403}.get(type(exc), 400)
    details = exc.details if isinstance(exc, BadRequest) else None
    return Response(message_body(status, str(exc), details), status)


def _api(exc: APIException) -> Response:
    status = 401 if isinstance(exc, NotAuthenticated | AuthenticationFailed) else exc.status_code
    response = Response(message_body(status, str(exc.detail)), status)
    if isinstance(exc, Busy):
        response["RateLimit-Reset"] = str(exc.wait)
    return response
