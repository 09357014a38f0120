"""What of an output a person corrects, and what becomes of the rest."""

import json
from typing import Any

import pytest

from feedback_app.reading.editable import editable, same_part
from traces_app.errors import Invalid

CHOICES = {"choices": [{"message": {"role": "assistant", "content": "Yes."}}], "usage": {"n": 1}}
TURNS = [{"role": "user", "content": "Hm?"}, {"role": "assistant", "content": "Yes."}]
PARTS = {
    "role": "assistant",
    "content": [{"type": "reasoning", "text": "x"}, {"type": "text", "text": "Yes."}],
}
GEMINI = {"candidates": [{"content": {"role": "model", "parts": [{"text": "Yes."}]}}]}


@pytest.mark.parametrize(
    ("output", "corrected"),
    [
        ("Yes.", "No."),
        ({"output": "Yes."}, {"output": "No."}),
        ({"sources": ["a"], "answer": "Yes."}, {"sources": ["a"], "answer": "No."}),
        (
            CHOICES,
            {"choices": [{"message": {"role": "assistant", "content": "No."}}], "usage": {"n": 1}},
        ),
        (TURNS, [TURNS[0], {"role": "assistant", "content": "No."}]),
        ({"messages": TURNS}, {"messages": [TURNS[0], {"role": "assistant", "content": "No."}]}),
        (
            PARTS,
            {
                "role": "assistant",
                "content": [PARTS["content"][0], {"type": "text", "text": "No."}],
            },
        ),
        (GEMINI, {"candidates": [{"content": {"role": "model", "parts": [{"text": "No."}]}}]}),
    ],
)
def test_text_is_corrected_and_its_shape_is_kept(output: Any, corrected: Any) -> None:
    found = editable(json.dumps(output))

    assert found.text == "Yes."
    assert found.rewritten("No.") == corrected
    assert same_part(json.dumps(corrected), found) == "No."


@pytest.mark.parametrize("output", [{"a": 1}, [1, 2], 7, True, {"output": {"total": 3}}, [], {}])
def test_what_holds_no_single_text_is_edited_as_json(output: Any) -> None:
    found = editable(json.dumps(output))

    assert json.loads(found.text) == output
    assert found.rewritten('{"b": [2]}') == {"b": [2]}


def test_json_that_is_none_is_refused_with_its_line() -> None:
    with pytest.raises(Invalid, match="Line 2"):
        editable("[1]").rewritten("[1,\n]")


@pytest.mark.parametrize("stored", [None, "null", '""'])
def test_no_output_is_an_empty_text(stored: str | None) -> None:
    found = editable(stored)

    assert (found.text, found.rewritten("New.")) == ("", "New.")


def test_correction_of_another_shape_is_shown_whole() -> None:
    assert same_part('"plain"', editable(json.dumps(CHOICES))) == "plain"
    assert same_part('{"a": 1}', editable('"text"')) == '{\n  "a": 1\n}'


def test_nested_beyond_reason_is_json() -> None:
    deep = json.dumps("x")
    for _ in range(40):
        deep = f'{{"output":{deep}}}'

    assert editable(deep).path is None
