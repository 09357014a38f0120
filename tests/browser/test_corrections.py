"""Correcting the output in a browser: drafted as it is typed, submitted, taken back."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from feedback_app.models import Correction
from tests.browser.test_trace_page import PHONE, accuse, sign_in
from tests.feedback_app.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def opened(live_server: LiveServer, page: Page) -> Page:
    desk = Desk()
    trace = desk.trace(output='{"answer":"It is covered for 12 months.","cost":1}')
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/traces/{trace.pk}")
    return page


def test_correct_with_the_keyboard_alone(opened: Page) -> None:
    keys = opened.keyboard
    keys.press("c")
    expect(opened.get_by_label("The answer as it should have been")).to_be_focused()
    keys.press("Control+a")
    keys.type("It is covered for 24 months.")
    expect(opened.get_by_text("Draft saved")).to_be_visible()
    expect(opened.locator("#correction-draft ins")).to_have_text("24")

    opened.reload()
    expect(opened.get_by_label("The answer as it should have been")).to_have_value(
        "It is covered for 24 months."
    )
    expect(opened.locator("[data-unsaved]:visible")).to_have_count(0)
    opened.get_by_label("The answer as it should have been").focus()
    keys.press("Control+Enter")

    line = opened.locator("#correction .note").first
    expect(line.locator("del")).to_have_text("12")
    expect(line.locator("ins")).to_have_text("24")
    assert Correction.objects.get().output == '{"answer":"It is covered for 24 months.","cost":1}'


def test_submit_is_taken_back(opened: Page) -> None:
    opened.keyboard.press("c")
    opened.get_by_label("The answer as it should have been").fill("No.")
    opened.get_by_role("button", name="Submit correction").click()
    expect(opened.locator("#correction ins")).to_have_count(1)
    opened.once("dialog", lambda dialog: dialog.accept())
    opened.get_by_role("button", name="Take back my last submit").click()

    expect(opened.get_by_text("Nobody has corrected it.")).to_be_visible()


def test_words_outlive_a_connection_that_breaks(opened: Page) -> None:
    opened.keyboard.press("c")
    opened.context.set_offline(True)
    opened.get_by_label("The answer as it should have been").fill("Said without a line.")
    expect(opened.get_by_text("Not saved yet.").locator("visible=true")).to_have_count(1)
    opened.context.set_offline(False)
    opened.on("dialog", lambda dialog: dialog.accept())
    opened.reload()

    expect(opened.get_by_label("The answer as it should have been")).to_have_value(
        "Said without a line."
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_editor_has_no_axe_violations_and_fits_a_phone(opened: Page, scheme: str) -> None:
    opened.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    opened.keyboard.press("c")
    opened.get_by_label("The answer as it should have been").fill("It is not.")
    expect(opened.get_by_text("Draft saved")).to_be_visible()

    assert accuse(opened) == []
    opened.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert opened.evaluate("document.documentElement.scrollWidth") == 390
