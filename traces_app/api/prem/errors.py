"""How Prem's dialect says no (prem.md §2): one form that each of its known clients can read."""

from typing import Any

from django.http import Http404
from rest_framework.exceptions import APIException, AuthenticationFailed, NotAuthenticated
from rest_framework.response import Response
from uuid_utils.compat import uuid7

from traces_app import errors
from traces_app.api.bodies import Busy


class InvalidFields(errors.Invalid):
    """What was sent breaks rules; messages by field name."""

    def __init__(self, details: dict[str, list[str]]) -> None:
        self.details = details
        super().__init__(self.summary)

    @property
    def summary(self) -> str:
        """All that is wrong, in one line."""
        lines = [(field, text) for field, texts in self.details.items() for text in texts]
        return " ".join(f"{field}: {text}" if field else text for field, text in lines)


def error_body(
    status: int, message: str, details: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    return {
        "status": status,
        "error": message,
        "message": message,
        "support_id": f"support_{uuid7()}",
        "details": details or {},
    }


def handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler of this dialect; None lets a bug through as a 500."""
    if isinstance(exc, errors.Refusal):
        status = _status_of(exc)
        details = exc.details if isinstance(exc, InvalidFields) else None
        return Response(error_body(status, str(exc), details), status)
    if isinstance(exc, Http404):
        return Response(error_body(404, "Not found"), 404)
    if isinstance(exc, APIException):
        unknown = isinstance(exc, NotAuthenticated | AuthenticationFailed)
        status = 401 if unknown else exc.status_code
        response = Response(error_body(status, str(exc.detail)), status)
        if isinstance(exc, Busy):
            response["RateLimit-Reset"] = str(exc.wait)
        return response
    return None


def _status_of(exc: errors.Refusal) -> int:
    for kind, status in (
        (errors.NotFound, 404),
        (errors.Forbidden, 403),
        (errors.Conflict, 409),
    ):
        if isinstance(exc, kind):
            return status
    return 400
