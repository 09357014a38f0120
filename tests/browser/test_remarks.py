"""What people say beside a trace, with the keyboard and on a phone: names."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.browser.test_trace_page import PHONE, accuse, sign_in
from tests.feedback_app.desk import Desk
from traces_app.models import Notice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    for name in ("Rita Moss", "Rita Berg", "Omar Aziz"):
        email = f"{name.replace(' ', '.').lower()}@example.com"
        factories.member(desk.room, person=factories.user(email, name=name))
    return desk


def test_people_are_named_with_the_keyboard_alone(
    live_server: LiveServer, page: Page, desk: Desk
) -> None:
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/traces/{desk.trace().pk}")
    field = page.get_by_label("New comment")
    options = page.get_by_role("option")

    page.keyboard.press("n")
    page.keyboard.type("Look, @ri")
    expect(options).to_have_text([re.compile("Rita Berg"), re.compile("Rita Moss")])
    assert accuse(page) == []
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "person-2")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Look, @Rita Moss ")
    expect(options).to_have_count(0)
    page.keyboard.type("and @om")
    expect(options).to_have_count(1)
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    page.keyboard.type("ar")
    expect(field).to_be_focused()
    expect(options).to_have_count(0)
    page.keyboard.press("Control+Enter")

    expect(page.locator("mark.at")).to_have_text(["@Rita Moss", "@omar"])
    expect(field).to_have_value("")
    assert Notice.objects.count() == 2
    assert accuse(page) == []


def test_people_are_named_on_a_phone(live_server: LiveServer, browser: Browser, desk: Desk) -> None:
    thread = factories.thread_of(desk.trace(thread_id="talk"))
    context = browser.new_context(viewport=PHONE, has_touch=True)  # type: ignore[arg-type]
    sign_in(context, desk, live_server.url)
    page = context.new_page()
    page.goto(f"{live_server.url}/threads/{thread.pk}")
    field = page.get_by_label("New comment")

    field.tap()
    field.press_sequentially("@aziz")
    option = page.get_by_role("option", name="Omar Aziz")
    expect(option).to_be_visible()
    spot = option.bounding_box()
    option.tap()

    assert spot is not None
    assert spot["height"] >= 44
    assert 0 <= spot["x"] <= PHONE["width"] - spot["width"]
    expect(field).to_have_value("@Omar Aziz ")
    expect(field).to_be_focused()
    context.close()
