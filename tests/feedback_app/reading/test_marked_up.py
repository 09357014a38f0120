"""Markdown where somebody wrote it, else the text as it is."""

import re

import pytest

from feedback_app.reading.marked_up import as_html, code


def test_plain_text_keeps_its_line_breaks_and_its_signs() -> None:
    assert as_html("a * b\n  c_d\n\n\n  e") == (
        '<p class="kept" dir="auto">a * b\n  c_d</p><p class="kept" dir="auto">  e</p>'
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("- one\n- two", '<li dir="auto">one</li>'),
        ("1. one", "<ol>"),
        ("> said", "<blockquote>"),
        ("~~x~~ **y**", "<s>x</s> <strong>y</strong>"),
        ("|a|b|\n|-|-:|\n|1|2|", '<td dir="auto" class="end">2</td>'),
        ("**x**\ny", "<br>"),
    ],
)
def test_markdown_is_rendered(text: str, html: str) -> None:
    assert html in as_html(text).replace("\n", "")


def test_headings_stand_below_those_of_the_page_and_skip_no_level() -> None:
    html = as_html("# a\n\n### b\n\n###### c\n\n# d")

    assert re.findall("<(h.)", html) == ["h3", "h4", "h5", "h3"]


def test_code_is_coloured_and_escaped() -> None:
    html = as_html("```python\nif a < b: pass\n```")

    assert '<pre class="code" dir="ltr" tabindex="0">' in html
    assert '<span class="k">if</span>' in html
    assert "&lt;" in html


def test_an_unknown_language_is_plain_code() -> None:
    assert code("<x>", "no-such-language").endswith(">&lt;x&gt;</pre>")


def test_an_image_elsewhere_becomes_a_link() -> None:
    html = as_html("![a **photo**](https://a.example/x.png)")

    assert "<img" not in html
    assert 'href="https://a.example/x.png"' in html
    assert ">a photo</a>" in html


def test_an_image_inside_the_text_is_shown() -> None:
    assert '<img src="data:image/png;base64,iVBORw0KGgo=" alt="x">' in as_html(
        "![x](data:image/png;base64,iVBORw0KGgo=)"
    )


@pytest.mark.parametrize("mark", ["[", "|a\n"])
def test_text_of_nothing_but_marks_is_not_parsed(mark: str) -> None:
    html = as_html(f"# x\n{mark * 10_001}")

    assert html.startswith('<p class="kept"')
