"""The one line that a list shows of an input or an output."""

import re
from collections.abc import Iterator
from typing import Any

from feedback_app.reading import shapes
from feedback_app.reading.parts import ASSISTANT, SYSTEM, USER, Conversation, ToolCall, Turn
from traces_app import normal_form

_NESTED = 4
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*("|\\?\Z)|[\[\]{},]', re.DOTALL)
_CUT_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_MARKS = re.compile(r"\*\*|^ {0,3}(?:#{1,6}|>) +", re.MULTILINE)
_CLOSING = {"{": "}", "[": "]"}


def preview(text: str | None, limit: int = 160, *, of_answer: bool = False) -> str:
    """One line of at most ``limit`` characters of stored JSON, or of its beginning.

    Of an input the last thing the user said; with ``of_answer`` the last thing the model said.
    """
    if not text:
        return ""
    value = _load(text)
    said = text if value is _UNREADABLE else _said(value, of_answer, 0)
    # Far more than the limit is never needed: blanks collapse, but seldom by that much.
    line = " ".join(_MARKS.sub("", said[: 20 * limit]).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def _said(value: Any, of_answer: bool, level: int) -> str:
    if isinstance(value, str):
        inside = _load(value) if value.lstrip()[:1] in {"[", "{"} else _UNREADABLE
        if level >= _NESTED or inside is _UNREADABLE or isinstance(inside, str):
            return value
        found = shapes.conversation(inside)
        return _of_turns(found, of_answer) if found else value
    found = shapes.conversation(value)
    if found is not None:
        return _of_turns(found, of_answer)
    if isinstance(value, dict) and level < _NESTED:
        for key in _wanted(value, of_answer):
            if value[key] not in (None, "", [], {}):
                return _said(value[key], of_answer, level + 1)
        texts = [item for item in value.values() if isinstance(item, str) and item.strip()]
        if texts:
            return " · ".join(texts)
    return shapes.one_line(value)


def _wanted(value: dict[str, Any], of_answer: bool) -> list[str]:
    order = shapes.WRAPPERS[::-1] if of_answer else shapes.WRAPPERS
    return sorted(
        (key for key in value if key.lower() in order), key=lambda key: order.index(key.lower())
    )


def _of_turns(found: Conversation, of_answer: bool) -> str:
    wanted = ASSISTANT if of_answer else USER
    spoken = [turn for turn in found.turns if turn.text.strip()]
    best = [turn for turn in spoken if turn.role == wanted]
    other = best or [turn for turn in spoken if turn.role != SYSTEM] or spoken
    if other:
        return other[-1].text
    return next((line for turn in reversed(found.turns) if (line := _called(turn))), "")


def _called(turn: Turn) -> str:
    calls = [part for part in turn.parts if isinstance(part, ToolCall)]
    return ", ".join(f"{call.name}({shapes.one_line(call.arguments)})" for call in calls)


_UNREADABLE = object()


def _load(text: str) -> Any:
    """The value of JSON text, or of as much of it as there is."""
    for candidate in _candidates(text):
        try:
            return normal_form.load(candidate)
        except (ValueError, RecursionError):
            continue
    return _UNREADABLE


def _candidates(text: str) -> Iterator[str]:
    """``text`` itself, then its beginning closed in the ways that can make it whole."""
    yield text
    stack: list[str] = []
    safe, closing = 0, ""
    is_cut = False
    for match in _STRUCTURE.finditer(text):
        sign = match.group()
        if sign[0] == '"':
            is_cut = match.group(1) != '"'
        elif sign in _CLOSING:
            stack.append(_CLOSING[sign])
            safe, closing = match.end(), "".join(reversed(stack))
        elif sign == ",":
            safe, closing = match.start(), "".join(reversed(stack))
        elif stack:
            stack.pop()
    begun = _CUT_ESCAPE.sub("", text) + '"' if is_cut else text
    end = "".join(reversed(stack))
    for filler in ("", ":null", "null"):
        yield begun + filler + end
    yield text[:safe] + closing
