"""A trace's text as people read it: every dialect, and nothing that runs."""

import json
import time
from html import unescape
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.reading.blocks import Attached, Fold, Html, Message, Picture
from feedback_app.reading.content import read

PNG = "data:image/png;base64,iVBORw0KGgo="
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
# Keys and values that the dialects look for, in every combination, also of the wrong type.
WORDS = st.sampled_from(
    ["role", "content", "parts", "type", "text", "messages", "choices", "tool_calls", "kwargs"]
) | st.sampled_from(
    ["user", "tool", "tool_use", "image_url", "source", "function", "id", "lc", "input", "data"]
)
LOOKALIKE = st.recursive(
    WORDS | st.none() | st.integers() | st.just("<script>alert(1)</script>"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


def stored(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def page(value: object) -> str:
    context = {"content": read(stored(value)), "side": "output"}
    return render_to_string("feedback_app/reading/_content.html", context)


def roles(value: object) -> list[str]:
    return [block.role for block in read(stored(value)).blocks if isinstance(block, Message)]


CHAT = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "What is new?"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c1", "function": {"name": "look", "arguments": '{"at": "news"}'}}],
    },
    {"role": "tool", "tool_call_id": "c1", "content": '{"found": 3}'},
]
ANTHROPIC = {
    "system": [{"type": "text", "text": "Be brief."}],
    "messages": [
        {"role": "user", "content": "What is new?"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Look first."},
                {"type": "tool_use", "id": "c1", "name": "look", "input": {"at": "news"}},
            ],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "three"}],
        },
    ],
}
GEMINI = {
    "systemInstruction": {"parts": [{"text": "Be brief."}]},
    "contents": [
        {"role": "user", "parts": [{"text": "What is new?"}]},
        {"role": "model", "parts": [{"functionCall": {"name": "look", "args": {"at": "news"}}}]},
        {
            "role": "user",
            "parts": [{"functionResponse": {"name": "look", "response": {"found": 3}}}],
        },
    ],
}
LANGCHAIN = [
    {"type": "system", "data": {"content": "Be brief."}},
    {
        "lc": 1,
        "type": "constructor",
        "id": ["langchain", "schema", "messages", "HumanMessage"],
        "kwargs": {"content": "What is new?"},
    },
    {"type": "ai", "content": "", "tool_calls": [{"name": "look", "args": {}, "id": "c1"}]},
    {"type": "tool", "content": "three", "tool_call_id": "c1"},
]


@pytest.mark.parametrize("chat", [CHAT, ANTHROPIC, GEMINI, LANGCHAIN, {"messages": [LANGCHAIN]}])
def test_every_dialect_is_a_conversation_with_its_tool(chat: object) -> None:
    text = page(chat)

    assert roles(chat)[:3] == ["system", "user", "assistant"]
    assert "What is new?" in text
    assert text.count('<code dir="auto">look</code>') == 2


def test_a_result_handed_back_in_the_users_name_is_the_tools() -> None:
    assert roles(ANTHROPIC)[-1] == "tool"
    assert roles(GEMINI)[-1] == "tool"


def test_a_chat_sent_as_a_string_is_a_chat() -> None:
    assert roles(stored(CHAT)) == ["system", "user", "assistant", "tool"]


def test_langchain_pairs_are_a_chat() -> None:
    assert roles([["system", "Be brief."], ["human", "Hello"]]) == ["system", "user"]


