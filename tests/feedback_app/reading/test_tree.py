"""JSON as a tree: open two levels, whole, and never too deep."""

import json

from feedback_app.reading.tree import DEEPEST, FOLD_AFTER, as_tree


def test_two_levels_stand_open() -> None:
    html = as_tree({"a": {"b": {"c": 1}}})

    assert html.count("<details open>") == 2
    assert html.count("<details") == 3


def test_keys_and_texts_cannot_close_what_is_around_them() -> None:
    html = as_tree({"</details><b>": "</div><script>"})

    assert "&lt;/details&gt;" in html
    assert "<script" not in html


def test_long_arrays_fold_their_end_and_keep_it() -> None:
    html = as_tree(list(range(FOLD_AFTER + 30)))

    assert "<summary>30 more</summary>" in html
    assert f'<span class="value">{FOLD_AFTER + 29}</span>' in html


def test_below_the_deepest_level_json_is_text() -> None:
    html = as_tree(json.loads("[" * (DEEPEST + 5) + "]" * (DEEPEST + 5)))

    assert html.count("<details") == DEEPEST
    assert "[[[[[]]]]]" in html


def test_a_long_text_is_folded_whole() -> None:
    html = as_tree({"a": "x" * 5000})

    assert "5,000 characters" in html
    assert "x" * 5000 in html


def test_pictures_in_the_data_are_shown_and_svg_is_not() -> None:
    html = as_tree(["data:image/gif;base64,R0lGOD==", "data:image/svg+xml;base64,PHN2Zz4="])

    assert html.count("<img") == 1
    assert "data:image/svg+xml" in html
    assert 'src="data:image/svg' not in html


def test_empty_values_are_told_apart() -> None:
    html = as_tree([{}, [], "", None, False])

    for text in ("{}", "[]", "null", "false"):
        assert f'<span class="value">{text}</span>' in html
