"""The frame in a browser: themes, drawer, keys, and the same by plain forms without script."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import factories
from traces_app.models import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a long enough phrase"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def email() -> str:
    person = factories.user("noor@example.com", password=PASSWORD, name="Noor Haddad")
    room = factories.workspace("Ant")
    factories.project(room, "support")
    factories.member(room, Role.OWNER, person)
    factories.member(factories.workspace("Zebra"), Role.REVIEWER, person)
    return person.email


def sign_in(page: Page, url: str, email: str) -> None:
    page.goto(f"{url}/settings/password")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Change password")).to_be_visible()


def accuse(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]


def test_the_theme_changes_at_once_and_stays(
    live_server: LiveServer, page: Page, email: str
) -> None:
    sign_in(page, live_server.url, email)
    root = page.locator("html")

    page.get_by_role("button", name="Account").click()
    with page.expect_response("**/settings/theme"):
        page.get_by_role("button", name="Dark").click()
    expect(root).to_have_attribute("data-theme", "dark")
    assert accuse(page) == []

    page.reload()
    expect(root).to_have_attribute("data-theme", "dark")


def test_nothing_on_a_page_offends_its_policy(
    live_server: LiveServer, page: Page, email: str
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    sign_in(page, live_server.url, email)
    page.get_by_role("button", name="Project").click()

    assert said == []


def test_the_drawer_of_a_phone_reaches_everything(
    live_server: LiveServer, page: Page, email: str
) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    sign_in(page, live_server.url, email)
    expect(page.get_by_role("link", name="My work")).to_be_hidden()

    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="My work")).to_be_visible()
    assert accuse(page) == []
    page.get_by_role("button", name="Project").click()
    page.get_by_role("button", name="Zebra").click()

    expect(page.get_by_role("heading", name="Your work will be listed here")).to_be_visible()


@pytest.mark.parametrize("path", ["/settings/password", "/"])
def test_targets_are_as_tall_as_a_finger_on_phones(
    live_server: LiveServer, page: Page, email: str, path: str
) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    sign_in(page, live_server.url, email)
    page.goto(live_server.url + path)
    page.get_by_role("button", name="Menu").click()

    targets = page.locator("a:visible:not(.jump, p a), button:visible, summary:visible")
    boxes = [each.bounding_box() for each in targets.all()]

    assert boxes
    assert [box for box in boxes if box and box["height"] < 44] == []


def test_all_works_without_script(live_server: LiveServer, browser: Browser, email: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, email)

    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("heading", name="Change password")).to_be_visible()
    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    context.close()


def test_a_server_that_cannot_be_reached_is_told(
    live_server: LiveServer, page: Page, email: str
) -> None:
    sign_in(page, live_server.url, email)
    page.route("**/settings/theme", lambda route: route.abort())

    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Light").click()

    expect(page.get_by_role("status")).to_contain_text("cannot be reached")


@pytest.mark.parametrize("path", ["/sign-in", "/signed-out", "/nowhere"])
def test_pages_of_strangers_are_clean(live_server: LiveServer, page: Page, path: str) -> None:
    page.goto(live_server.url + path)

    assert accuse(page) == []
