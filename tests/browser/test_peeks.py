"""The list of traces and the panel over it in a browser, by keyboard and on a phone."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_trace_page import PHONE, accuse, sign_in
from tests.feedback_app.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_read_score_and_go_on_without_leaving_the_list(live_server: LiveServer, page: Page) -> None:
    desk = Desk()
    first, second = desk.trace(output='"One."'), desk.trace(output='"Two."')
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/traces")

    page.keyboard.press("j")
    page.keyboard.press("Space")
    panel = page.locator("#peek")
    expect(panel).to_be_focused()
    expect(panel).to_contain_text("Two.")
    expect(page).to_have_url(f"{live_server.url}/traces?peek={second.pk}")
    page.keyboard.press("j")
    expect(panel).to_contain_text("One.")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert accuse(page) == []

    panel.get_by_label("Your score").last.fill("0.8")
    panel.get_by_role("button", name="Save", exact=False).last.click()
    expect(page.locator(f"#trace-{first.pk}")).to_contain_text("0.8")
    page.go_back()
    expect(page.locator("#peek")).to_contain_text("Two.")
    page.locator("#peek").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#peek")).to_have_count(0)
    expect(page.locator(f"#trace-{second.pk} .text a")).to_be_focused()
    expect(page).to_have_url(f"{live_server.url}/traces")

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{live_server.url}/traces?peek={first.pk}")
    expect(page.get_by_role("link", name="Close the panel")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert accuse(page) == []


def test_rows_are_scored_by_keys_alone(live_server: LiveServer, page: Page) -> None:
    desk = Desk()
    first, second = desk.trace(output='"One."'), desk.trace(output='"Two."')
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/traces")
    page.evaluate("document.querySelector('.head').dataset.stays = 'yes'")
    chip, said = page.locator(f"#trace-{second.pk} .score"), page.locator("#messages")

    page.keyboard.press("7")  # no row has the cursor yet
    page.keyboard.press("j")
    page.keyboard.press("s")
    for key, shown in (("7", "0.7"), ("x", "0.0"), ("p", "1.0")):
        page.keyboard.press(key)
        expect(chip).to_contain_text(shown)
    expect(said).to_contain_text("Scored 1.0: Is it covered?")
    expect(page.locator(f"#trace-{second.pk} .text a")).to_be_focused()
    expect(page.locator(f"#trace-{second.pk} [data-pick]")).to_be_checked()
    assert accuse(page) == []
    page.keyboard.press("u")
    expect(chip).to_contain_text("0.0")
    expect(said).to_contain_text("Taken back, it is 0.0 again")

    page.keyboard.press("j")
    page.keyboard.press("Space")
    expect(page.locator("#peek")).to_be_focused()
    page.keyboard.press("3")
    expect(page.locator("#peek .verdict .value")).to_contain_text("0.3")
    expect(page.locator("#peek #scores tbody")).to_contain_text("0.3")
    expect(page.locator("tbody[hx-boost] > tr")).to_have_count(2)
    expect(page.locator(f"#trace-{first.pk} .score")).to_contain_text("0.3")
    page.keyboard.press("u")
    expect(page.locator("#peek .verdict .value")).to_contain_text("Not judged yet")
    assert page.evaluate("document.querySelector('.head').dataset.stays") == "yes"
