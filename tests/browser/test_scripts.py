"""The small scripts, each alone on the markup that it serves."""

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from feedback_app.reading.content import read

pytestmark = pytest.mark.browser

LIST = """
<input data-search aria-label="Find"><textarea></textarea>
<table data-cursor><tbody>
<tr><td><a href="#one">one</a></td></tr><tr><td><a href="#two">two</a></td></tr>
<tr><td><a href="#three">three</a></td></tr>
</tbody></table>"""


def show(page: Page, markup: str, script: str) -> None:
    """The markup with its script, which has run when this returns: modules run before load."""
    code = (settings.BASE_DIR / "static" / "js" / script).read_text()
    module = f'<script type="module">{code}</script>'
    page.set_content(f"<!doctype html><title>t</title>{markup}{module}", wait_until="load")


def test_j_and_k_move_through_the_rows_and_stop_at_the_ends(page: Page) -> None:
    show(page, LIST, "cursor.js")

    for key in "jjjj":
        page.keyboard.press(key)
    expect(page.get_by_role("link", name="three")).to_be_focused()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name="two")).to_be_focused()
    expect(page.locator("tr.cursor")).to_have_text("two")


def test_enter_opens_the_row_under_the_cursor(page: Page) -> None:
    show(page, LIST, "cursor.js")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("#two$"))


def test_the_slash_goes_to_the_search_and_escape_leaves_it(page: Page) -> None:
    show(page, LIST, "cursor.js")

    page.keyboard.press("/")
    expect(page.get_by_label("Find")).to_be_focused()
    page.keyboard.press("j")
    expect(page.get_by_label("Find")).to_have_value("j")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="one")).to_be_focused()


def test_the_question_mark_opens_and_closes_the_sheet_of_keys(page: Page) -> None:
    sheet = render_to_string("_parts/keys.html", {"keys": [("j", "next row")]})
    show(page, sheet + "<textarea></textarea>", "keys.js")

    expect(page.get_by_text("next row")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_text("next row")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_text("next row")).to_be_hidden()
    page.locator("textarea").press("?")
    expect(page.get_by_text("next row")).to_be_hidden()


def test_all_folds_open_at_once(page: Page) -> None:
    content = {"content": read('{"a":{"b":{"c":{"d":"deep down"}}}}'), "side": "output"}
    markup = render_to_string("feedback_app/reading/_tools.html", {"side": "output"})
    markup += render_to_string("feedback_app/reading/_content.html", content)
    show(page, markup, "reading.js")
    expect(page.get_by_text("deep down")).to_be_hidden()

    page.get_by_role("button", name="Open all folds").click()
    expect(page.get_by_text("deep down")).to_be_visible()
    page.get_by_role("button", name="Open all folds").click()
    expect(page.get_by_text("deep down")).to_be_hidden()
