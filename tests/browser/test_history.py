"""What somebody has judged: found again, changed, taken back."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from feedback_app.models import Review
from tests.browser.test_reviewing import Round, at
from tests.browser.test_trace_page import sign_in
from traces_app.models import VERDICT, Score

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_judgement_is_found_by_its_words_changed_and_taken_back(
    live_server: LiveServer, page: Page
) -> None:
    round_ = Round()
    sign_in(page.context, round_.desk, live_server.url)
    page.goto(f"{live_server.url}/queues/{round_.queue.pk}/review")
    for number, words in ((1, "Too long."), (2, "Kind and short.")):
        at(page, number)
        page.keyboard.press("p")
        page.locator("#feedback").fill(words)
        page.keyboard.press("Control+Enter")
    at(page, 3)

    page.get_by_role("link", name="My work").click()
    expect(page.locator(".judged td.val").first).to_have_css("width", "88px")
    page.get_by_role("link", name="history").click()
    expect(page.get_by_role("row")).to_have_count(3)  # with the head
    page.get_by_role("searchbox").fill("KIND")
    page.keyboard.press("Enter")
    page.wait_for_url("**/history?q=KIND*")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="second").click()
    at(page, 2)
    expect(page.locator("#feedback")).to_have_value("Kind and short.")
    page.locator("#feedback").fill("Kind, but wrong.")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.keyboard.press("Control+Enter")
    at(page, 3)
    changed = Score.objects.get(entity_id=round_.traces[1].pk, name=VERDICT)
    assert (float(changed.value), changed.reason) == (0.0, "Kind, but wrong.")

    page.goto(f"{live_server.url}/history?q=wrong")
    page.get_by_role("button", name="Take back: second").click()
    expect(page.locator("#messages")).to_contain_text("Taken back")
    assert not Score.objects.filter(entity_id=round_.traces[1].pk).exists()
    assert "Kind, but wrong." in (Review.objects.get(state="open").draft or "")