@pytest.mark.parametrize(
    "answer",
    [
        "It **is**.",
        {"output": "It **is**."},
        {"choices": [{"message": {"role": "assistant", "content": "It **is**."}}]},
        {"candidates": [{"content": {"role": "model", "parts": [{"text": "It **is**."}]}}]},
        {"candidates": [{"content": {"parts": [{"text": "It **is**."}]}}]},
        {"generations": [[{"text": "It **is**.", "message": {"lc": 1}}]]},
        {"role": "assistant", "content": [{"type": "text", "text": "It **is**."}]},
        {"output": [{"type": "message", "role": "assistant", "content": "It **is**."}]},
        [{"type": "text", "text": "It **is**."}],
        {"content": [{"type": "text", "text": "It **is**."}], "type": "message"},
        {"output": {"answer": "It **is**."}},
    ],
)
def test_an_answer_alone_is_prose_without_a_speaker(answer: object) -> None:
    blocks = read(stored(answer)).blocks

    assert isinstance(blocks[0], Html)
    assert '<p dir="auto">It <strong>is</strong>.</p>' in blocks[0].html


def test_what_stands_beside_the_chat_is_folded_not_lost() -> None:
    text = page({"messages": CHAT[:2], "model": "m-1", "temperature": 0.5})

    assert "Other fields" in text
    assert "temperature" in text
    assert "m-1" in text


@pytest.mark.parametrize(
    "answer",
    [
        {"role": "assistant", "content": [{"type": "text", "text": "So.", "citations": ["KEPT"]}]},
        {"role": "assistant", "content": "So.", "annotations": ["KEPT"]},
        {"role": "assistant", "parts": [{"text": "So.", "videoMetadata": "KEPT"}]},
        {"choices": [{"message": {"role": "assistant", "content": "So."}, "logprobs": "KEPT"}]},
        {"choices": [{"message": {"role": "assistant", "content": "So."}}], "usage": "KEPT"},
        {"generations": [[{"text": "So.", "generation_info": "KEPT"}]]},
        {"type": "ai", "content": "So.", "additional_kwargs": {"more": "KEPT"}},
        {"answer": "So.", "sources": ["KEPT"]},
        [{"role": "user", "content": "Hi"}, {"unheard": "KEPT"}],
    ],
)
def test_what_no_dialect_explains_is_kept(answer: object) -> None:
    assert "KEPT" in page(answer)


def test_only_an_unusual_end_of_an_answer_is_told() -> None:
    message = {"role": "assistant", "content": "So."}

    assert "Other fields" not in page({"choices": [{"message": message, "finish_reason": "stop"}]})
    assert "length" in page({"choices": [{"message": message, "finish_reason": "length"}]})


def test_several_named_texts_keep_their_names() -> None:
    text = page({"question": "Why?", "answer": "Because.", "k": 3})

    assert "question</h3>" in text
    assert "Because." in text
    assert '<span class="value">3</span>' in text


def test_long_texts_are_read_under_any_name() -> None:
    text = page({"task": "summarise", "notes": "## Decided\n- **yes**", "sql": "SELECT\n1"})

    assert '<h3 dir="auto">Decided</h3>' in text
    assert '<span class="k">SELECT</span>' in text
    assert "summarise" in text
    assert "Other fields" not in text


def test_reasoning_is_apart_from_the_answer() -> None:
    blocks = read(stored("<think>First, look.</think>It is.")).blocks

    assert isinstance(blocks[0], Fold)
    assert blocks[0].summary == "First, look."
    assert isinstance(blocks[1], Html)


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": PNG}},
        {"type": "input_image", "image_url": PNG},
        {
            "type": "image",
            "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="},
        },
    ],
)
def test_images_inside_the_trace_are_shown(part: dict[str, Any]) -> None:
    blocks = read(stored([{"role": "assistant", "content": [part]}])).blocks

    assert blocks == [Picture(PNG, blocks[0].words)]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "url",
    [
        "data:image/svg+xml;base64,PHN2Zz4=",
        "data:text/html;base64,PHN2Zz4=",
        'data:image/png;base64,x" onerror="alert(1)',
        "javascript:alert(1)",
        "file:///etc/passwd",
    ],
)
def test_other_images_are_neither_shown_nor_linked(url: str) -> None:
    text = page([{"role": "assistant", "content": [{"type": "image_url", "image_url": url}]}])

    assert "<img" not in text
    assert "href" not in text.replace("<use href", "")
    assert "not shown" in text


