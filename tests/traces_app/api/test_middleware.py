"""Errors that no view answers, in the form of the dialect of their address."""

from pathlib import Path
from typing import Any

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


@pytest.mark.parametrize("address", ["/api/v1/nonsense", "/api/v1/private/nonsense"])
def test_unknown_addresses_of_apis_need_no_template(
    settings: Any, tmp_path: Path, address: str
) -> None:
    for name in ("404.html", "500.html"):
        (tmp_path / name).write_text("{% nonsense %}")
    engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [tmp_path]}
    settings.TEMPLATES = [engine]

    answer = Client(raise_request_exception=False).get(address)

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"
