"""Errors that no view answers, in the form of the dialect of their address."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from traces_app.api.middleware import ONLY_TLS
from traces_app.api.opik import urls as opik

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


@pytest.mark.parametrize("address", ["/v1/private/traces/batch", "/opik/api/v1/private/auth"])
@pytest.mark.django_db
def test_behind_tls_a_plain_post_is_refused_and_not_led_elsewhere(address: str) -> None:
    with override_settings(SECURE_SSL_REDIRECT=True):
        plain, secure = (Client().post(address, secure=secure) for secure in (False, True))

    assert (plain.status_code, secure.status_code) == (403, 401)
    assert plain.json() == {"code": 403, "message": ONLY_TLS}


@override_settings(SECURE_SSL_REDIRECT=True)
def test_behind_tls_prem_has_its_own_form_and_pages_are_led_on() -> None:
    client = Client()

    assert client.get("/api/v1/traces").json()["error"] == ONLY_TLS
    assert client.get("/api/is-alive/ping").status_code == 200
    assert client.get("/traces")["Location"] == "https://testserver/traces"


@pytest.mark.parametrize("prefix", ["/v1/private/", "/api/v1/private/", "/opik/api/v1/private/"])
def test_no_address_with_a_slash_at_its_end_redirects(prefix: str) -> None:
    client = Client()
    addresses = [
        f"{prefix}{each.pattern}/" for each in opik.private if "<" not in str(each.pattern)
    ]

    statuses = {
        client.post(address, b"{}", "application/json").status_code for address in addresses
    }

    assert len(addresses) > 20
    assert statuses == {404}
