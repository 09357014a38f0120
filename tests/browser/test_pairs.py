"""Comparing pairs on the focus screen: with the keyboard alone, on a phone, without script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from feedback_app.models import Review
from feedback_app.services import guideline_reads, pairs
from tests import factories
from tests.browser.test_trace_page import PHONE, accuse, sign_in
from tests.feedback_app.desk import Desk
from traces_app.models import AnnotationQueue, Role, Score
from traces_app.services.queues import Question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Contest:
    """Two pairs, the second of traces with inputs of their own, and a reviewer."""

    def __init__(self) -> None:
        self.lead = Desk()
        outputs = ("Yes, for two years.", "Yes, for one year.")
        asked = '"' + "Is it covered? " * 150 + '"'  # longer than the screen is high
        self.first, other = (self.lead.trace(input=asked, output=f'"{each}"') for each in outputs)
        third = self.lead.trace(input='"Is it blue?"', output='"' + "Azure. " * 400 + '"')
        self.queue: AnnotationQueue = factories.queue(
            self.lead.access,
            self.first.project_id,
            scope="pair",
            name="Duel",
            questions=[Question(name="Preference", help="Truth first.", is_required=True)],
        )
        wanted = {self.first.pk: other.pk, third.pk: other.pk}
        pairs.add(access=self.lead.access, queue_id=self.queue.pk, pairs=wanted)
        self.desk = self.lead.colleague(Role.REVIEWER)
        guideline_reads.take_note(access=self.desk.access, queue=self.queue, number=1)

    @property
    def left_wins(self) -> float:
        """The score of the first pair where its left side is better."""
        return float(pairs.is_first_left(self.queue, self.first.pk, self.desk.person.pk))


@pytest.fixture
def contest() -> Contest:
    return Contest()


@pytest.fixture
def opened(live_server: LiveServer, page: Page, contest: Contest) -> Iterator[Page]:
    sign_in(page.context, contest.desk, live_server.url)
    page.goto(f"{live_server.url}/queues/{contest.queue.pk}/review")
    at(page, 1)
    yield page
    # Without its form the page gives nothing back when it is closed, after the tables are gone.
    page.evaluate("document.getElementById('judge')?.remove()")


def at(page: Page, number: int) -> None:
    """The page of this pair has come, and its script is ready."""
    expect(page).to_have_title(f"Pair {number} of 2, Duel · Marginalia")
    expect(page.locator(".q.here").first).to_be_visible()


def test_pairs_are_compared_with_the_keyboard_alone(opened: Page, contest: Contest) -> None:
    keys = opened.keyboard
    keys.press("Enter")  # nothing is chosen yet
    keys.press("d")
    expect(opened.get_by_role("heading", name="From A to B")).to_be_visible()
    keys.press("d")
    expect(opened.get_by_role("region", name="A", exact=True)).to_be_visible()
    keys.press("b")
    expect(opened.get_by_label("B is better")).to_be_checked()
    keys.press("n")
    keys.type("a, b and e are letters here.")
    keys.press("Escape")
    keys.press("a")
    keys.press("Enter")
    at(opened, 2)
    score = Score.objects.get()
    assert (float(score.value), score.entity_id) == (contest.left_wins, contest.first.pk)
    assert score.reason == "a, b and e are letters here."

    keys.press("u")
    at(opened, 1)
    expect(opened.get_by_label("A is better")).to_be_checked()
    expect(opened.locator("#feedback")).to_have_value("a, b and e are letters here.")
    keys.press("e")
    keys.press("Control+Enter")
    at(opened, 2)
    keys.press("b")
    keys.press("Enter")
    expect(opened.get_by_role("heading", name="Nothing is left for you here")).to_be_focused()
    expect(opened.locator("body")).to_have_class("app")
    assert Review.objects.filter(state="submitted").count() == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_axe_violations_and_both_answers_on_a_phone(
    opened: Page, contest: Contest, scheme: str
) -> None:
    opened.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    assert accuse(opened) == []
    expect(opened.get_by_role("heading", name="A", exact=True)).to_be_in_viewport()
    opened.keyboard.press("j")
    at(opened, 2)
    assert accuse(opened) == []

    opened.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert opened.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    expect(opened.get_by_role("heading", name="A", exact=True)).to_be_in_viewport()
    opened.get_by_role("heading", name="B", exact=True).scroll_into_view_if_needed()
    for choice in ("A is better", "Equal", "B is better"):
        box = opened.locator(".pick.three label").filter(has_text=choice)
        expect(box).to_be_in_viewport()
        assert box.evaluate("box => box.getBoundingClientRect().height") >= 44
    assert accuse(opened) == []
    opened.get_by_role("form").get_by_text("Say why").click()
    opened.locator("#feedback").fill("It is blue.")
    opened.get_by_label("Equal").check()
    opened.get_by_role("button", name="Submit", exact=True).click()
    at(opened, 1)


def test_the_lead_sets_up_fills_and_reads_the_board(
    live_server: LiveServer, page: Page, contest: Contest
) -> None:
    sign_in(page.context, contest.lead, live_server.url)
    page.goto(f"{live_server.url}/queues/new")
    page.get_by_role("link", name="set up a queue of pairs").click()
    page.get_by_label("Name", exact=True).fill("Second duel")
    assert accuse(page) == []
    page.get_by_role("button", name="Make the queue").click()
    page.get_by_role("link", name="Choose traces").click()
    boxes = page.get_by_label("Pick “", exact=False)
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.keyboard.press("c")
    page.get_by_label("Queue of pairs").select_option(label="Second duel")
    assert accuse(page) == []
    page.get_by_role("button", name="Pair two by two").click()
    expect(page.get_by_text("1 pair added to “Second duel”.")).to_be_visible()
    page.goto(f"{live_server.url}/queues/{contest.queue.pk}")
    expect(page.get_by_role("heading", name="Preferences")).to_be_visible()
    assert accuse(page) == []


def test_without_script_plain_forms_do(
    live_server: LiveServer, browser: Browser, contest: Contest
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(context, contest.desk, live_server.url)
    page.goto(f"{live_server.url}/queues/{contest.queue.pk}/review")
    page.get_by_role("link", name="Words that differ").click()
    expect(page.get_by_role("heading", name="From A to B")).to_be_visible()
    page.get_by_role("form").get_by_text("A is better").click()
    page.get_by_role("button", name="Submit and next Ctrl").click()

    expect(page).to_have_title("Pair 2 of 2, Duel · Marginalia")
    assert float(Score.objects.get().value) == contest.left_wins
    context.close()
