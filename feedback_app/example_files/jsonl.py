"""Chats in JSON lines, as trainers read and write them: each line checked for itself."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from feedback_app.reading.chats import is_role
from traces_app import normal_form
from traces_app.errors import Malformed

LONGEST_LINE = 8 * 1024 * 1024
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: JSON text of a datapoint in the normal form, or what is wrong with it."""

    number: int
    content: str = ""
    error: str = ""


def chats(file: Iterable[bytes]) -> Iterator[Line]:
    """The lines of ``file`` that are not blank, numbered from 1."""
    for number, sent in enumerate(file, start=1):
        line = sent.removeprefix(b"\xef\xbb\xbf") if number == 1 else sent
        if line.strip():
            yield _line(number, line)


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


def _line(number: int, sent: bytes) -> Line:
    if len(sent) > LONGEST_LINE:
        return Line(number, error="The line is longer than 8 MB.")
    try:
        value = normal_form.load(sent)
        wrong = what_is_wrong(value)
        return Line(number, error=wrong) if wrong else Line(number, normal_form.dump(value))
    except UnicodeDecodeError:
        return Line(number, error="The line is not UTF-8.")
    except json.JSONDecodeError as error:
        return Line(number, error=f"This is no JSON: {error.msg} at character {error.pos + 1}.")
    except (RecursionError, Malformed):
        return Line(number, error=normal_form.TOO_DEEP)
