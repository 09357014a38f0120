"""What people say beside a trace, with the keyboard and on a phone: names, and marked words."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from feedback_app.models import Review
from tests import factories
from tests.browser.test_trace_page import PHONE, accuse, sign_in
from tests.feedback_app.desk import Desk
from tests.feedback_app.views.test_turns import Talk
from traces_app.models import Notice, Role, Trace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    for name in ("Rita Moss", "Rita Berg", "Omar Aziz"):
        email = f"{name.replace(' ', '.').lower()}@example.com"
        factories.member(desk.room, person=factories.user(email, name=name))
    return desk


def test_people_are_named_with_the_keyboard_alone(
    live_server: LiveServer, page: Page, desk: Desk
) -> None:
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/traces/{desk.trace().pk}")
    field = page.get_by_label("New comment")
    options = page.get_by_role("option")

    page.keyboard.press("n")
    page.keyboard.type("Look, @ri")
    expect(options).to_have_text([re.compile("Rita Berg"), re.compile("Rita Moss")])
    assert accuse(page) == []
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "person-2")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Look, @Rita Moss ")
    expect(options).to_have_count(0)
    page.keyboard.type("and @om")
    expect(options).to_have_count(1)
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    page.keyboard.type("ar")
    expect(field).to_be_focused()
    expect(options).to_have_count(0)
    page.keyboard.press("Control+Enter")

    expect(page.locator("mark.at")).to_have_text(["@Rita Moss", "@omar"])
    expect(field).to_have_value("")
    assert Notice.objects.count() == 2
    assert accuse(page) == []


def test_people_are_named_on_a_phone(live_server: LiveServer, browser: Browser, desk: Desk) -> None:
    thread = factories.thread_of(desk.trace(thread_id="talk"))
    context = browser.new_context(viewport=PHONE, has_touch=True)  # type: ignore[arg-type]
    sign_in(context, desk, live_server.url)
    page = context.new_page()
    page.goto(f"{live_server.url}/threads/{thread.pk}")
    field = page.get_by_label("New comment")

    field.tap()
    field.press_sequentially("@aziz")
    option = page.get_by_role("option", name="Omar Aziz")
    expect(option).to_be_visible()
    spot = option.bounding_box()
    option.tap()

    assert spot is not None
    assert spot["height"] >= 44
    assert 0 <= spot["x"] <= PHONE["width"] - spot["width"]
    expect(field).to_have_value("@Omar Aziz ")
    expect(field).to_be_focused()
    context.close()


SELECT = """([side, words, nth, inside]) => {
  const root = document.querySelector(`${inside}[data-side=${side}] > .reading`);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  let text = "";
  while (walker.nextNode()) {
    nodes.push([walker.currentNode, text.length]);
    text += walker.currentNode.data;
  }
  let at = -1;
  for (let n = 0; n < nth; n += 1) at = text.indexOf(words, at + 1);
  const spot = (offset) => nodes.filter(([node, start]) => start <= offset).at(-1);
  const [first, a] = spot(at);
  const [last, b] = spot(at + words.length - 1);
  const range = new Range();
  range.setStart(first, at - a);
  range.setEnd(last, at + words.length - b);
  document.activeElement.blur();
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def select(page: Page, words: str, nth: int = 1, side: str = "output") -> None:
    page.evaluate(SELECT, [side, words, nth, ""])


ANSWER = '"It is **covered** for a year. It is **covered** by us.\\n\\nWrite to us & ask."'


def test_words_are_marked_and_lead_to_their_note_and_back(
    live_server: LiveServer, page: Page, desk: Desk
) -> None:
    trace = desk.trace(output=ANSWER)
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/traces/{trace.pk}")
    marks, field = page.locator("mark.anchored"), page.get_by_label("New comment")

    select(page, "covered by us.", 1)
    page.get_by_role("button", name="Comment on this").click()
    expect(page.locator("[data-quoted] q")).to_have_text("covered by us.")
    expect(field).to_be_focused()
    page.keyboard.type("By whom, @omar?")
    page.keyboard.press("Control+Enter")
    expect(marks).to_have_text(["covered", " by us."])
    expect(page.locator("strong:has(mark)")).to_have_count(1)
    select(page, "It is covered", 2)
    page.keyboard.press("n")
    page.keyboard.type("An overlap.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("mark mark, mark.anchored")).to_have_count(4)
    assert accuse(page) == []

    page.get_by_role("link", name="Note 2, by").press("Enter")
    quote = page.get_by_role("link", name="To the words: It is covered")
    expect(quote).to_be_focused()
    quote.press("Enter")
    expect(page.get_by_role("link", name="Note 2, by")).to_be_focused()
    page.get_by_role("link", name="Raw").last.click()
    expect(page.get_by_text("These words are not in the text").first).to_be_visible()
    page.get_by_role("link", name="Rendered").last.click()
    expect(marks).to_have_count(4)

    Trace.objects.update(output='"Something else."')
    page.goto(f"{live_server.url}/traces/{trace.pk}")
    expect(page.get_by_text("These words are not in the text").last).to_be_visible()
    expect(marks).to_have_count(0)


def test_a_reviewer_marks_words_in_the_focus_screen(
    live_server: LiveServer, page: Page, desk: Desk
) -> None:
    trace = desk.trace(output=ANSWER)
    queue = factories.queue(
        desk.access, trace.project_id, trace, is_blind=True, comments_enabled=True
    )
    reviewer = desk.colleague(Role.REVIEWER)
    sign_in(page.context, reviewer, live_server.url)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/queues/{queue.pk}/items/{trace.pk}")

    select(page, "for a year")
    page.keyboard.press("n")
    page.keyboard.type("Two, I think.")
    page.keyboard.press("Control+Enter")

    expect(page.locator("mark.anchored")).to_have_text("for a year")
    gloss = page.locator(".gloss")
    expect(gloss).to_contain_text("Two, I think.")
    beside, line = gloss.bounding_box(), page.locator("mark.anchored").bounding_box()
    assert beside is not None
    assert line is not None
    assert abs(beside["y"] - line["y"]) < 24
    assert beside["x"] > line["x"] + line["width"]
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("f")
    expect(page.get_by_label("Why is it flagged?")).to_be_focused()
    page.keyboard.type("The second of these.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Whoever leads the queue reads this")).to_be_visible()
    assert Review.objects.get().flag_note == "The second of these."
    assert accuse(page) == []
    page.evaluate("document.getElementById('judge').remove()")


def test_words_of_a_turn_are_marked_where_the_conversation_is_judged_and_read(
    live_server: LiveServer, page: Page
) -> None:
    talk = Talk(comments_enabled=True, is_blind=True)
    sign_in(page.context, talk.desk, live_server.url)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}{talk.path}")
    second = page.locator(f'[data-turn="{talk.turns[1].pk}"]')
    expect(page.locator(".here").first).to_be_visible()

    page.evaluate(SELECT, ["output", "say 2;", 1, f'[data-turn="{talk.turns[1].pk}"] '])
    page.get_by_role("button", name="Comment on this").click()
    page.keyboard.type("Rude.")
    page.keyboard.press("Control+Enter")
    expect(second.locator("mark.anchored")).to_have_text("say 2;")
    page.get_by_role("link", name="To the words: say 2;").press("Enter")
    expect(page.get_by_role("link", name="Note 1, by")).to_be_focused()
    assert accuse(page) == []

    page.goto(f"{live_server.url}/threads/{talk.thread.pk}")
    expect(second.locator("mark.anchored")).to_have_text("say 2;")
    assert accuse(page) == []
