"""A reviewer's day on the focus screen, with the keyboard alone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from feedback_app.models import Review
from feedback_app.services import guideline_reads
from tests import factories
from tests.browser.test_trace_page import PHONE, accuse, sign_in
from tests.feedback_app.desk import Desk
from traces_app.models import VERDICT, AnnotationQueue, Role, Score
from traces_app.services import definitions
from traces_app.services.queues import Question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Round:
    """A queue of three traces with three questions, and a reviewer."""

    def __init__(self) -> None:
        self.lead = Desk()
        said = definitions.Definition("Fault", "categorical", '{"categories":{"Fact":2,"Tone":1}}')
        definitions.create(access=self.lead.access, said=said)
        said = definitions.Definition(
            "Sendable", "boolean", '{"true_label":"Yes","false_label":"No"}'
        )
        definitions.create(access=self.lead.access, said=said)
        self.traces = traces = [self.lead.trace(name=name) for name in ("first", "second", "third")]
        self.queue: AnnotationQueue = factories.queue(
            self.lead.access,
            traces[0].project_id,
            *traces,
            name="Warranty",
            instructions="Read the *order record* first.",
            questions=[
                Question(name=VERDICT, is_required=True),
                Question(name="Sendable"),
                Question(name="Fault", show_if='{"question":"Sendable","is":["No"]}'),
            ],
        )
        self.desk = self.lead.colleague(Role.REVIEWER)
        guideline_reads.take_note(access=self.desk.access, queue=self.queue, number=1)


@pytest.fixture
def round_() -> Round:
    return Round()


@pytest.fixture
def opened(live_server: LiveServer, page: Page, round_: Round) -> Iterator[Page]:
    sign_in(page.context, round_.desk, live_server.url)
    page.goto(f"{live_server.url}/")
    yield page
    # Without its form the page gives nothing back when it is closed, after the tables are gone.
    page.evaluate("document.getElementById('judge')?.remove()")


def at(page: Page, number: int) -> None:
    """The page of this item has come, and its script is ready."""
    expect(page).to_have_title(f"Item {number} of 3, Warranty · Marginalia")
    expect(page.locator("fieldset.here, .q.here").first).to_be_visible()


def coming(page: Page) -> None:
    """The next item has been read ahead."""
    expect(page.locator("#judge[data-coming]")).to_be_attached()


def boxes(page: Page) -> list[Any]:
    """Where the panes stand."""
    return [page.locator(pane).bounding_box() for pane in (".top", ".rail", "main", ".judge")]


def test_the_day_of_a_reviewer_with_the_keyboard_alone(opened: Page, round_: Round) -> None:
    keys = opened.keyboard
    keys.press("j")
    keys.press("Enter")
    at(opened, 1)

    keys.press("8")
    expect(opened.get_by_label("User feedback, 0 to 1")).to_have_value("0.8")
    keys.press("ArrowDown")
    expect(opened.get_by_role("group", name="Fault")).to_be_hidden()
    keys.press("2")
    expect(opened.get_by_role("group", name="Fault")).to_be_visible()
    keys.press("ArrowDown")
    keys.press("1")
    expect(opened.get_by_label("Fact")).to_be_checked()
    keys.press("e")
    keys.type("By keys 123.")
    keys.press("Control+Enter")

    at(opened, 2)
    expect(opened.get_by_role("status").filter(has_text="Item 2 of 3")).to_be_attached()
    assert {row.name: str(row.value) for row in Score.objects.all()} == {
        VERDICT: "0.800000000",
        "Sendable": "0E-9",
        "Fault": "2.000000000",
    }
    keys.press("s")
    at(opened, 3)
    keys.press("Shift+S")
    keys.press("Escape")
    expect(opened.locator(".q.here")).to_be_focused()
    keys.press("Shift+S")
    keys.type("I know her.")
    keys.press("Control+Enter")
    at(opened, 2)  # the skipped one comes back
    keys.press("p")
    keys.press("Control+Enter")
    expect(opened.get_by_role("heading", name="Nothing is left for you here")).to_be_focused()
    expect(opened.locator("body")).to_have_class("app")


def test_after_every_swap_one_is_at_the_first_question_and_nothing_has_moved(
    opened: Page, round_: Round
) -> None:
    opened.goto(f"{opened.url}queues/{round_.queue.pk}/review")
    at(opened, 1)
    panes = boxes(opened)

    for key, number, title, was_read in (
        ("Control+Enter", 2, "second", True),
        ("s", 3, "third", True),
        ("u", 1, "first", False),
    ):
        coming(opened)
        if number == 2:
            opened.keyboard.press("p")
        with opened.expect_response(lambda answer: answer.request.method == "POST") as swapped:
            opened.keyboard.press(key)
        at(opened, number)
        expect(opened.locator("[data-question]").first).to_be_focused()
        expect(opened.locator("[data-announce]")).to_have_text(f"Item {number} of 3: {title}")
        expect(opened.get_by_text("Is it covered?")).to_be_visible()
        assert ("page-ahead" in swapped.value.headers) is was_read
        assert boxes(opened) == panes


def test_undo_brings_the_answers_back(opened: Page, round_: Round) -> None:
    keys = opened.keyboard
    opened.goto(f"{opened.url}queues/{round_.queue.pk}/review")
    at(opened, 1)
    keys.press("x")
    keys.press("e")
    keys.type("Hasty.")
    keys.press("Control+Enter")
    at(opened, 2)

    keys.press("u")

    at(opened, 1)
    expect(opened.locator("#feedback")).to_have_value("Hasty.")
    expect(opened.get_by_label("User feedback, 0 to 1")).to_have_value("0")
    assert not Score.objects.exists()


def test_words_are_kept_through_a_lost_connection_and_a_lost_session(
    opened: Page, round_: Round
) -> None:
    opened.goto(f"{opened.url}queues/{round_.queue.pk}/review")
    at(opened, 1)
    opened.context.set_offline(True)
    opened.locator("#feedback").fill("Said without a line.")
    expect(opened.get_by_text("No connection: kept in this browser.")).to_be_visible()
    opened.context.set_offline(False)
    expect(opened.get_by_text("Saved")).to_be_visible()
    assert json.loads(Review.objects.get().draft or "")["feedback"] == "Said without a line."

    address = opened.url
    opened.context.clear_cookies(name="sessionid")
    opened.locator("#feedback").fill("Said without a session.")
    opened.wait_for_url("**/sign-in?next=**")
    sign_in(opened.context, round_.desk, address.split("/queues")[0])
    opened.goto(address)

    expect(opened.locator("#feedback")).to_have_value("Said without a session.")
    expect(opened.get_by_text("Saved")).to_be_visible()


def test_no_field_of_the_next_item_takes_a_key_before_its_page_is_ready(
    opened: Page, round_: Round
) -> None:
    opened.goto(f"{opened.url}queues/{round_.queue.pk}/review")
    at(opened, 1)
    opened.evaluate(
        "document.addEventListener('htmx:afterSwap',"
        " () => { document.body.dataset.writes = document.activeElement.id || 'nowhere' })"
    )
    opened.keyboard.press("p")
    opened.keyboard.press("e")
    opened.keyboard.type("Right.")
    opened.keyboard.press("Control+Enter")
    at(opened, 2)

    expect(opened.locator("body")).to_have_attribute("data-writes", "nowhere")
    assert opened.evaluate("Object.keys(localStorage)") == []


def test_an_impatient_key_is_one_submit(opened: Page, round_: Round) -> None:
    opened.goto(f"{opened.url}queues/{round_.queue.pk}/review")
    at(opened, 1)
    opened.keyboard.press("p")
    opened.get_by_role("button", name="Submit and next Ctrl").dblclick()

    at(opened, 2)
    assert Review.objects.filter(state="submitted").count() == 1


def test_words_typed_just_before_one_leaves_are_no_draft_of_the_next_item(
    opened: Page, round_: Round
) -> None:
    sent: list[str] = []
    opened.on("request", lambda request: sent.append(request.url))
    opened.clock.install()
    opened.goto(opened.url + f"queues/{round_.queue.pk}/review")
    at(opened, 1)
    opened.locator("#feedback").fill("Half a thou")
    opened.keyboard.press("Escape")
    opened.keyboard.press("s")
    at(opened, 2)
    opened.clock.fast_forward(2_000)
    opened.keyboard.press("f")
    expect(opened.get_by_label("Why is it flagged?")).to_be_focused()

    first, second = Review.objects.order_by("judged_id")
    assert "Half a thou" in (first.draft or "")
    assert ([url for url in sent if url.endswith("/draft")], second.draft) == ([], None)
    opened.keyboard.press("Escape")
    opened.keyboard.press("k")
    at(opened, 1)
    expect(opened.locator("#feedback")).to_have_value("Half a thou")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_axe_violations_and_no_sideways_scroll_on_a_phone(
    opened: Page, round_: Round, scheme: str
) -> None:
    opened.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    assert accuse(opened) == []
    opened.goto(f"{opened.url}queues/{round_.queue.pk}/review")
    at(opened, 1)
    assert accuse(opened) == []

    opened.keyboard.press("j")  # in the middle there is a way back and a way on
    at(opened, 2)
    opened.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert opened.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert accuse(opened) == []


def test_without_script_plain_forms_do(
    live_server: LiveServer, browser: Browser, round_: Round
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(context, round_.desk, live_server.url)
    page.goto(f"{live_server.url}/queues/{round_.queue.pk}/review")
    page.get_by_label("User feedback, 0 to 1").fill("0.4")
    expect(page.get_by_role("button", name="Good")).to_be_hidden()
    page.get_by_role("button", name="Submit and next Ctrl").click()

    expect(page).to_have_title("Item 2 of 3, Warranty · Marginalia")
    for there, back in (("3 third", "2 second"), ("Next", "Previous")):
        page.locator("#feedback").fill(f"Typed before {there}.")
        page.get_by_role("button", name=there, exact=True).click()
        expect(page).to_have_title("Item 3 of 3, Warranty · Marginalia")
        page.get_by_role("button", name=back, exact=True).click()
        expect(page.locator("#feedback")).to_have_value(f"Typed before {there}.")
    expect(page.get_by_role("link", name="Next")).to_be_hidden()
    context.close()


def test_without_script_nothing_beside_the_judgement_loses_it(
    live_server: LiveServer, browser: Browser
) -> None:
    desk = Desk()
    traces = [desk.trace(name=name) for name in ("first", "second")]
    queue = factories.queue(
        desk.access,
        traces[0].project_id,
        *traces,
        comments_enabled=True,
        corrections_enabled=True,
    )
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(context, desk, live_server.url)
    page.goto(f"{live_server.url}/queues/{queue.pk}/items/{traces[0].pk}")
    words, button = page.locator("#feedback"), page.get_by_role("button")
    words.fill("Half")
    button.filter(has_text="Flag").click()
    expect(words).to_have_value("Half")
    words.fill("Half a")
    button.filter(has_text="Undo").click()
    page.goto(f"{live_server.url}/queues/{queue.pk}/items/{traces[0].pk}")
    expect(words).to_have_value("Half a")
    expect(page.get_by_label("New comment")).to_be_hidden()

    words.fill("Half a thou")
    button.filter(has_text="Comment and more").click()
    page.get_by_label("Why is it flagged?").wait_for()
    page.get_by_label("New comment").fill("The price is old.")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("#comments .note")).to_contain_text("The price is old.")
    page.get_by_text("Correct the output").click()
    page.get_by_label("The answer as it should have been").fill("No.")
    button.filter(has_text="Submit correction").click()
    expect(page.locator("#correction .note")).to_be_visible()
    page.get_by_role("link", name="Back to my judgement").click()
    expect(words).to_have_value("Half a thou")

    words.fill("Half a thought")
    button.filter(has_text="Skip").click()
    current = page.get_by_role("navigation").locator("button[aria-current=true]")
    expect(current).to_contain_text("second")
    page.get_by_role("button", name="Previous", exact=True).click()
    expect(words).to_have_value("Half a thought")
    words.fill("A thought")
    button.filter(has_text="Decline").first.click()
    page.get_by_label("Why?").fill("I know her.")
    page.locator("#decline").get_by_role("button", name="Decline").click()
    expect(current).to_contain_text("second")
    review = Review.objects.get(judged_id=traces[0].pk)
    assert (review.state, "A thought" in (review.draft or "")) == ("declined", True)
    context.close()
