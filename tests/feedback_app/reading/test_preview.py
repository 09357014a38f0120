"""The one line of a list, also from the beginning of a long text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.reading.preview import preview

CHAT = {
    "model": "m-1",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "First question"},
        {"role": "assistant", "content": "First answer"},
        {"role": "user", "content": [{"type": "text", "text": "Second\n\n  question"}]},
    ],
}


def stored(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def test_an_input_shows_what_the_user_said_last() -> None:
    assert preview(stored(CHAT)) == "Second question"


def test_an_output_shows_what_the_model_said_last() -> None:
    assert preview(stored(CHAT), of_answer=True) == "First answer"


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("plain", "plain"),
        ({"question": "Why?", "k": 3}, "Why?"),
        ({"input": {"query": "Why?"}}, "Why?"),
        (stored(CHAT), "Second question"),
        ({"a": 1}, '{"a": 1}'),
        ({"task": "sum up", "of": "minutes", "sql": None}, "sum up · minutes"),
        ("# So\n\n> it **is**", "So it is"),
        ([1, 2], "[1, 2]"),
        (7, "7"),
        ({"messages": [{"role": "user", "content": ""}]}, ""),
    ],
)
def test_every_shape_has_its_line(value: object, line: str) -> None:
    assert preview(stored(value)) == line


def test_an_answer_is_found_beside_its_question() -> None:
    assert preview(stored({"input": "Why?", "output": "So."}), of_answer=True) == "So."


def test_a_bare_tool_call_is_named() -> None:
    call = {"function": {"name": "look", "arguments": '{"at": 1}'}}

    line = preview(stored({"role": "assistant", "content": None, "tool_calls": [call]}))

    assert line == 'look({"at": 1})'


def test_nothing_has_no_line() -> None:
    assert preview(None) == ""
    assert preview("") == ""


def test_a_long_text_is_cut_with_a_sign() -> None:
    assert preview(stored("word " * 100), 20) == "word word word word…"


@pytest.mark.parametrize(
    ("beginning", "line"),
    [
        ('{"question":"What is', "What is"),
        ('"just text', "just text"),
        ('{"messages":[{"role":"user","content":"Hello the', "Hello the"),
        ('[{"role":"user","content":[{"type":"text","text":"abc', "abc"),
        ('{"question":"x\\', "x"),
        ('{"question":"x\\u00', "x"),
        ('{"question":"say \\"hi\\"', 'say "hi"'),
        ('{"question":"Why?","other":tr', "Why?"),
        ('{"question":"Why?","other":12.', "Why?"),
        ('{"question":"Why?","oth', "Why?"),
        ('{"question":"Why?","other"', "Why?"),
        ('{"messages":"[{\\"role\\":\\"user\\",\\"content\\":\\"inside', "inside"),
    ],
)
def test_a_beginning_is_enough(beginning: str, line: str) -> None:
    assert preview(beginning) == line


@given(st.integers(0, 400), st.booleans())
def test_any_beginning_has_a_line(length: int, of_answer: bool) -> None:
    assert isinstance(preview(stored(CHAT)[:length], of_answer=of_answer), str)


@given(st.text())
def test_a_line_is_one_line_and_within_its_limit(text: str) -> None:
    line = preview(text, 30)

    assert len(line) <= 30
    assert "\n" not in line
