"""What changes over an open list of traces: new ones arrive, and columns are chosen on a phone."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from feedback_app.services import api_keys
from tests.browser.test_trace_page import PHONE, accuse, sign_in
from tests.feedback_app.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Client:
    """An application that sends traces while somebody looks at the list."""

    def __init__(self, desk: Desk, page: Page, url: str) -> None:
        _, self.key = api_keys.create_own(access=desk.access, name="app")
        self.page, self.url = page, url

    def send(self, words: str) -> None:
        sent = {
            "project_name": "support",
            "name": words,
            "start_time": "2026-01-31T12:00:00Z",
            "input": {"question": words},
        }
        path = f"{self.url}/api/v1/private/traces"
        answer = self.page.request.post(path, data=sent, headers={"Authorization": self.key})
        assert answer.status == 201


def test_new_traces_wait_behind_a_pill_until_they_are_asked_for(
    live_server: LiveServer, page: Page
) -> None:
    desk = Desk()
    for _ in range(40):
        desk.trace(name="old")
    app = Client(desk, page, live_server.url)
    sign_in(page.context, desk, live_server.url)
    page.clock.install()
    page.goto(f"{live_server.url}/traces")
    rows, pill = page.locator("tbody tr"), page.locator("#arrivals a")
    expect(page.locator("#arrivals")).to_be_attached()
    for _ in range(30):
        page.keyboard.press("j")
    here = page.locator("tr.cursor")
    before, spot = here.get_attribute("id"), here.bounding_box()

    app.send("First?")
    app.send("Second?")
    page.clock.fast_forward(16_000)
    expect(pill).to_have_text("2 new n")
    assert (here.get_attribute("id"), here.bounding_box()) == (before, spot)
    expect(rows).to_have_count(40)
    assert accuse(page) == []
    page.keyboard.press("n")
    expect(rows).to_have_count(42)
    expect(rows.first.locator(".text a")).to_be_focused()
    expect(rows.first).to_contain_text("Second?")
    expect(pill).to_have_count(0)

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(page.locator("#arrivals")).to_be_attached()
    app.send("Third?")
    page.clock.fast_forward(16_000)
    expect(pill).to_be_in_viewport(ratio=1)
    spot = pill.bounding_box()
    assert spot is not None
    assert spot["height"] >= 44
    pill.click()
    expect(rows.first).to_contain_text("Third?")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_columns_are_chosen_on_a_phone(live_server: LiveServer, page: Page) -> None:
    desk = Desk()
    trace = desk.trace(name="kettle", tags='["vip"]')
    desk.score(trace, "0.4", name="Tone")
    sign_in(page.context, desk, live_server.url)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{live_server.url}/traces")

    page.get_by_role("link", name="Choose columns").click()
    offered = page.get_by_role("list", name="Columns that could be shown")
    for words in ("Name", "Tone"):
        offered.get_by_role("link", name=words, exact=True).click()
        expect(page.get_by_role("link", name=f"Take off {words}")).to_be_focused()
    expect(page.get_by_role("link", name="Done")).to_be_in_viewport(ratio=1)
    small = [
        box
        for each in page.locator(".chooser a").all()
        if (box := each.bounding_box()) and min(box["width"], box["height"]) < 44
    ]
    assert small == []
    assert accuse(page) == []
    page.get_by_role("link", name="Done").click()

    row = page.locator(f"#trace-{trace.pk}")
    for words in ("vip", "kettle", "0.4"):
        expect(row.get_by_text(words, exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert accuse(page) == []
