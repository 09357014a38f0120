"""The list, the keys and the members in a browser: by keyboard, by HTMX, and for everybody."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import factories
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import VERDICT, Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a long enough phrase"
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


@pytest.fixture
def owner() -> Access:
    room = factories.workspace("Kettle & Finch")
    person = factories.user("owner@example.com", password=PASSWORD)
    return factories.access(room, person=factories.member(room, Role.OWNER, person))


def fill(owner: Access, number: int) -> None:
    """So many traces with all that a row can show."""
    for index in range(number):
        trace = factories.trace(
            owner,
            input=normal_form.dump(f"question {index}"),
            output='"an answer"',
            tags='["warranty","grinder","third"]',
            thread_id=f"t-{index}",
            model_id="llama-3.3-70b",
            error_info='{"message":"stopped"}' if index % 7 == 3 else None,
        )
        if index % 2:
            factories.score(owner, trace, index % 11 / 10, VERDICT)


def sign_in(page: Page, server: LiveServer, path: str = "/traces") -> None:
    page.goto(f"{server.url}/sign-in?next={path}")
    page.get_by_label("E-mail").fill("owner@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{server.url}{path}")


def test_find_and_open_by_keyboard_alone(
    live_server: LiveServer, page: Page, owner: Access
) -> None:
    fill(owner, 12)
    sign_in(page, live_server)

    page.keyboard.press("/")
    page.keyboard.type("question 1")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/traces?q=question+1")
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.get_by_label("Find text in the traces")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/traces/[0-9a-f-]{36}\?q=question\+1$"))
    expect(page.locator("#input-content")).to_contain_text("question 10")


def test_pages_swap_in_place_and_back_leads_back(
    live_server: LiveServer, page: Page, owner: Access
) -> None:
    fill(owner, 51)
    sign_in(page, live_server)
    page.evaluate("document.querySelector('.head').dataset.stays = 'yes'")

    page.get_by_role("link", name="Older").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    assert "after=" in page.url
    expect(page.locator(".head[data-stays]")).to_have_count(1)
    page.go_back()

    expect(page.locator("tbody tr")).to_have_count(50)
    assert page.url == f"{live_server.url}/traces"


def test_filters_become_chips_that_can_be_taken_off(
    live_server: LiveServer, page: Page, owner: Access
) -> None:
    fill(owner, 8)
    sign_in(page, live_server)

    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Score from").fill("0.5")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_label("Sort").select_option("best")
    expect(page).to_have_url(f"{live_server.url}/traces?min=0.5&sort=best")
    remove = page.get_by_role("link", name="Remove the filter score ≥ 0.5")
    expect(remove).to_have_attribute("href", "?sort=best")  # the sorted list has come
    remove.click()

    expect(page.locator("tbody tr")).to_have_count(8)
    expect(page).to_have_url(f"{live_server.url}/traces?sort=best")


def test_a_mistake_in_a_filter_is_focused(
    live_server: LiveServer, page: Page, owner: Access
) -> None:
    fill(owner, 1)
    sign_in(page, live_server)

    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Score to").fill("seven")
    page.keyboard.press("Enter")

    expect(page.get_by_label("Score to")).to_be_focused()
    expect(page.get_by_label("Score to")).to_have_value("seven")
    expect(page.get_by_role("alert")).to_contain_text("Write a number from 0 to 1.")


def test_a_key_is_made_and_revoked(live_server: LiveServer, page: Page, owner: Access) -> None:
    sign_in(page, live_server, "/settings/keys")

    page.get_by_label("Name").fill("support")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Copy “support” now")).to_be_focused()
    page.get_by_role("button", name="Revoke support").click()
    page.get_by_role("button", name="Revoke it").click()

    expect(page.locator("#messages")).to_contain_text("“support” is revoked")
    expect(page.locator("tr.gone")).to_have_count(1)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(
    live_server: LiveServer, page: Page, owner: Access, scheme: Any, size: str
) -> None:
    factories.key(factories.workspace())
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": SIZES[size][0], "height": SIZES[size][1]})
    sign_in(page, live_server)
    found = violations(page)  # of the empty list
    fill(owner, 12)
    for path in (
        "/traces",
        "/traces?min=0.2&tag=grinder&sort=best",
        "/traces?min=abc",
        "/traces?q=nowhere",
        "/settings/keys",
        "/settings/members",
    ):
        page.goto(f"{live_server.url}{path}")
        found += violations(page)
    page.goto(f"{live_server.url}/settings/keys")
    page.get_by_label("Name").fill("support")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Copy “support” now")).to_be_visible()
    found += violations(page)

    assert not found


def violations(page: Page) -> list[str]:
    """What axe finds, and whether the page scrolls sideways."""
    answer = Axe().run(page)
    found = [
        f"{page.url}: {each['id']} {[node['target'] for node in each['nodes']]}"
        for each in answer.response["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(f"{page.url} scrolls sideways")
    return found


def choose_field(page: Page, words: str) -> None:
    """By typing, as people do in a list of options; what follows it is there when it returns."""
    field = page.get_by_label("Field", exact=True)
    expect(field).to_be_visible()
    field.focus()
    field.select_option(label=words)
    expect(page.get_by_label("Is", exact=True)).to_be_visible()
    expect(field).to_be_focused()


def test_alternatives_are_built_by_keyboard_kept_as_a_view_and_shown_as_text(
    live_server: LiveServer, page: Page, owner: Access
) -> None:
    fill(owner, 6)
    factories.trace(owner, input='"other"', model_id="gpt")
    sign_in(page, live_server)

    page.locator("summary", has_text="Filter").press("Enter")
    choose_field(page, "thread_id")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("t-1")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Add an alternative to thread_id = t-1").press("Enter")
    choose_field(page, "model")
    page.get_by_label("Value").fill("gpt")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("summary[aria-label='Save as a view']").press("Enter")
    page.get_by_label("Save this list as").fill("Odd ones")
    page.keyboard.press("Enter")
    tab = page.get_by_role("navigation", name="Views").get_by_role("link", name="Odd ones")
    expect(tab).to_have_attribute("aria-current", "page")
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(2)
    assert Axe().run(page).violations_count == 0
    page.get_by_label("Sort").select_option("oldest")
    expect(tab).to_contain_text("changed")
    page.get_by_role("link", name="Choose columns").press("Enter")
    page.get_by_role("link", name="Take off Tags").press("Enter")
    expect(page.get_by_role("columnheader", name="Tags")).to_have_count(0)
    page.get_by_role("link", name="Done").press("Enter")
    expect(page.get_by_role("link", name="Choose columns")).to_be_visible()
    expect(page.locator("#count")).to_contain_text("2")
    page.get_by_role("link", name="Query", exact=True).press("Enter")

    query = page.get_by_label("Filters as text")
    expect(query).to_have_value('thread_id = "t-1" OR model = "gpt"')
    query.fill('thread_id = "t-1" AND colour = 5')
    query.press("Enter")
    expect(page.locator("mark")).to_have_text("colour")
    expect(query).to_be_focused()
