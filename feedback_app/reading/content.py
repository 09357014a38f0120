"""A trace's input or output, ready for the templates. Pure: no database, no request."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from feedback_app.reading import marked_up, pictures, shapes
from feedback_app.reading.blocks import Attached, Block, Field, Fold, Html, Message, Picture
from feedback_app.reading.content_parts import parts_of
from feedback_app.reading.parts import (
    ASSISTANT,
    SYSTEM,
    TOOL,
    USER,
    Code,
    Conversation,
    Data,
    File,
    Part,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    Turn,
    rest_of,
)
from feedback_app.reading.parts import Picture as PicturePart
from feedback_app.reading.tree import as_tree
from traces_app import normal_form

_NESTED = 4  # how many wrappers are opened before the rest is shown as a tree
_SUMMARY = 160
# Fields whose text is read letter by letter, and in which language it is as a rule.
_PROGRAMS = {
    **{name: name for name in ("sql", "python", "html", "xml", "yaml", "diff", "json", "bash")},
    "code": "python",
    "ddl": "sql",
    "query_sql": "sql",
    **dict.fromkeys(("schema", "csv", "tsv", "log", "logs", "traceback", "stack_trace"), "text"),
}
_SPEAKERS = {SYSTEM: "System", USER: "User", ASSISTANT: "Assistant", TOOL: "Tool"}


@dataclass(frozen=True)
class Content:
    """Stored JSON text as blocks, and letter by letter."""

    text: str | None
    blocks: list[Block]

    @cached_property
    def raw(self) -> str:
        """The JSON, indented; empty when nothing was sent."""
        if self.text is None:
            return ""
        try:
            return msgspec.json.format(self.text, indent=2)
        except (msgspec.DecodeError, RecursionError):
            return self.text


def read(text: str | None) -> Content:
    """The blocks of ``text``, which is JSON in the normal form, or None for nothing sent."""
    if text is None:
        return Content(None, [])
    try:
        value = normal_form.load(text)
    except (ValueError, RecursionError):
        return Content(text, [Html(marked_up.code(text), "plain")])
    return Content(text, _blocks(value, 0))


def _blocks(value: Any, level: int) -> list[Block]:
    """A conversation, a text, named texts, or a tree: the first that fits."""
    if isinstance(value, str):
        return _text(value, level)
    if level < _NESTED:
        found = shapes.conversation(value)
        if found is not None:
            return _conversation(found)
        if isinstance(value, dict) and (named := _named(value, level)):
            return named
    return [_tree(value)]


def _text(text: str, level: int) -> list[Block]:
    """Prose; but a chat that somebody sent as a string is a chat, and JSON is code."""
    inside = shapes.parsed(text)
    if inside is not None and level < _NESTED:
        found = shapes.conversation(inside)
        if found is not None:
            return _conversation(found)
        return [Html(marked_up.code(text, "json"), "plain")]
    return _parts(parts_of(text))


def _named(value: dict[str, Any], level: int) -> list[Block]:
    """An object that holds texts to read: under the usual names, or long ones under any."""
    usual = [key for key in value if key.lower() in shapes.WRAPPERS and _is_worth_it(value[key])]
    names = [key for key in value if key in usual or shapes.is_long(value[key])]
    if not names:
        return []
    if len(names) == 1 and usual:
        blocks = _blocks(value[names[0]], level + 1)
    else:
        blocks = [Field(name, _field(name, value[name], level)) for name in names]
    rest = rest_of(value, *names)
    # Labels and numbers are folded; an object beside the text may be what is judged: it is open.
    is_small = usual and not any(isinstance(item, dict | list) for item in rest.values())
    return [*blocks, *(_others(rest) if is_small or not rest else [_tree(rest)])]


def _field(name: str, value: Any, level: int) -> list[Block]:
    language = _PROGRAMS.get(name.lower())
    if language and isinstance(value, str):
        return [Html(marked_up.code(value, language), "plain")]
    return _blocks(value, level + 1)


def _is_worth_it(item: Any) -> bool:
    """A text, or something that holds one; numbers and lists of numbers stay in the tree."""
    if isinstance(item, str):
        return bool(item.strip())
    if isinstance(item, dict):
        return any(key.lower() in shapes.WRAPPERS for key in item) or bool(
            shapes.conversation(item)
        )
    return isinstance(item, list) and shapes.conversation(item) is not None


def _conversation(found: Conversation) -> list[Block]:
    turns = found.turns
    blocks: list[Block]
    if len(turns) == 1 and turns[0].role in {"", ASSISTANT}:
        blocks = _parts(turns[0].parts)  # an answer alone needs no name above it
    else:
        blocks = [_message(turn) for turn in turns]
    return [*blocks, *_others(found.rest)]


def _message(turn: Turn) -> Message:
    speaker = _SPEAKERS.get(turn.role, turn.role)
    if turn.name and turn.role != TOOL:
        speaker = f"{speaker} ({turn.name})" if speaker else turn.name
    is_folded = turn.role == SYSTEM
    words = len(turn.text.split())
    summary = f"{words:,} word{'' if words == 1 else 's'}. {_line(turn.text)}" if is_folded else ""
    role = turn.role if turn.role in _SPEAKERS else "other"
    return Message(role, speaker, _parts(turn.parts), summary, is_folded)


def _parts(parts: list[Part]) -> list[Block]:
    return [block for part in parts for block in _part(part)]


def _part(part: Part) -> list[Block]:
    match part:
        case Text() | Code():
            return _spoken(part)
        case Reasoning():
            inside: list[Block] = [Html(marked_up.as_html(part.text))]
            return [Fold("thought", "Reasoning", _line(part.text), inside)]
        case ToolCall():
            return [_tool("tool", part.name, part.arguments)]
        case ToolResult():
            return [_tool("out", part.name or "result", part.content)]
        case PicturePart():
            return [_picture(part)]
        case File():
            return [Attached(part.words, part.url if pictures.is_link(part.url) else "")]
        case Data():
            return [Fold("data", part.label or "Data", _line(part.value), [_tree(part.value)])]


def _spoken(part: Text | Code) -> list[Block]:
    if isinstance(part, Code):
        return [Html(marked_up.code(part.text, part.language), "plain")]
    return [Html(marked_up.as_html(part.text))] if part.text.strip() else []


def _tool(icon: str, name: str, held: Any) -> Fold:
    value = shapes.parsed(held) if isinstance(held, str) else None
    shown = held if value is None else value
    return Fold(icon, name, _line(held), _held(shown), is_code=True)


def _held(value: Any) -> list[Block]:
    """What a tool was sent or answered: text, content parts, or data."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [Html(marked_up.as_html(value))]
    found = shapes.conversation(value) if isinstance(value, list) else None
    return _conversation(found) if found else [_tree(value)]


def _picture(part: PicturePart) -> Block:
    if pictures.is_shown(part.url):
        return Picture(part.url, part.words or "image in the trace")
    if pictures.is_link(part.url):
        return Attached(part.url, part.url)
    return Attached(f"{pictures.kind_of(part.url)}, not shown")


def _others(rest: dict[str, Any]) -> list[Block]:
    if not rest:
        return []
    summary = ", ".join(f"{key}: {_line(value)}" for key, value in rest.items())
    return [Fold("data", "Other fields", _line(summary), [_tree(rest)])]


def _tree(value: Any) -> Html:
    return Html(as_tree(value), "plain")


def _line(value: Any) -> str:
    """One line that says what is folded."""
    if value is None:
        return ""
    line = " ".join(shapes.one_line(value)[: 2 * _SUMMARY].split())
    return line if len(line) <= _SUMMARY else f"{line[:_SUMMARY]}…"
