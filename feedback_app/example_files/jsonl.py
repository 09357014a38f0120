"""Chats in JSON lines, as trainers read and write them: each line checked for itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from feedback_app.example_files import records
from feedback_app.example_files.records import Record
from feedback_app.reading.chats import is_role
from traces_app import normal_form
from traces_app.errors import Malformed


@dataclass(frozen=True, slots=True)
class Line:
    """One line: JSON text of a datapoint in the normal form, or what is wrong with it."""

    number: int
    content: str = ""
    error: str = ""


def chats(file: IO[bytes]) -> Iterator[Line]:
    """The lines of ``file`` that are not blank, numbered from 1."""
    return map(_line, records.json_lines(file))


def what_is_wrong(value: Any) -> str:
    """Why a value is no chat that can be learned from; empty when it is one."""
    if not isinstance(value, dict):
        return "This is no JSON object."
    messages = value.get("messages")
    if not isinstance(messages, list) or not messages:
        return "There is no list of messages."
    for number, message in enumerate(messages, start=1):
        wrong = _wrong_message(message)
        if wrong:
            return f"Message {number} {wrong}."
    if all(message["role"] != "user" for message in messages):
        return "There is no message of a user."
    if messages[-1]["role"] != "assistant":
        return "The last message is not the assistant's."
    return ""


def _wrong_message(message: Any) -> str:
    if not isinstance(message, dict):
        return "is no object"
    if not is_role(message.get("role")):
        return "has a role other than system, user and assistant"
    content = message.get("content")
    if not isinstance(content, str) or not content.strip():
        return "has no text"
    return ""


def _line(record: Record) -> Line:
    error = record.error or what_is_wrong(record.value)
    if error:
        return Line(record.number, error=error)
    try:
        return Line(record.number, normal_form.dump(record.value))
    except Malformed:
        return Line(record.number, error=normal_form.TOO_DEEP)
