"""A trace as the chat that a dataset holds: system, user and assistant, each in plain text."""

from typing import Any

from feedback_app.reading.parts import (
    ASSISTANT,
    SYSTEM,
    USER,
    Code,
    Conversation,
    Data,
    Part,
    Reasoning,
    Text,
    Turn,
)
from feedback_app.reading.shapes import conversation, parsed
from traces_app import normal_form
from traces_app.errors import Refusal

ROLES = {SYSTEM, USER, ASSISTANT}


class NoChat(Refusal):
    """It cannot be a chat of plain text; the text says why."""


def chat(question: str | None, answer: str | None) -> list[dict[str, str]]:
    """The messages of one example, from stored input and output. Raises NoChat.

    A conversation keeps its messages; any other JSON is one user message: a text is itself, an
    object around a single text is that text, all else is compact JSON. Reasoning is left out.
    """
    messages = _questions(question)
    text = _answer(answer)
    if not text.strip():
        raise NoChat("The answer is empty.")
    if messages[-1]["role"] == ASSISTANT:
        raise NoChat("The input ends with the assistant, so it asks nothing.")
    if all(message["role"] != USER for message in messages):
        raise NoChat("The input holds no message of a user.")
    return [*messages, {"role": ASSISTANT, "content": text}]


def answer_of(stored: str | None) -> str:
    """A stored output as the plain text of an answer; empty where it holds none."""
    try:
        return _answer(stored)
    except NoChat:
        return ""


def messages_of(content: str) -> list[dict[str, str]] | None:
    """The messages of a datapoint that is a chat of plain text, else None."""
    value = normal_form.load(content)
    messages = value.get("messages") if isinstance(value, dict) else None
    if not isinstance(messages, list) or not messages:
        return None
    return messages if all(_is_plain(message) for message in messages) else None


def is_role(word: object) -> bool:
    """Is ``word``, of whatever JSON type, one of the roles of a dataset's chat?"""
    return isinstance(word, str) and word in ROLES


def _is_plain(message: Any) -> bool:
    return (
        isinstance(message, dict)
        and is_role(message.get("role"))
        and isinstance(message.get("content"), str)
    )


def _questions(stored: str | None) -> list[dict[str, str]]:
    value = None if stored is None else normal_form.load(stored)
    found = _conversation(value)
    if found is not None:
        return [_message(number, turn) for number, turn in enumerate(found.turns, start=1)]
    text = _plain(value)
    if not text.strip():
        raise NoChat("The input is empty.")
    return [{"role": USER, "content": text}]


def _conversation(value: Any) -> Conversation | None:
    # Prem's clients send chats as text.
    return conversation(parsed(value) if isinstance(value, str) else value)


def _answer(stored: str | None) -> str:
    value = None if stored is None else normal_form.load(stored)
    found = None if isinstance(value, str) else conversation(value)
    if found is None:
        return _plain(value)
    turns = [turn for turn in found.turns if turn.role in (ASSISTANT, "")]
    if not turns:
        raise NoChat("The output holds no message of the assistant.")
    return _said("The answer", turns[-1])


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict) and len(value) == 1:
        (only,) = value.values()
        value = only if isinstance(only, str) else value
    return value if isinstance(value, str) else normal_form.dump(value)


def _message(number: int, turn: Turn) -> dict[str, str]:
    role = turn.role or USER
    if role not in ROLES:
        raise NoChat(
            f"Message {number} of the input has the role {role}; "
            "a dataset holds system, user and assistant."
        )
    return {"role": role, "content": _said(f"Message {number} of the input", turn)}


def _said(what: str, turn: Turn) -> str:
    texts = []
    for part in turn.parts:
        if isinstance(part, Text | Code):
            texts.append(part.text)
        elif not _is_left_out(part):
            raise NoChat(f"{what} holds {_kind(part)}; a dataset holds plain text.")
    return "\n\n".join(texts)


def _is_left_out(part: Part) -> bool:
    return isinstance(part, Reasoning) or (isinstance(part, Data) and bool(part.label))


def _kind(part: Part) -> str:
    return _KINDS.get(type(part).__name__, "something else than text")


_KINDS = {
    "ToolCall": "a tool call",
    "ToolResult": "the result of a tool",
    "Picture": "a picture",
    "File": "a file",
}
