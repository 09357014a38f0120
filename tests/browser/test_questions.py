"""Every kind of question, from the setup to the answer, in a browser."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from feedback_app.models import Review
from feedback_app.services import guideline_reads
from tests import factories
from tests.browser.test_trace_page import PHONE, accuse, sign_in
from tests.feedback_app.desk import Desk
from traces_app.models import AnnotationQueue, FeedbackDefinition, Role, Score
from traces_app.services import definitions, queues
from traces_app.services.queues import Question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RUDE = '{"question":"Faults","is":["Rude"]}'


class Round:
    """A queue of two traces that asks for several choices and for a text, and a reviewer."""

    def __init__(self) -> None:
        self.lead = Desk()
        for name, kind, details in (
            ("Faults", "multiple", '{"categories":{"Late":1,"Rude":2,"Long":1}}'),
            ("Why", "text", "{}"),
        ):
            said = definitions.Definition(name, kind, details)
            definitions.create(access=self.lead.access, said=said)
        traces = [self.lead.trace(name=name) for name in ("first", "second")]
        self.first = traces[0].pk
        self.queue: AnnotationQueue = factories.queue(
            self.lead.access,
            traces[0].project_id,
            *traces,
            name="Manners",
            questions=[
                Question(name="Faults", option_help='{"Rude":"It calls names."}', help="All of it"),
                Question(name="Why", show_if=RUDE, is_required=True),
            ],
        )
        self.desk = self.lead.colleague(Role.REVIEWER)
        guideline_reads.take_note(access=self.desk.access, queue=self.queue, number=1)
        self.path = f"/queues/{self.queue.pk}/review"


@pytest.fixture
def round_() -> Round:
    return Round()


@pytest.fixture
def opened(live_server: LiveServer, page: Page, round_: Round) -> Iterator[Page]:
    sign_in(page.context, round_.desk, live_server.url)
    page.goto(f"{live_server.url}{round_.path}")
    at(page, 1)
    yield page
    # Without its form the page gives nothing back when it is closed, after the tables are gone.
    page.evaluate("document.getElementById('judge')?.remove()")


def at(page: Page, number: int) -> None:
    """The page of this item has come, and its script is ready."""
    expect(page).to_have_title(f"Item {number} of 2, Manners · Marginalia")
    expect(page.locator("fieldset.here, .q.here").first).to_be_visible()


def test_choices_and_texts_with_the_keyboard_alone(opened: Page, round_: Round) -> None:
    keys, why = opened.keyboard, opened.get_by_role("textbox", name="Why")
    for digit in "123":
        keys.press(digit)
    keys.press("3")
    expect(opened.get_by_label("Late")).to_be_checked()
    expect(opened.get_by_label("Long")).not_to_be_checked()
    expect(opened.get_by_label("Rude")).to_have_accessible_description("It calls names.")
    keys.press("ArrowDown")
    expect(why).to_be_focused()
    keys.type("It shouts 12.")
    keys.press("Enter")
    keys.press("Escape")
    expect(why).not_to_be_focused()
    expect(opened.get_by_text("Saved")).to_be_visible()
    assert json.loads(Review.objects.get().draft or "")["answers"]["Faults"] == ["Late", "Rude"]

    opened.reload()
    at(opened, 1)
    expect(why).to_have_value("It shouts 12.\n")
    expect(opened.get_by_label("Rude")).to_be_checked()
    keys.press("Control+Enter")

    at(opened, 2)
    said = Score.objects.order_by("name").values_list("name", "value", "category_name", "reason")
    assert [(name, int(value), *words) for name, value, *words in said] == [
        ("Faults", 3, "Late, Rude", ""),
        ("Why", 1, "", "It shouts 12."),
    ]
    keys.press("u")
    at(opened, 1)
    expect(why).to_have_value("It shouts 12.")


def test_choices_are_kept_through_a_lost_connection(opened: Page, round_: Round) -> None:
    opened.context.set_offline(True)
    opened.keyboard.press("2")
    opened.keyboard.press("3")
    expect(opened.get_by_text("No connection: kept in this browser.")).to_be_visible()
    address = opened.url
    opened.goto("about:blank")
    opened.context.set_offline(False)
    opened.goto(address)

    expect(opened.get_by_label("Rude")).to_be_checked()
    expect(opened.get_by_label("Long")).to_be_checked()
    expect(opened.get_by_label("Late")).not_to_be_checked()
    expect(opened.get_by_role("textbox", name="Why")).to_be_visible()
    expect(opened.get_by_text("Saved")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_axe_violations_on_a_desk_and_a_phone(opened: Page, scheme: str) -> None:
    opened.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    opened.keyboard.press("2")
    opened.keyboard.press("Control+Enter")
    expect(opened.get_by_text("This one needs an answer.")).to_be_visible()
    expect(opened.get_by_role("textbox", name="Why")).to_have_accessible_description(
        "This one needs an answer. 0 / 2048"
    )
    assert accuse(opened) == []

    opened.set_viewport_size(PHONE)  # type: ignore[arg-type]
    opened.locator(".grip").click()
    assert opened.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert accuse(opened) == []


def test_without_script_questions_are_set_up_and_answered(
    live_server: LiveServer, browser: Browser, round_: Round
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(context, round_.lead, live_server.url)
    page.goto(f"{live_server.url}/queues/{round_.queue.pk}/setup")
    page.get_by_label("Add a question").select_option(label="New: any of several options")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("What is asked for").fill("Merits")
    page.get_by_label("Options", exact=True).fill("Kind\nShort = 2")
    page.locator(".more-asked summary").last.click()
    page.get_by_label("Help beside the options").last.fill("Kind: it greets")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert FeedbackDefinition.objects.get(name="Merits").type == "multiple"

    page.goto(f"{live_server.url}{round_.path}")
    expect(page.get_by_text("it greets")).to_be_visible()
    page.get_by_role("button", name="Start").click()
    page.get_by_label("Kind").check(force=True)
    page.get_by_label("Short").check(force=True)
    page.get_by_role("button", name="Submit and next Ctrl").click()

    at_second = "Item 2 of 2, Manners · Marginalia"
    expect(page).to_have_title(at_second)
    assert Score.objects.get().category_name == "Kind, Short"
    context.close()


def test_an_answer_from_another_page_is_compared_and_not_overwritten(
    opened: Page, round_: Round
) -> None:
    other = opened.context.new_page()
    other.goto(opened.url)
    at(other, 1)
    other.keyboard.press("1")
    other.locator("#feedback").fill("Theirs.")
    other.keyboard.press("Control+Enter")
    at(other, 2)
    opened.keyboard.press("2")
    opened.get_by_role("textbox", name="Why").fill("Mine.")
    opened.keyboard.press("Control+Enter")

    expect(opened.get_by_role("alert")).to_contain_text("in another place")
    faults = opened.get_by_role("group", name="Faults")
    expect(faults).to_contain_text("Submitted: Late")
    assert accuse(opened) == []
    opened.get_by_role("button", name="Take what was submitted for the feedback").click()
    expect(opened.locator("#feedback")).to_have_value("Theirs.")
    expect(opened.get_by_label("Rude")).to_be_checked()
    opened.keyboard.press("Escape")
    opened.keyboard.press("Control+Enter")
    at(opened, 2)
    assert Review.objects.get(judged_id=round_.first).feedback == "Theirs."
    assert Score.objects.get(name="Faults").category_name == "Rude"
    other.evaluate("document.getElementById('judge')?.remove()")


def test_enter_goes_on_and_submits_where_one_thing_is_asked(opened: Page, round_: Round) -> None:
    opened.keyboard.press("2")
    opened.get_by_label("Rude").focus()
    opened.keyboard.press("Enter")
    expect(opened.get_by_role("textbox", name="Why")).to_be_focused()
    assert not Score.objects.exists()

    queues.edit(
        access=round_.lead.access,
        queue_id=round_.queue.pk,
        wishes=queues.Wishes(questions=[Question(name="Faults")]),
    )
    opened.reload()
    at(opened, 1)
    opened.keyboard.press("3")
    opened.keyboard.press("Enter")
    at(opened, 2)
    assert Score.objects.get().category_name == "Rude, Long"


def test_the_setup_follows_what_is_typed_and_lets_it_be_tried(
    live_server: LiveServer, page: Page, round_: Round
) -> None:
    sign_in(page.context, round_.lead, live_server.url)
    page.goto(f"{live_server.url}/queues/{round_.queue.pk}/setup")
    trial = page.get_by_role("complementary", name="As reviewers see it")
    why = trial.get_by_role("textbox", name="Why")
    expect(trial.get_by_text("It calls names.")).to_be_visible()
    expect(why).to_be_hidden()
    trial.get_by_label("Rude").check()
    expect(why).to_be_visible()
    expect(trial.get_by_label("Rude")).to_be_focused()

    page.locator(".on-answers summary").press("Enter")
    answers = page.get_by_role("group", name="If “Faults” is")
    answers.get_by_label("Late").check()
    expect(page.locator("#when-1")).to_have_text("if “Faults” is “Late” or “Rude”")
    expect(trial).to_contain_text("Question 2 is asked if “Faults” is “Late” or “Rude”.")
    page.get_by_label("Help beside the question").first.fill("Name the worst.")
    expect(trial).to_contain_text("Name the worst.")
    expect(trial.get_by_label("Rude")).to_be_checked()
    page.get_by_label("Add a question").select_option(label="New: one of several options")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(trial).to_contain_text("Question 3 cannot be shown yet.")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert accuse(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.evaluate("document.querySelector('main > .scroll').scrollWidth") <= PHONE["width"]
    assert accuse(page) == []