def test_remote_images_and_files_are_links_that_nobody_fetches() -> None:
    text = page(
        [
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": "https://a.example/x.png"}},
                    {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
                    {"type": "file", "file": {"filename": "a.pdf", "file_data": "AAAA"}},
                ],
            }
        ]
    )

    assert "<img" not in text
    assert 'href="https://a.example/x.png" target="_blank" rel="noopener nofollow' in text
    assert "wav, 3 bytes, inside the trace" in text
    assert "a.pdf, 3 bytes, inside the trace" in text


def test_a_file_that_is_not_at_a_web_address_is_no_link() -> None:
    file = {"type": "file", "file": {"filename": "a", "file_url": "javascript:alert(1)"}}

    assert read(stored([{"role": "assistant", "content": [file]}])).blocks == [Attached("a", "")]


def test_json_of_no_dialect_is_a_tree() -> None:
    text = page({"customer": {"id": 7}})

    assert "customer" in text
    assert '<span class="value">7</span>' in text


def test_json_as_a_string_stays_letter_by_letter() -> None:
    [block] = read(stored('{"a":   1.50}')).blocks

    assert isinstance(block, Html)
    assert unescape(strip_tags(block.html)) == '{"a":   1.50}'


def test_nothing_and_an_empty_text_are_told_apart() -> None:
    nothing = render_to_string("feedback_app/reading/_content.html", {"content": read(None)})

    assert "Nothing was sent." in nothing
    assert "An empty text." in page("")


def test_the_raw_view_is_the_json_indented() -> None:
    content = read('{"a":[1,2.50]}')

    assert content.raw == '{\n  "a": [\n    1,\n    2.50\n  ]\n}'
    shown = render_to_string(
        "feedback_app/reading/_content.html", {"content": content, "view": "raw"}
    )
    assert "2.50" in shown


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "**x** <script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](data:image/svg+xml;base64,PHNjcmlwdD4=)",
        "[x](/admin/)",
        '```"><script>alert(1)</script>\nx\n```',
        "</details></div><script>alert(1)</script>",
        "<a href='javascript:alert(1)'>x</a> **b**",
    ],
)
def test_nothing_in_a_text_runs_or_leads_astray(evil: str) -> None:
    for shape in (evil, {"answer": evil}, {evil: evil}, [{"role": evil, "content": evil}]):
        text = page(shape).replace("<use href", "")

        assert "<script" not in text
        assert "<img" not in text
        assert "href" not in text.split("&lt;a href")[0]
        assert "</details></div><script" not in text


def test_links_open_apart_and_give_nothing_away() -> None:
    text = page("**See** [the terms](https://a.example/t)")

    assert 'target="_blank"' in text
    assert 'rel="noopener nofollow noreferrer"' in text


def test_every_text_finds_its_own_direction() -> None:
    text = page([{"role": "user", "content": "مرحبا\n\nHello"}, {"role": "user", "content": "x"}])

    assert '<p class="kept" dir="auto">مرحبا</p><p class="kept" dir="auto">Hello</p>' in text


@pytest.mark.parametrize(
    "unit", ["word and more words. ", "**bold** `code` [a](https://b.c)\n\n", "[", "> ", "- * "]
)
def test_long_texts_are_whole_and_do_not_take_long(unit: str) -> None:
    text = unit * (200_000 // len(unit)) + "THE END"

    start = time.perf_counter()
    shown = page(text)

    assert time.perf_counter() - start < 10
    assert "THE END" in shown


def test_five_hundred_levels_are_shown_to_the_last() -> None:
    shown = page(json.loads("[" * 499 + '"the core"' + "]" * 499))

    assert "the core" in shown
    assert shown.count("<details") < 50


@settings(max_examples=150, deadline=None)
@given(JSON | LOOKALIKE)
def test_any_json_can_be_read(value: object) -> None:
    assert "<script" not in page(value)
    assert read(stored(value)).raw
