"""The spans of a trace in a browser."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.browser.test_trace_page import accuse, sign_in
from tests.feedback_app.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_spans_are_walked_and_read_with_the_keyboard(
    live_server: LiveServer, page: Page, desk: Desk
) -> None:
    trace = desk.trace(output='"of the trace"')
    by = factories.access(desk.room)
    for name in ("plan", "answer"):
        factories.span(by, trace, name=name, output=f'"said by {name}"')
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/traces/{trace.pk}")

    page.keyboard.press("s")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_text("said by answer")).to_be_visible()
    expect(page.locator("a[data-span][aria-current]")).to_contain_text("answer")
    assert "?span=" in page.url
    assert accuse(page) == []
    page.get_by_role("link", name="Whole trace").click()
    expect(page.locator("#output-content")).to_contain_text("of the trace")
    page.go_back()
    expect(page.get_by_text("said by answer")).to_be_visible()
