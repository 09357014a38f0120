"""From a correction to a downloaded snapshot, and a generated answer to its approval."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from feedback_app.models import Datapoint
from tests.browser.test_trace_page import PHONE, accuse, sign_in
from tests.chat_endpoint import ChatEndpoint
from tests.feedback_app.desk import Desk
from tests.feedback_app.generator.asked import low, work
from tests.feedback_app.generator.conftest import endpoint
from traces_app.models import Trace

__all__ = ["endpoint"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def low_trace(live_server: LiveServer, page: Page) -> tuple[Page, Trace]:
    """The page of a trace with a low score and feedback."""
    desk = Desk()
    trace = low(desk, output='"Covered for 12 months."')
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/traces/{trace.pk}")
    return page, trace


def work_elsewhere() -> None:
    """The worker's turn; Playwright's own loop runs in this thread."""

    def turn() -> None:
        work()
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(turn).result()


def is_sound(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert accuse(page) == []
    wide = page.viewport_size
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    heights = page.locator(".buckets a").evaluate_all(
        "all => all.map((each) => each.getBoundingClientRect().height)"
    )
    assert all(height >= 44 for height in heights)
    page.set_viewport_size(wide)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")


def test_from_a_correction_to_a_snapshot_on_disk(
    low_trace: tuple[Page, Trace], tmp_path: Path
) -> None:
    page, _ = low_trace
    page.keyboard.press("c")
    page.get_by_label("The answer as it should have been").fill("Covered for 24 months.")
    page.get_by_role("button", name="Submit correction").click()
    expect(page.locator("#correction ins")).to_have_text("24")
    page.locator("#dataset h2").click()
    page.keyboard.press("d")
    expect(page.locator("#dataset")).to_contain_text("with its correction as the answer")

    page.keyboard.press("c")
    page.get_by_label("The answer as it should have been").fill("Covered for 36 months.")
    page.get_by_role("button", name="Submit correction").click()
    expect(page.locator("#dataset")).to_contain_text("The correction has changed")
    expect(page.locator("#dataset ins")).to_have_text("36")
    is_sound(page)
    page.get_by_role("button", name="Update it").click()
    expect(page.locator("#dataset")).not_to_contain_text("The correction has changed")

    page.locator("#dataset .made a").click()
    expect(page.get_by_role("heading", name="What the answer replaced")).to_be_visible()
    page.keyboard.press("e")
    page.get_by_label("Message 2", exact=True).fill("Covered for 36 months, parts included.")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.locator("#compared ins")).to_contain_text("parts included")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    is_sound(page)

    page.locator(".crumbs a").last.click()
    expect(page.locator("#datapoints tbody tr")).to_have_count(1)
    is_sound(page)
    page.get_by_text("Split", exact=True).first.click()
    page.get_by_role("button", name="Split").click()
    expect(page.locator("#messages")).to_contain_text("to training")
    page.get_by_role("link", name="Snapshots").click()
    page.get_by_role("button", name="Freeze it").click()
    with page.expect_download() as download:
        page.locator("a[href$='.jsonl']").first.click()
    kept = tmp_path / "kept.jsonl"
    download.value.save_as(kept)
    line = json.loads(kept.read_text().splitlines()[0])
    assert line["messages"][-1]["content"] == "Covered for 36 months, parts included."


def test_a_generated_answer_is_asked_for_refused_and_approved(
    low_trace: tuple[Page, Trace], endpoint: ChatEndpoint
) -> None:
    page, trace = low_trace
    endpoint.text = "Covered for 18 months."
    page.reload()
    page.keyboard.press("d")
    expect(page.locator("#dataset")).to_contain_text("in the making")
    remark = page.get_by_role("textbox", name="Comment")
    remark.fill("Half a rema")
    is_sound(page)
    work_elsewhere()
    section = page.locator("#dataset")
    expect(section).to_contain_text("waits for approval")
    expect(page.locator("#messages")).to_contain_text("Its answer has been written.")
    expect(remark).to_be_focused()
    page.keyboard.type("rk")
    expect(remark).to_have_value("Half a remark")
    expect(section.locator("ins")).to_have_text("18")
    is_sound(page)

    endpoint.text = "Covered for 24 months."
    section.get_by_label("What is wrong with it").fill("It is two years.")
    section.get_by_role("button", name="Ask again").click()
    expect(section).to_contain_text("Another answer is being written")
    section.locator(".made a").first.focus()
    work_elsewhere()
    expect(section.locator("ins")).to_have_text("24")

    expect(section.locator(".made a").first).to_be_focused()
    section.locator(".made a").first.click()
    expect(page.locator("#datapoint")).to_contain_text("waits for approval")
    is_sound(page)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#datapoint")).to_contain_text("approved")
    point = Datapoint.objects.get(trace_id=trace.pk)
    assert (point.is_waiting, "24 months" in point.content) == (False, True)
