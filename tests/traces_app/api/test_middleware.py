"""Errors that no view answers, in the form of the dialect of their address."""

import pytest
from django.test import Client

BROKEN = "tests.traces_app.api.broken_urls"


@pytest.mark.urls(BROKEN)
def test_unforeseen_error_has_prems_form() -> None:
    answer = Client(raise_request_exception=False).get("/api/v1/traces")

    assert answer.status_code == 500
    assert set(answer.json()) == {"status", "error", "message", "support_id", "details"}
    assert "foresaw" not in answer.text


@pytest.mark.urls(BROKEN)
@pytest.mark.parametrize("prefix", ["/v1/private", "/api/v1/private"])
def test_unforeseen_error_has_opiks_form(prefix: str) -> None:
    answer = Client(raise_request_exception=False).get(f"{prefix}/traces")

    assert answer.status_code == 500
    assert set(answer.json()) == {"code", "message"}
    assert "foresaw" not in answer.text


@pytest.mark.urls(BROKEN)
def test_pages_keep_their_own_errors() -> None:
    answer = Client(raise_request_exception=False).get("/traces")

    assert answer.status_code == 500
    assert answer["Content-Type"].startswith("text/html")
