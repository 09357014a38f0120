"""JSON as a tree of ``<details>``: open two levels, whole however long, and never too deep."""

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString

from feedback_app.reading import pictures

OPEN_LEVELS = 2
DEEPEST = 40
"""Below this level JSON is shown as text."""
FOLD_AFTER = 100
"""Entries of one array or object that stand open; the others are in a fold behind them."""
LONG_TEXT = 2000
_SUMMARY = 80
_NAMES = 6  # keys that the summary of an object names


def as_tree(value: Any) -> SafeString:
    """``value`` as safe HTML: every key and text in it is escaped."""
    return SafeString(f'<div class="tree" dir="ltr">{_node("", value, 0)}</div>')


def _node(label: str, value: Any, level: int) -> str:
    if not isinstance(value, dict | list) or not value:
        return f'<div class="leaf">{label}{_leaf(value)}</div>'
    if level >= DEEPEST:
        return f'<div class="leaf">{label}<pre class="code" tabindex="0">{_text(value)}</pre></div>'
    opened = " open" if level < OPEN_LEVELS else ""
    return (
        f"<details{opened}><summary>{label}{_gist(value)}</summary>"
        f'<div class="branch">{_children(value, level + 1)}</div></details>'
    )


def _children(value: dict[str, Any] | list[Any], level: int) -> str:
    entries = list(_entries(value))
    shown = "".join(_node(label, item, level) for label, item in entries[:FOLD_AFTER])
    hidden = entries[FOLD_AFTER:]
    if not hidden:
        return shown
    folded = "".join(_node(label, item, level) for label, item in hidden)
    return f"{shown}<details><summary>{len(hidden):,} more</summary>{folded}</details>"


def _entries(value: dict[str, Any] | list[Any]) -> Iterable[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield f'<b class="key" dir="auto">{escape(key)}</b> ', item
    else:
        for index, item in enumerate(value):
            yield f'<b class="index">{index}</b> ', item


def _gist(value: dict[str, Any] | list[Any]) -> str:
    word = "key" if isinstance(value, dict) else "item"
    count = f"{len(value):,} {word}{'' if len(value) == 1 else 's'}"
    if not isinstance(value, dict):
        return f'<span class="gist">{count}</span>'
    names = ", ".join(key[:_SUMMARY] for key in islice(value, _NAMES))
    return f'<span class="gist">{count}</span> <span class="cut" dir="auto">{escape(names)}</span>'


def _leaf(value: Any) -> str:
    if not isinstance(value, str):
        return f'<span class="value">{_text(value)}</span>'
    if pictures.is_shown(value):
        return f'<img src="{escape(value)}" alt="image in the data" loading="lazy">'
    text = f'<span class="text" dir="auto">{escape(value)}</span>'
    if len(value) <= LONG_TEXT:
        return text
    start = escape(value[:_SUMMARY])
    return (
        f'<details class="long"><summary><span class="gist">{len(value):,} characters</span> '
        f'<span class="cut" dir="auto">{start}…</span></summary>{text}</details>'
    )


def _text(value: Any) -> str:
    return escape(json.dumps(value, ensure_ascii=False))
