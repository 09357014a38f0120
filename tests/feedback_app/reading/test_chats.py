"""Traces as chats of plain text, and what cannot be one."""

import json
from typing import Any

import pytest

from feedback_app.reading.chats import NoChat, chat, messages_of

USER = {"role": "user", "content": "Hi"}
HELLO = {"role": "assistant", "content": "Hello"}
SYSTEM = {"role": "system", "content": "Be brief."}
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def made(question: Any, answer: Any = "Hello") -> list[dict[str, str]]:
    return chat(json.dumps(question), json.dumps(answer))


@pytest.mark.parametrize(
    ("question", "content"),
    [
        ("Hi", "Hi"),
        ({"question": "Hi"}, "Hi"),
        ({"a": 1, "b": "x y"}, '{"a":1,"b":"x y"}'),
        ([1, 2], "[1,2]"),
        ("[not json", "[not json"),
        ('{"a": 1}', '{"a": 1}'),
        (10**30, "1" + "0" * 30),
    ],
)
def test_what_is_no_conversation_is_one_message_of_the_user(question: Any, content: str) -> None:
    assert made(question) == [{"role": "user", "content": content}, HELLO]


@pytest.mark.parametrize(
    "question",
    [
        [SYSTEM, USER],
        {"messages": [SYSTEM, USER], "model": "m", "temperature": 0},
        json.dumps([SYSTEM, USER]),
        json.dumps({"messages": [SYSTEM, USER]}),
        [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
        [SYSTEM, {"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
        {"system": "Be brief.", "messages": [USER]},
    ],
)
def test_conversation_keeps_its_messages(question: Any) -> None:
    assert made(question) == [SYSTEM, USER, HELLO]


def test_several_parts_of_text_are_paragraphs() -> None:
    parts = [{"type": "text", "text": "One"}, {"type": "text", "text": "Two"}]

    assert made([{"role": "user", "content": parts}])[0]["content"] == "One\n\nTwo"


def test_earlier_turns_stay() -> None:
    assert made([USER, HELLO, USER]) == [USER, HELLO, USER, HELLO]


@pytest.mark.parametrize(
    ("answer", "content"),
    [
        ("Hello", "Hello"),
        ('{"role": "assistant", "content": "x"}', '{"role": "assistant", "content": "x"}'),
        ({"output": "Hello"}, "Hello"),
        (HELLO, "Hello"),
        ({"choices": [{"message": HELLO}]}, "Hello"),
        ({"messages": [USER, HELLO]}, "Hello"),
        ({"a": 1, "b": 2}, '{"a":1,"b":2}'),
        (0, "0"),
    ],
)
def test_answer_is_the_text_of_the_assistant(answer: Any, content: str) -> None:
    assert made("Hi", answer)[-1] == {"role": "assistant", "content": content}


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        (None, "Hello", "The input is empty."),
        ("  ", "Hello", "The input is empty."),
        ("Hi", None, "The answer is empty."),
        ("Hi", "", "The answer is empty."),
        ([USER, HELLO], "Hello", "ends with the assistant"),
        ([SYSTEM], "Hello", "no message of a user"),
        ([{"role": "user", "content": [PICTURE]}], "Hello", "holds a picture"),
        ([USER, {"role": "assistant", "tool_calls": [CALL]}], "Hello", "Message 2 .* tool call"),
        ([USER, {"role": "tool", "content": "x"}], "Hello", "has the role tool"),
        ("Hi", {"role": "assistant", "content": None, "tool_calls": [CALL]}, "tool call"),
        ("Hi", {"messages": [USER]}, "no message of the assistant"),
    ],
)
def test_what_cannot_be_a_chat_says_why(question: Any, answer: Any, reason: str) -> None:
    with pytest.raises(NoChat, match=reason):
        made(question, answer)


def test_absent_columns_are_empty() -> None:
    with pytest.raises(NoChat, match="input is empty"):
        chat(None, None)


@pytest.mark.parametrize("role", [["user"], {"a": 1}, None, 1, "tool"])
def test_a_datapoint_with_an_odd_role_is_no_chat(role: object) -> None:
    content = json.dumps({"messages": [{"role": role, "content": "x"}]})

    assert messages_of(content) is None
