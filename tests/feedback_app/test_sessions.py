"""Who a session is of, as long as it lasts."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.feedback_app.desk import Desk

pytestmark = pytest.mark.django_db
PAGE = "/settings/members"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def is_in(browser: Client) -> bool:
    return browser.get(PAGE).status_code == 200


def test_a_session_is_of_who_has_signed_in(desk: Desk) -> None:
    assert desk.person.email in desk.browser.get(PAGE).text


def test_it_ends_with_its_time(desk: Desk) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert not is_in(desk.browser)


def test_it_ends_when_one_signs_out_in_another_window(desk: Desk) -> None:
    other = Client()
    other.cookies = desk.browser.cookies
    other.post("/sign-out")

    assert not is_in(desk.browser)


def test_it_ends_with_the_account(desk: Desk) -> None:
    desk.person.is_active = False
    desk.person.save()

    assert not is_in(desk.browser)


def test_it_ends_in_other_browsers_with_another_password(desk: Desk) -> None:
    desk.person.set_password("another one 123")
    desk.person.save()

    assert not is_in(desk.browser)


@pytest.mark.parametrize("key", ["", "short", "\x00" * 32, "x" * 32, "x" * 5000])
def test_a_key_that_is_nobodys_is_nobody(desk: Desk, key: str) -> None:
    desk.browser.cookies["sessionid"] = key

    assert not is_in(desk.browser)
