"""What is done to many traces at once, followed to its end; and what is deleted, brought back."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.browser.test_trace_page import PHONE, WIDE, accuse, sign_in
from tests.feedback_app.desk import Desk
from tests.feedback_app.rules import run_jobs
from traces_app.models import Job, QueueItem, Trace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def opened(live_server: LiveServer, page: Page) -> Page:
    """The list, with three traces that are tagged and one that is not."""
    desk = Desk()
    for name in ("first", "second", "third"):
        desk.trace(name=name, tags='["vip"]')
    desk.trace(name="fourth")
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/traces?tag=vip")
    return page


def tagged() -> set[str | None]:
    return set(Trace.objects.filter(tags__contains="late").values_list("name", flat=True))


def test_all_that_match_are_tagged_by_a_job_that_is_followed_and_taken_back(opened: Page) -> None:
    opened.get_by_label("All that match").check()
    opened.keyboard.press("t")
    opened.locator("#bulk-tag").fill("late")
    opened.keyboard.press("Enter")
    expect(opened.get_by_text("This goes on when you leave the page.")).to_be_visible()
    assert accuse(opened) == []

    run_jobs(Job.Lane.LONG)
    expect(opened.locator(".outcome")).to_contain_text("3 tagged")  # without a reload
    assert tagged() == {"first", "second", "third"}
    opened.get_by_role("button", name="Take back").click()
    run_jobs(Job.Lane.LONG)
    expect(opened.locator(".outcome")).to_be_visible()
    assert tagged() == set()
    opened.get_by_role("link", name="Jobs").first.click()
    expect(opened.get_by_role("link", name="Tag “late”").first).to_be_visible()


def test_deleted_traces_come_back_by_undo_and_from_the_trash(opened: Page) -> None:
    boxes, rows = opened.get_by_label("Pick “"), opened.locator("#traces tbody tr")
    boxes.nth(0).check()
    boxes.nth(1).check()
    opened.get_by_role("button", name="Delete", exact=True).click()
    expect(opened.get_by_text("2 traces deleted.")).to_be_visible()
    expect(rows).to_have_count(1)
    for size in (PHONE, WIDE):
        opened.set_viewport_size(size)  # type: ignore[arg-type]
        assert accuse(opened) == []
    opened.get_by_role("button", name="Undo").click()
    expect(opened.get_by_text("2 traces restored.")).to_be_visible()
    expect(rows).to_have_count(3)
    assert opened.url.endswith("/traces?tag=vip")

    rows.first.get_by_role("link").first.click()
    opened.get_by_role("button", name="Delete this trace").click()
    expect(opened.get_by_text("1 trace deleted.")).to_be_visible()
    opened.goto(opened.url.split("/traces")[0] + "/trash")
    opened.get_by_role("link", name="1 trace").click()
    opened.get_by_role("button", name="Restore it").click()
    expect(opened.locator("#messages")).to_contain_text("restored")
    assert Trace.objects.count() == 4


def test_conversations_of_picked_rows_come_into_a_queue_by_the_keyboard(
    live_server: LiveServer, page: Page
) -> None:
    desk = Desk()
    talks = [desk.trace(thread_id=name) for name in ("one", "two", "two")]
    queue = factories.queue(desk.access, talks[0].project_id, name="Whole", scope="thread")
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/traces")

    for key in ("j", "s", "j", "s", "j", "s", "q"):
        page.keyboard.press(key)
    expect(page.get_by_label("Queue of conversations")).to_be_focused()
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert accuse(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    said = "2 conversations added, 1 came with another or was in it."
    expect(page.locator("#messages")).to_contain_text(said)
    inside = set(QueueItem.objects.filter(queue=queue).values_list("entity_id", flat=True))
    assert inside == {factories.thread_of(each).pk for each in talks}
