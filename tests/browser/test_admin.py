import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from feedback_app.services import users

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_operator_signs_in_to_the_admin(live_server: LiveServer, page: Page) -> None:
    users.create_person(email="op@example.com", password="a long sentence 42", is_operator=True)

    page.goto(f"{live_server.url}/admin/")
    page.get_by_label("Email").fill("op@example.com")
    page.get_by_label("Password").fill("a long sentence 42")
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("heading", name="Everything in this installation")).to_be_visible()
