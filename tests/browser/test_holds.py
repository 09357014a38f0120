"""An item that is lost while somebody writes about it: told at once, and no character lost."""

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_reviewing import Round, at
from tests.browser.test_trace_page import PHONE, accuse, sign_in
from traces_app.models import Reservation, Role, Score
from traces_app.services import reservations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOST = "This item is not reserved for you any more."


@pytest.fixture
def round_() -> Round:
    return Round()


@pytest.fixture
def lead(live_server: LiveServer, browser: Browser, round_: Round) -> Iterator[Page]:
    """The board of the queue in another browser."""
    context = browser.new_context()
    sign_in(context, round_.lead, live_server.url)
    page = context.new_page()
    page.goto(f"{live_server.url}/queues/{round_.queue.pk}")
    yield page
    context.close()


@pytest.fixture
def opened(live_server: LiveServer, page: Page, round_: Round) -> Iterator[Page]:
    sign_in(page.context, round_.desk, live_server.url)
    page.goto(f"{live_server.url}/queues/{round_.queue.pk}/review")
    at(page, 1)
    yield page
    # Without its form the page gives nothing back when it is closed, after the tables are gone.
    page.evaluate("document.getElementById('judge')?.remove()")


def revoke(lead: Page) -> None:
    lead.reload()
    lead.get_by_role("button", name="Release").first.click()
    expect(lead.get_by_text("Released.")).to_be_visible()


def test_a_hold_that_is_revoked_is_told_while_one_writes_and_claimed_again(
    opened: Page, lead: Page, round_: Round
) -> None:
    keys, text, alert = opened.keyboard, opened.locator("#feedback"), opened.get_by_role("alert")
    keys.press("7")
    keys.press("e")
    keys.type("Before it was los")
    panes = [opened.locator(pane).bounding_box() for pane in (".top", "#feedback")]
    revoke(lead)
    keys.type("t, ")
    expect(alert).to_contain_text(LOST)
    keys.type("and after.")
    expect(text).to_have_value("Before it was lost, and after.")
    expect(text).to_be_focused()
    assert [opened.locator(pane).bounding_box() for pane in (".top", "#feedback")] == panes
    expect(opened.locator("#held")).to_have_text("Not reserved")
    assert accuse(opened) == []

    keys.press("Escape")
    keys.press("r")
    expect(opened.locator("#held")).to_contain_text("Yours until")
    expect(alert).to_be_hidden()
    expect(text).to_be_focused()
    keys.type(" Again.")
    assert Reservation.objects.get().holder_id == round_.desk.person.pk
    keys.press("Control+Enter")
    at(opened, 2)
    assert Score.objects.get(name="User feedback").reason == "Before it was lost, and after. Again."


def test_a_page_that_is_loaded_anew_keeps_its_hold(
    opened: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, release = Event(), reservations.release

    def released(**asked: Any) -> None:
        release(**asked)
        gone.set()

    monkeypatch.setattr(reservations, "release", released)
    opened.reload()
    at(opened, 1)

    assert gone.wait(timeout=20)
    assert Reservation.objects.exists()


def test_next_keeps_the_draft_which_is_there_when_one_is_back(
    opened: Page, lead: Page, round_: Round
) -> None:
    opened.locator("#feedback").fill("Half a thou")
    expect(opened.get_by_text("Saved")).to_be_visible()
    revoke(lead)
    # The page asks again when it comes back to sight, and every half minute.
    opened.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(opened.get_by_role("alert")).to_contain_text(LOST)
    opened.emulate_media(color_scheme="dark", reduced_motion="reduce")
    opened.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert opened.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert accuse(opened) == []

    opened.locator("#feedback").fill("Half a thought")
    opened.get_by_role("button", name="Next item").click()
    at(opened, 2)
    expect(opened.get_by_role("alert")).to_be_hidden()
    opened.set_viewport_size({"width": 1280, "height": 800})
    opened.get_by_role("link", name="Previous").click()
    at(opened, 1)
    expect(opened.locator("#feedback")).to_have_value("Half a thought")


def test_without_script_a_refused_submit_says_what_can_be_done(
    live_server: LiveServer, browser: Browser, lead: Page, round_: Round
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(context, round_.desk, live_server.url)
    page.goto(f"{live_server.url}/queues/{round_.queue.pk}/review")
    revoke(lead)
    other = round_.lead.colleague(Role.REVIEWER)
    address = page.url.removeprefix(live_server.url)
    other.browser.get(address)
    page.get_by_label("User feedback, 0 to 1").fill("0.4")
    page.locator("#feedback").fill("Mine.")
    page.get_by_role("button", name="Submit and next Ctrl").click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody else has this item now.")
    expect(page.locator("#feedback")).to_have_value("Mine.")

    page.get_by_role("button", name="Next item").click()
    expect(page).to_have_title("Item 2 of 3, Warranty · Marginalia")
    page.goto(f"{live_server.url}{address}")
    expect(page.locator("#feedback")).to_have_value("Mine.")
    other.browser.post(f"{address}/release")
    page.get_by_role("button", name="Submit and next Ctrl").click()
    expect(page).to_have_title("Item 2 of 3, Warranty · Marginalia")
    context.close()
