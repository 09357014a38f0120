from decimal import Decimal

import pytest

from traces_app.admin.shown import decimal_text, indented, json_block
from traces_app.models import Trace


@pytest.mark.parametrize(
    ("value", "text"),
    [("0.700000000", "0.7"), ("100", "100"), ("0", "0"), ("-999999999.999999999",) * 2],
)
def test_decimals_are_plain_digits(value: str, text: str) -> None:
    assert decimal_text(Decimal(value)) == text


def test_what_is_no_json_is_shown_as_it_is() -> None:
    assert [indented(text) for text in ("", "{", "plain")] == ["", "{", "plain"]


def test_json_of_500_levels_is_shown_whole() -> None:
    assert indented("[" * 500 + "7" + "]" * 500).count("[") == 500


def test_long_json_is_folded_and_not_cut() -> None:
    shown = json_block("input")(Trace(input='"' + "é" * 3_000 + '"'))

    assert shown.startswith("<details><summary>3,002 characters")
    assert shown.count("é") == 3_000


def test_what_was_not_sent_is_not_shown_as_json() -> None:
    assert json_block("input")(Trace()) is None
