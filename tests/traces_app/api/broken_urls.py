"""A site whose every address is broken, to see what an unforeseen error looks like."""

from django.http import HttpRequest, HttpResponse
from django.urls import re_path


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("Nobody foresaw this.")


urlpatterns = [re_path("", broken)]

handler404 = "traces_app.api.middleware.not_found"
handler500 = "traces_app.api.middleware.server_error"
