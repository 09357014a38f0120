"""Text to HTML: Markdown where somebody wrote it, else paragraphs as they are; code in colours.

HTML in a text stays text. Whatever comes out has passed an allow-list of tags and addresses.
"""

import re
from collections.abc import Sequence
from typing import Any, cast

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from feedback_app.reading import pictures

LONGEST_MARKDOWN = 300_000
"""Characters; a longer text is shown whole, but as plain paragraphs."""
LONGEST_COLOURED = 50_000
_MOST_MARKS = 10_000
"""Openings of links and rows of tables; the parser takes seconds for a text made of them."""
_DEEPEST = 40
_TOP_HEADING = 3  # the page itself uses levels 1 and 2

_SIGNS = re.compile(
    r"^ {0,3}(?:#{1,6} \S|```|~~~|> \S|[-*+] \S|\d{1,9}[.)] \S|\|.*\|)"
    r"|\*\*[^\s*]|__[^\s_]|`[^`\n]+`|\[[^\[\]\n]{1,500}\]\(\S",
    re.MULTILINE,
)
_PARAGRAPHS = re.compile(r"\n(?:[ \t]*\n)+")
_BLOCKS = {"paragraph_open", "heading_open", "list_item_open", "th_open", "td_open"}

_TAGS = {
    *("p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "br", "table", "thead"),
    *("tbody", "tr", "th", "td", "pre", "code", "span", "em", "strong", "s", "a", "img", "div"),
}
_ATTRIBUTES = {
    "*": {"dir"},
    "a": {"href", "title", "target"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "pre": {"class", "tabindex"},
    "span": {"class"},
    "td": {"class"},
    "th": {"class"},
    "div": {"class", "tabindex"},
}


def as_html(text: str) -> SafeString:
    """``text`` as safe HTML."""
    marks = text.count("[") + text.count("\n|")
    if len(text) > LONGEST_MARKDOWN or marks > _MOST_MARKS or not _SIGNS.search(text):
        return _paragraphs(text)
    tokens = _PARSER.parse(text)
    if any(token.level >= _DEEPEST - 1 for token in tokens):
        return _paragraphs(text)  # the parser drops what lies deeper
    return _cleaned(str(_PARSER.renderer.render(tokens, _PARSER.options, {})))


def code(text: str, language: str = "") -> SafeString:
    """``text`` letter by letter, in colours where the language is known."""
    # What is inserted is escaped here or by Pygments, which prints nothing but spans around text.
    return SafeString(f'<pre class="code" dir="ltr" tabindex="0">{_coloured(text, language)}</pre>')


def _paragraphs(text: str) -> SafeString:
    return SafeString(
        "".join(f'<p class="kept" dir="auto">{escape(each)}</p>' for each in _split(text))
    )


def _split(text: str) -> list[str]:
    return [each.strip("\n") for each in _PARAGRAPHS.split(text) if each.strip()]


def _cleaned(html: str) -> SafeString:
    return SafeString(
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            attribute_filter=_attribute,
            url_schemes={"http", "https", "mailto", "data"},
            link_rel="noopener nofollow noreferrer",
        )
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("img", "src"):
        return value if pictures.is_shown(value) else None
    if (tag, name) == ("a", "href"):
        return value if pictures.is_link(value) or value.startswith("mailto:") else None
    return value


def _coloured(text: str, language: str) -> str:
    if not language or len(text) > LONGEST_COLOURED:
        return escape(text)
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return escape(text)
    coloured = str(highlight(text, lexer, _FORMATTER))
    return coloured if text.endswith("\n") else coloured.removesuffix("\n")


def _fence(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    token = tokens[index]
    language = token.info.strip().split(" ", 1)[0][:32]
    return str(code(token.content, language)) + "\n"


def _image(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    """A picture that the text itself carries is shown; one elsewhere becomes a link."""
    token = tokens[index]
    url = str(token.attrs.get("src", ""))
    words = renderer.renderInlineAsText(token.children, options, env) or "image"
    if pictures.is_shown(url):
        return f'<img src="{escape(url)}" alt="{escape(words)}">'
    return f'<a href="{escape(url)}" target="_blank">{escape(words)}</a>'


def _prepare(tokens: list[Token]) -> None:
    top = min((int(token.tag[1]) for token in tokens if token.type == "heading_open"), default=1)
    level = _TOP_HEADING - 1
    for token in tokens:
        if token.type in _BLOCKS:
            token.attrSet("dir", "auto")
        if token.type == "heading_open":  # no level is skipped, whatever the text does
            level = min(level + 1, int(token.tag[1]) - top + _TOP_HEADING, 6)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{level}"
        if "right" in str(token.attrs.get("style", "")):
            token.attrSet("class", "end")
        for child in token.children or []:
            if child.type == "link_open":
                child.attrSet("target", "_blank")


class _Markdown(MarkdownIt):
    def parse(self, src: str, env: EnvType | None = None) -> list[Token]:
        tokens = super().parse(src, env)
        _prepare(tokens)
        return tokens


def _parser() -> MarkdownIt:
    parser = _Markdown("commonmark", {"html": False, "breaks": True, "maxNesting": _DEEPEST})
    parser.enable(["table", "strikethrough"]).disable(["html_block", "html_inline"])
    for name, rule in (("fence", _fence), ("code_block", _fence), ("image", _image)):
        parser.add_render_rule(name, cast("Any", rule))
    return parser


_PARSER = _parser()
_FORMATTER = HtmlFormatter(nowrap=True)
