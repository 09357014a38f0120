"""What a reader sees of a change."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.reading.differences import Piece, differences


def shown(before: str, after: str) -> str:
    marks = {"same": "{}", "out": "[-{}-]", "in": "[+{}+]", "folded": "[…{}…]"}
    return "".join(marks[piece.kind].format(piece.text) for piece in differences(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("It is red.", "It is blue.", "It is [-red-][+blue+]."),
        ("It is very red.", "It is blue.", "It is [-very red-][+blue+]."),
        ("the old cat", "a new cat", "[-the old-][+a new+] cat"),
        ('{"a": 1, "b": 2}', '{"a": 1, "b": 3}', '{"a": 1, "b": [-2-][+3+]}'),
        ("return x", "return x + 1", "return x[+ + 1+]"),
        ("今日は晴れです", "今日は雨です", "今日は[-晴れ-][+雨+]です"),
        ("नमस्ते दुनिया", "नमस्ते भारत", "नमस्ते [-दुनिया-][+भारत+]"),
        ("same", "same", "same"),
        ("", "new", "[+new+]"),
        ("old", "", "[-old-]"),
        ("", "", ""),
    ],
)
def test_change_is_marked_word_by_word(before: str, after: str, expected: str) -> None:
    assert shown(before, after) == expected


def test_unchanged_lines_between_changes_are_folded() -> None:
    middle = "".join(f"line {number}\n" for number in range(20))

    pieces = differences(f"a\n{middle}z", f"b\n{middle}y")

    [folded] = [piece for piece in pieces if piece.kind == "folded"]
    assert folded.text.startswith("line 2\n")
    assert folded.lines == 15


def test_unchanged_ends_are_folded_up_to_the_change() -> None:
    start = "".join(f"line {number}\n" for number in range(20))

    assert differences(f"{start}a", f"{start}b")[0] == Piece(
        "folded", "".join(f"line {number}\n" for number in range(17))
    )


def test_two_large_texts_take_no_time_to_speak_of() -> None:
    before = "".join(f"{number} one two three four five\n" for number in range(20_000))
    began = time.monotonic()

    pieces = differences(before, before.replace("three", "3"))

    assert time.monotonic() - began < 5
    assert {piece.kind for piece in pieces} == {"out", "in"}


words = st.text(alphabet="ab \n.晴", max_size=60)


@given(words, words)
def test_nothing_is_lost_on_either_side(before: str, after: str) -> None:
    pieces = differences(before, after)

    assert "".join(piece.text for piece in pieces if piece.kind != "in") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "out") == after
