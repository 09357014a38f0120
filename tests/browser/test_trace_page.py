"""Judging a trace in a browser: with the mouse, with the keyboard alone, and without script."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect
from pytest_django.live_server_helper import LiveServer

from feedback_app.models import Datapoint
from tests import factories
from tests.feedback_app.desk import Desk
from traces_app.models import Comment, Score, Trace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE = {"width": 1440, "height": 900}
MIDDLE = {"width": 1024, "height": 768}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def traces(desk: Desk) -> list[Trace]:
    """Newest first, as the list has them: "third" is the one that is opened."""
    sent = [desk.trace(name=name, tags='["grinder"]') for name in ("first", "second", "third")]
    factories.span(factories.access(desk.room), sent[2], name="answer")
    return sent[::-1]


def sign_in(context: BrowserContext, desk: Desk, url: str) -> None:
    cookie = desk.browser.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])


@pytest.fixture
def opened(live_server: LiveServer, page: Page, desk: Desk, traces: list[Trace]) -> Page:
    """The page of the newest trace, in the list of its tag."""
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/traces/{traces[0].pk}?tag=grinder")
    return page


def accuse(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]


def test_the_whole_judgement_with_the_mouse(opened: Page, traces: list[Trace]) -> None:
    said = opened.get_by_role("status").filter(has_text="Saved.")
    opened.get_by_role("button", name="Good").click()
    expect(opened.get_by_label("Your score 0 to 1")).to_have_value("1")
    opened.get_by_label("Feedback").fill("Right, and short.")
    opened.get_by_role("button", name="Save Ctrl").click()
    expect(said).to_be_visible()
    expect(opened.locator("#verdict .value")).to_contain_text("1.0")

    opened.get_by_label("New comment").fill("Ask Tomás.")
    opened.get_by_role("button", name="Comment", exact=True).click()
    expect(opened.locator("#comments")).to_contain_text("Ask Tomás.")
    expect(opened.get_by_label("New comment")).to_have_value("")

    opened.get_by_role("button", name="Add to dataset").click()
    expect(opened.locator("#dataset")).to_contain_text("with its output as the answer")
    expect(opened.get_by_role("heading", name="Dataset")).to_be_focused()  # the button is gone
    expect(opened.locator("#history")).to_contain_text("added it to")
    assert Score.objects.get(entity_id=traces[0].pk).reason == "Right, and short."


def test_the_whole_judgement_with_the_keyboard_alone(opened: Page, traces: list[Trace]) -> None:
    keys = opened.keyboard
    keys.press("7")
    expect(opened.get_by_label("Your score 0 to 1")).to_have_value("0.7")
    keys.press("e")
    keys.type("By keys 123.")
    keys.press("Control+Enter")
    expect(opened.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    expect(opened.get_by_label("Feedback")).to_be_focused()
    keys.press("Escape")

    keys.press("n")
    keys.type("Noted.")
    keys.press("Control+Enter")
    expect(opened.locator("#comments")).to_contain_text("Noted.")
    keys.press("Escape")
    keys.press("d")
    expect(opened.locator("#dataset")).to_contain_text("with its output as the answer")

    keys.press("?")
    expect(opened.get_by_role("dialog", name="Keys on this page")).to_be_visible()
    keys.press("Escape")
    keys.press("j")
    expect(opened.get_by_role("heading", name="second", level=1)).to_be_visible()
    assert Score.objects.get().reason == "By keys 123."
    assert (Comment.objects.get().text, Datapoint.objects.count()) == ("Noted.", 1)


def test_keys_walk_the_list_and_the_crumb_leads_back_to_it(opened: Page) -> None:
    for key, name in (("j", "second"), ("ArrowRight", "first"), ("k", "second")):
        opened.keyboard.press(key)
        expect(opened.get_by_role("heading", name=name, level=1)).to_be_visible()

    crumb = opened.get_by_role("navigation", name="Breadcrumb").get_by_role("link")
    expect(crumb).to_have_attribute("href", "/traces?tag=grinder")


def test_save_next_brings_the_next_trace_with_the_focus_on_its_name(opened: Page) -> None:
    opened.keyboard.press("x")
    opened.keyboard.press("e")
    opened.keyboard.press("Control+Shift+Enter")

    expect(opened.get_by_role("heading", name="second", level=1)).to_be_focused()
    expect(opened).to_have_title("second · trace · Marginalia")
    assert opened.url.endswith("?tag=grinder")
    opened.keyboard.press("p")
    expect(opened.get_by_label("Your score 0 to 1")).to_have_value("1")
    assert Score.objects.get().value == 0


def test_a_key_held_down_saves_once(opened: Page) -> None:
    posted: list[str] = []
    opened.on("request", lambda sent: posted.append(sent.url) if sent.method == "POST" else None)

    opened.keyboard.press("p")
    opened.keyboard.down("Control")
    for _ in range(4):
        opened.keyboard.down("Enter")
    expect(opened.get_by_role("status").filter(has_text="Saved.")).to_be_visible()

    assert len(posted) == 1


def test_slider_number_buttons_and_counter_stay_in_step(opened: Page) -> None:
    number, slider = opened.get_by_label("Your score 0 to 1"), opened.get_by_label("slider")
    good = opened.get_by_role("button", name="Good")

    opened.keyboard.press("p")
    expect(slider).to_have_value("1")
    expect(good).to_have_attribute("aria-pressed", "true")
    slider.fill("0.35")
    expect(number).to_have_value("0.35")
    expect(good).to_have_attribute("aria-pressed", "false")
    number.fill("0")
    expect(slider).to_have_value("0")
    expect(opened.get_by_role("button", name="Bad")).to_have_attribute("aria-pressed", "true")

    opened.get_by_label("Feedback").fill("😀 four")
    expect(opened.get_by_text("6 of 2048")).to_be_visible()


def test_enter_in_the_number_saves_the_number(opened: Page) -> None:
    opened.get_by_label("Your score 0 to 1").fill("0.25")
    opened.keyboard.press("Enter")

    expect(opened.locator("#verdict .value")).to_contain_text("0.25")


def test_a_mistake_is_said_where_it_is_and_keeps_the_words(opened: Page) -> None:
    opened.get_by_label("Feedback").fill("a" * 2049)
    opened.get_by_label("Your score 0 to 1").fill("0.5")
    opened.get_by_role("button", name="Save Ctrl").click()

    expect(opened.get_by_text("at most 2048 characters (it has 2049)")).to_be_visible()
    expect(opened.get_by_label("Feedback")).to_be_focused()
    expect(opened.get_by_label("Feedback")).to_have_value("a" * 2049)
    expect(opened.get_by_label("Your score 0 to 1")).to_have_value("0.5")
    assert accuse(opened) == []


def test_words_outlive_a_save_that_failed(opened: Page) -> None:
    opened.route("**/verdict*", lambda route: route.abort())
    opened.get_by_label("Feedback").fill("do not lose me")
    opened.keyboard.press("Control+Enter")

    expect(opened.get_by_role("status").filter(has_text="cannot be reached")).to_be_visible()
    expect(opened.get_by_label("Feedback")).to_have_value("do not lose me")
    expect(opened.get_by_text("Not saved yet.")).to_be_visible()
    opened.unroute("**/verdict*")
    opened.keyboard.press("Control+Enter")
    expect(opened.locator("#verdict .words")).to_have_text("do not lose me")
    expect(opened.get_by_text("Not saved yet.")).to_be_hidden()


def test_words_outlive_a_session_that_ended(
    opened: Page, desk: Desk, live_server: LiveServer, traces: list[Trace]
) -> None:
    opened.get_by_label("Feedback").fill("do not lose me")
    opened.context.clear_cookies(name="sessionid")
    opened.keyboard.press("Control+Enter")
    expect(opened.get_by_role("button", name="Sign in")).to_be_visible()

    desk.browser.force_login(desk.person)
    sign_in(opened.context, desk, live_server.url)
    opened.goto(f"{live_server.url}/traces/{traces[0].pk}")

    expect(opened.get_by_label("Feedback")).to_have_value("do not lose me")
    expect(opened.get_by_text("what you had typed; it is not saved yet")).to_be_visible()


def test_saving_one_form_keeps_what_is_typed_in_another(opened: Page) -> None:
    opened.get_by_label("Feedback").fill("half a thought")
    opened.get_by_label("New comment").fill("whole")
    opened.keyboard.press("Control+Enter")
    expect(opened.locator("#comments .note")).to_contain_text("whole")
    opened.get_by_label("New comment").fill("half a comment")
    opened.locator("#comments").get_by_text("Edit", exact=True).click()
    opened.get_by_label("Your comment").fill("whole again")
    opened.keyboard.press("Control+Enter")

    expect(opened.locator("#comments .note")).to_contain_text("edited")
    expect(opened.get_by_label("New comment")).to_have_value("half a comment")
    expect(opened.get_by_label("Feedback")).to_have_value("half a thought")


def test_leaving_with_words_that_are_not_saved_asks(opened: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    opened.on("dialog", stay)
    opened.get_by_label("Feedback").press_sequentially("half")
    opened.keyboard.press("Escape")

    with opened.expect_event("dialog"):
        opened.keyboard.press("j")

    assert asked == ["beforeunload"]
    expect(opened.get_by_role("heading", name="third", level=1)).to_be_visible()


def test_another_view_of_the_trace_keeps_the_words_without_asking(opened: Page) -> None:
    opened.get_by_label("Feedback").press_sequentially("half")
    opened.get_by_role("group", name="View of output").get_by_role("link", name="Raw").click()

    expect(opened.locator("#output-content pre")).to_have_text('"Yes."')
    expect(opened.get_by_label("Feedback")).to_have_value("half")


def test_what_is_copied_holds_the_folds_too(
    live_server: LiveServer, page: Page, desk: Desk
) -> None:
    trace = desk.trace(output='{"a":{"b":{"c":{"d":"deep down"}}}}')
    sign_in(page.context, desk, live_server.url)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{live_server.url}/traces/{trace.pk}")
    expect(page.locator("#output-content").get_by_text("deep down")).to_be_hidden()

    page.get_by_role("button", name="Copy output").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()

    assert "deep down" in page.evaluate("navigator.clipboard.readText()")
    expect(page.locator("#output-content").get_by_text("deep down")).to_be_hidden()


def test_others_judgement_appears_with_my_save(
    opened: Page, desk: Desk, traces: list[Trace]
) -> None:
    desk.colleague().score(traces[0], "0.1", "meanwhile")

    opened.keyboard.press("p")
    opened.get_by_role("button", name="Save Ctrl").click()

    expect(opened.locator("#scores")).to_contain_text("meanwhile")
    expect(opened.locator("#verdict .value")).to_contain_text("newest of 2")


def test_words_are_found_also_where_they_are_folded(
    live_server: LiveServer, page: Page, desk: Desk
) -> None:
    turns = [
        {"role": "system", "content": "Kettles are covered for 24 months."},
        {"role": "user", "content": "Is my kettle covered?"},
    ]
    trace = desk.trace(input=json.dumps(turns), output='"The KETTLE is."')
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/traces/{trace.pk}")

    page.keyboard.press("/")
    page.keyboard.type("kettle")

    expect(page.get_by_text("1 of 4")).to_be_visible()  # once more in the fold's own line
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 of 4")).to_be_visible()
    expect(page.get_by_text("Kettles are covered", exact=False).last).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("3 of 4")).to_be_hidden()


def test_a_long_output_scrolls_in_its_pane_beside_the_form(
    live_server: LiveServer, page: Page, desk: Desk
) -> None:
    trace = desk.trace(output=json.dumps("All work and no play. " * 10_000))
    page.set_viewport_size(MIDDLE)  # type: ignore[arg-type]
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/traces/{trace.pk}")

    pane = page.locator(".io > .out")
    pane.evaluate("pane => pane.scrollTo(0, 5000)")

    assert pane.evaluate("pane => pane.scrollTop") == 5000
    expect(page.get_by_role("button", name="Save Ctrl")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollHeight") == MIDDLE["height"]


def test_code_wraps_as_asked_and_words_of_a_table_stay_whole(
    live_server: LiveServer, page: Page, desk: Desk
) -> None:
    code = "```sql\nSELECT " + "a, " * 200 + "\n```\n\n"
    table = "\n".join("|" + cell * 12 for cell in ("Item|", "-|", "Kettles|"))
    trace = desk.trace(output=json.dumps(code + table))
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/traces/{trace.pk}")
    block, cell = page.locator(".out pre.code"), page.locator(".out td").first
    too_wide = "box => box.scrollWidth > box.clientWidth"

    assert not block.evaluate(too_wide)
    page.get_by_role("button", name="Wrap long lines of output").click()
    assert block.evaluate(too_wide)
    assert cell.evaluate("cell => cell.scrollHeight") < 40


def test_on_a_phone_one_tap_leads_to_the_form_from_anywhere(
    opened: Page, desk: Desk, live_server: LiveServer
) -> None:
    opened.set_viewport_size(PHONE)  # type: ignore[arg-type]
    long = desk.trace(output=json.dumps("All work and no play. " * 200))
    opened.goto(f"{live_server.url}/traces/{long.pk}")
    judge = opened.get_by_role("link", name="Judge")
    expect(judge).to_be_in_viewport()
    expect(opened.get_by_label("Your score 0 to 1")).not_to_be_in_viewport()

    judge.click()

    expect(opened.get_by_label("Your score 0 to 1")).to_be_in_viewport()
    expect(opened.get_by_role("heading", level=1)).to_be_in_viewport()
    expect(judge).to_have_text("Judge")
    opened.get_by_role("link", name="Output").click()
    expect(opened.get_by_role("heading", name="Output")).to_be_in_viewport()
    expect(opened.get_by_role("link", name="Next trace")).to_be_in_viewport()


def test_targets_are_as_tall_as_a_finger_on_phones(opened: Page) -> None:
    opened.set_viewport_size(PHONE)  # type: ignore[arg-type]
    targets = opened.locator("main :is(a, button, summary, input):visible:not(.quiet)")

    boxes = {each.evaluate("each => each.outerHTML"): each.bounding_box() for each in targets.all()}

    assert boxes
    assert [html for html, box in boxes.items() if box and box["height"] < 44] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, MIDDLE, PHONE], ids=["wide", "middle", "phone"])
def test_the_page_is_clean_at_every_width(
    opened: Page, desk: Desk, traces: list[Trace], size: dict[str, int], scheme: str
) -> None:
    desk.colleague().score(traces[0], "0.3", "wrong term")
    desk.post(traces[0], "comments", text="Mine.")
    desk.post(traces[0], "dataset")
    opened.set_viewport_size(size)  # type: ignore[arg-type]
    opened.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    opened.reload()

    assert accuse(opened) == []
    assert opened.evaluate("document.documentElement.scrollWidth") == size["width"]
    assert opened.evaluate("document.documentElement.scrollHeight") == size["height"]


def test_nothing_on_the_page_offends_its_policy(opened: Page) -> None:
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.reload()

    opened.keyboard.press("p")
    opened.get_by_role("button", name="Save, next").click()
    expect(opened.get_by_role("heading", name="second", level=1)).to_be_visible()

    assert said == []


def test_all_works_without_script(
    live_server: LiveServer, browser: Browser, desk: Desk, traces: list[Trace]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, desk, live_server.url)
    page = context.new_page()
    page.goto(f"{live_server.url}/traces/{traces[0].pk}?tag=grinder")

    page.get_by_label("Feedback").fill("By form.")
    page.get_by_role("button", name="Good").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    expect(page.locator("#verdict .words")).to_have_text("By form.")
    page.get_by_role("button", name="Add to dataset").click()
    expect(page.locator("#dataset")).to_contain_text("with its output as the answer")
    page.get_by_label("New comment").fill("By form, too.")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("#comments .note")).to_contain_text("By form, too.")
    page.get_by_label("Your score 0 to 1").fill("0.4")
    page.get_by_role("button", name="Save, next").click()

    expect(page.get_by_role("heading", name="second", level=1)).to_be_visible()
    assert page.url.endswith("?tag=grinder")
    context.close()
