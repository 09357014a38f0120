"""A queue from its setup to its export, in a browser; and how its pages look to axe."""

import json

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.browser.test_trace_page import PHONE, accuse, sign_in
from tests.feedback_app.desk import Desk
from traces_app.models import VERDICT, AnnotationQueue
from traces_app.services.queues import Question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    for name in ("first", "second", "third"):
        desk.trace(name=f"{name}, {'with more to its name ' * 5}")
    return desk


@pytest.fixture
def opened(live_server: LiveServer, page: Page, desk: Desk) -> Page:
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/queues")
    return page


def test_from_the_setup_to_the_export(opened: Page) -> None:
    opened.get_by_role("link", name="Set up a queue").click()
    opened.wait_for_load_state()  # the preview follows what is typed once the scripts are there
    opened.get_by_label("Name", exact=True).fill("Warranty")
    opened.get_by_label("Project", exact=True).select_option(label="Default Project")
    opened.get_by_label("Instructions").fill("Read **this** first.")
    expect(opened.locator("#preview strong")).to_have_text("this")
    opened.get_by_label("Add a question").select_option(label="New: yes or no")
    opened.get_by_role("button", name="Add", exact=True).click()
    opened.get_by_label("What is asked for").fill("Sendable")
    opened.get_by_role("button", name="Move question 2 up").click()
    expect(opened.locator(".ask-row").first.get_by_label("What is asked for")).to_have_value(
        "Sendable"
    )
    opened.get_by_role("button", name="Make the queue").click()
    expect(opened.get_by_text("Nothing is in this queue yet")).to_be_visible()

    opened.get_by_role("link", name="Choose traces").click()
    opened.locator("tbody [data-pick]").nth(0).check()
    opened.locator("tbody [data-pick]").nth(1).check()
    expect(opened.get_by_text("2 picked")).to_be_visible()
    opened.locator("summary", has_text="Queue").click()
    opened.get_by_role("button", name="Add to queue").click()
    expect(
        opened.get_by_role("status").filter(has_text="Add to the queue “Warranty”: 2 added.")
    ).to_be_visible()

    opened.goto(f"{opened.url.split('/traces')[0]}/queues/{AnnotationQueue.objects.get().pk}")
    board = opened.url
    opened.get_by_role("link", name="Judge next").click()
    expect(opened.locator(".briefing strong")).to_have_text("this")
    opened.get_by_role("button", name="Start").click()
    expect(opened).to_have_title("Item 1 of 2, Warranty · Marginalia")
    expect(opened.locator(".q.here, fieldset.here").first).to_be_visible()
    opened.keyboard.press("1")
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("8")
    opened.keyboard.press("Control+Enter")
    expect(opened).to_have_title("Item 2 of 2, Warranty · Marginalia")

    opened.goto(board)
    expect(opened.locator(".sums div").first).to_contain_text("1 of 2")
    expect(opened.get_by_role("button", name="Release")).to_be_in_viewport(ratio=1)
    opened.get_by_role("button", name="Release").click()
    expect(opened.get_by_text("Nobody is judging an item just now.")).to_be_visible()
    opened.locator("summary", has_text="Export").click()
    with opened.expect_download() as download:
        opened.get_by_role("link", name="JSONL").click()
    lines = [json.loads(line) for line in download.value.path().read_text().splitlines()]
    assert [(line["question"], line["score"]) for line in lines] == [
        ("Sendable", 1.0),
        (VERDICT, 0.8),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_axe_violations_and_no_sideways_scroll_on_a_phone(
    opened: Page, desk: Desk, scheme: str
) -> None:
    trace = desk.trace()
    questions = [Question(name=VERDICT), Question(name="Tone")]
    queue = factories.queue(desk.access, trace.project_id, trace, questions=questions)
    opened.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    home = opened.url.removesuffix("/queues")
    for path in (
        "/queues",
        "/queues/new",
        f"/queues/{queue.pk}",
        f"/queues/{queue.pk}/setup",
        "/traces",
        f"/traces/{trace.pk}",
    ):
        opened.set_viewport_size({"width": 1440, "height": 900})
        opened.goto(home + path)
        assert accuse(opened) == []
        cells = opened.locator("th, td").all()
        assert {each.evaluate("it => getComputedStyle(it).display") for each in cells} <= {
            "table-cell"
        }, path
        opened.set_viewport_size(PHONE)  # type: ignore[arg-type]
        assert opened.evaluate("document.documentElement.scrollWidth") == PHONE["width"], path
        assert accuse(opened) == []


def test_without_script_plain_forms_do(
    live_server: LiveServer, browser: Browser, desk: Desk
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(context, desk, live_server.url)
    page.goto(f"{live_server.url}/queues/new")
    page.get_by_label("Name", exact=True).fill("Plain")
    page.get_by_label("Add a question").select_option(label="New: a number")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("What is asked for").fill("Effort")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Nothing is in this queue yet")).to_be_visible()
    assert AnnotationQueue.objects.get().questions.count() == 2
    context.close()
