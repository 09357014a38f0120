"""Finding the conversation in a trace's input or output, whichever dialect wrote it."""

import json
from dataclasses import replace
from typing import Any

from feedback_app.reading.content_parts import known_part
from feedback_app.reading.messages import pair_turn, system_turn, turn_of
from feedback_app.reading.parts import (
    ASSISTANT,
    Conversation,
    Data,
    Part,
    Text,
    ToolCall,
    ToolResult,
    Turn,
    others,
    rest_of,
)
from traces_app import normal_form

# Where the turns stand in an object, and where instructions stand beside them.
_LISTS = ("messages", "contents", "choices", "candidates", "generations", "input", "output")
_ENDS = ("finish_reason", "finishReason")
_SYSTEM = ("system", "systemInstruction", "system_instruction", "instructions")

_LABEL = 80  # characters
WRAPPERS = (
    *("input", "inputs", "question", "query", "prompt", "user_input", "text", "content"),
    *("message", "messages", "value", "data", "output", "outputs", "answer", "response"),
    *("result", "completion", "generated_text", "generation", "output_text", "return"),
)
"""Keys under which applications put the one text that matters."""


def conversation(value: Any) -> Conversation | None:
    """The conversation that ``value`` is, or None when no dialect explains it."""
    found = _found(value)
    if found is not None:
        _name_results(found.turns)
    return found


def _found(value: Any) -> Conversation | None:
    if isinstance(value, list):
        turns = _turns(value)
        return Conversation(turns) if turns else None
    if not isinstance(value, dict):
        return None
    alone = turn_of(value)
    if alone is not None:
        return Conversation([alone])
    if isinstance(value.get("parts"), list) and all(map(known_part, value["parts"])):
        return Conversation([Turn("", system_turn(value).parts)], rest_of(value, "parts"))
    return _contained(value)


def _name_results(turns: list[Turn]) -> None:
    """Results that know only the id of their call get the tool's name."""
    parts = [part for turn in turns for part in turn.parts]
    names = {part.id: part.name for part in parts if isinstance(part, ToolCall) and part.id}
    for turn in turns:
        turn.parts = [
            replace(part, name=names.get(part.name, part.name))
            if isinstance(part, ToolResult)
            else part
            for part in turn.parts
        ]


def parsed(text: str) -> Any:
    """The array or object that ``text`` is the JSON of, else None."""
    stripped = text.strip()
    if stripped[:1] + stripped[-1:] not in ("[]", "{}"):
        return None
    try:
        return normal_form.load(stripped)
    except (ValueError, RecursionError):
        return None


def is_long(value: Any) -> bool:
    """A text to read, not a label: several lines, or longer than a name."""
    return isinstance(value, str) and (len(value) > _LABEL or "\n" in value.strip())


def one_line(value: Any) -> str:
    """JSON in one line, for a summary."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _contained(value: dict[str, Any]) -> Conversation | None:
    for key in _LISTS:
        held = value.get(key)
        if not isinstance(held, list) or not held:
            continue
        turns = _choices(held) if key in {"choices", "candidates", "generations"} else _turns(held)
        if turns:
            before = [system_turn(value[word]) for word in _SYSTEM if value.get(word)]
            return Conversation([*before, *turns], rest_of(value, key, *_SYSTEM))
    return None


def _turns(items: list[Any]) -> list[Turn] | None:
    """The turns of a list; entries that no dialect explains stay among them as data."""
    if not items:
        return None
    if all(isinstance(item, list) for item in items):
        return _pairs(items) or _batches(items)
    if not all(isinstance(item, dict) for item in items):
        return None
    found = [turn_of(item) for item in items]
    if any(found):
        return [
            turn or Turn("", known_part(item) or [Data(item)])
            for turn, item in zip(found, items, strict=True)
        ]
    parts = [known_part(item) if "type" in item else None for item in items]
    if all(part is not None for part in parts):
        return [Turn("", [each for part in parts for each in part or []])]
    return None


def _pairs(items: list[Any]) -> list[Turn] | None:
    turns = [pair_turn(item) for item in items]
    return [turn for turn in turns if turn] if all(turns) else None


def _batches(items: list[Any]) -> list[Turn] | None:
    """LangChain sends one list of messages for each prompt of a batch."""
    turns: list[Turn] = []
    for item in items:
        batch = _flat_turns(item)
        if not batch:
            return None
        turns += batch
    return turns


def _flat_turns(items: list[Any]) -> list[Turn] | None:
    if not all(isinstance(item, dict) for item in items):
        return None
    return _turns(items) or _choices(items)


def _choices(items: list[Any]) -> list[Turn] | None:
    """OpenAI's choices, Gemini's candidates, LangChain's generations: alternatives of an answer."""
    if all(isinstance(item, list) for item in items):
        return _batches(items)
    turns = [_choice(item) for item in items]
    return [turn for turn in turns if turn] if all(turns) else None


def _choice(item: Any) -> Turn | None:
    if not isinstance(item, dict):
        return None
    for key in ("message", "content", "delta"):
        turn = _answer(item.get(key))
        if turn is not None:
            used = (key, "text") if item.get("text") == turn.text else (key,)
            turn.parts += _beside(item, *used)
            return turn
    if isinstance(item.get("text"), str):
        return Turn(ASSISTANT, [Text(item["text"]), *_beside(item, "text")])
    return None


def _answer(held: Any) -> Turn | None:
    turn = turn_of(held)
    if turn is None and isinstance(held, dict) and isinstance(held.get("parts"), list):
        return Turn(ASSISTANT, system_turn(held).parts)
    return turn


def _beside(item: dict[str, Any], *used: str) -> list[Part]:
    """What stands beside an answer; that it ended as it should says nothing."""
    ended = [key for key in _ENDS if str(item.get(key)).lower() in {"stop", "end_turn"}]
    return others(item, *used, *ended, "index", "type")
