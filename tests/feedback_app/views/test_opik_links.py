from base64 import b64encode

import pytest
from django.test import Client
from django.urls import reverse
from uuid_utils.compat import uuid7

from tests import factories

pytestmark = pytest.mark.django_db
PREFIXES = [
    "/api/v1/session/redirect/projects/",
    "/v1/session/redirect/projects/",
    "/opik/api/v1/session/redirect/projects/",
]


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.force_login(factories.member(factories.workspace()))
    return client


@pytest.mark.parametrize("address", PREFIXES)
def test_link_of_the_sdk_leads_to_the_trace(browser: Client, address: str) -> None:
    pk = str(uuid7())
    elsewhere = b64encode(b"https://evil.example/").decode()

    response = browser.get(address, {"trace_id": pk, "path": elsewhere})

    assert response.status_code == 303
    assert response["Location"] == reverse("trace", args=[pk])


@pytest.mark.parametrize("trace_id", ["", "x", "//evil.example", "https://evil.example"])
def test_link_without_a_trace_leads_to_the_list(browser: Client, trace_id: str) -> None:
    response = browser.get(PREFIXES[0], {"trace_id": trace_id})

    assert response["Location"] == reverse("traces")


def test_link_needs_sign_in_and_comes_back() -> None:
    response = Client().get(PREFIXES[0], {"trace_id": str(uuid7())})

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("sign-in"))
