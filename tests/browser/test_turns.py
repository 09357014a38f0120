"""A conversation on the focus screen, in a browser: earlier turns, and single ones scored."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_trace_page import PHONE, accuse, sign_in
from tests.feedback_app.views.test_turns import Talk
from traces_app.models import EntityType, Notice, Score

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def talk() -> Talk:
    return Talk(22, comments_enabled=True)


def test_turns_are_scored_while_a_judgement_is_being_written(
    live_server: LiveServer, page: Page, talk: Talk
) -> None:
    sign_in(page.context, talk.desk, live_server.url)
    page.goto(f"{live_server.url}{talk.path}")
    expect(page.locator("fieldset.here")).to_be_visible()
    page.locator("#feedback").fill("Half a thou")
    page.get_by_role("button", name="Show earlier turns").click()
    expect(page.get_by_text("say 1;", exact=True)).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("n")
    page.keyboard.type(f"Turn 1 is rude. @{talk.lead.person.email}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#comments .note")).to_contain_text("Turn 1 is rude.")
    assert Notice.objects.get(kind=Notice.Kind.MENTION).reader_id == talk.lead.person.pk
    expect(page.get_by_role("button", name="Show earlier turns")).to_be_hidden()
    first = page.get_by_role("group", name="Your score of turn 1", exact=True)
    first.get_by_role("button", name="Bad").click()
    expect(first.get_by_role("button", name="Bad")).to_have_attribute("aria-pressed", "true")
    expect(first.get_by_role("button", name="Bad")).to_be_focused()
    expect(page.locator("#feedback")).to_have_value("Half a thou")
    assert accuse(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert accuse(page) == []

    page.get_by_label("User feedback, 0 to 1").fill("0.7")
    page.get_by_label("User feedback, 0 to 1").press("Enter")
    expect(page.get_by_role("heading", name="Nothing is left for you here")).to_be_visible()
    said = Score.objects.order_by("entity_type").values_list("entity_type", "value", "reason")
    assert [(str(kind), float(value), words) for kind, value, words in said] == [
        (EntityType.THREAD, 0.7, "Half a thou"),
        (EntityType.TRACE, 0.0, ""),
    ]


def test_without_script_earlier_turns_and_their_buttons_keep_the_judgement(
    live_server: LiveServer, browser: Browser, talk: Talk
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(context, talk.desk, live_server.url)
    page.goto(f"{live_server.url}{talk.path}")
    page.locator("#feedback").fill("Half a")
    page.get_by_role("button", name="Show earlier turns").click()
    expect(page.locator("#feedback")).to_have_value("Half a")
    page.locator("#feedback").fill("Half a thou")
    first = page.get_by_role("group", name="Your score of turn 1", exact=True)
    first.get_by_role("button", name="Good").click()

    expect(first).to_contain_text("You said")
    expect(page.locator("#feedback")).to_have_value("Half a thou")
    page.get_by_role("button", name="Show the newest turns").click()
    expect(page.get_by_text("say 22;", exact=True)).to_be_visible()
    expect(page.locator("#feedback")).to_have_value("Half a thou")
    page.get_by_label("User feedback, 0 to 1").fill("0.7")
    page.get_by_label("User feedback, 0 to 1").press("Enter")
    expect(page.get_by_role("heading", name="Nothing is left for you here")).to_be_visible()
    context.close()
