"""The functions by themselves: what the database answers, whatever it is handed."""

import json
import unicodedata
from typing import Any

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def answer(function: str, *arguments: Any) -> Any:
    marks = ", ".join(["%s"] * len(arguments))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT marginalia_{function}({marks})", arguments)
        row = cursor.fetchone()
    assert row is not None
    return row[0]


def at(document: str, *path: str) -> Any:
    steps = list(path) if connection.vendor == "postgresql" else json.dumps(path)
    return answer("json_text", document, steps)


@pytest.mark.parametrize("document", ["", "{", "nul", "[1,", '{"a":1}}', '"\\ud800"', "a" * 9])
def test_what_is_no_json_holds_nothing(document: str) -> None:
    assert at(document, "a") is None
    assert not answer("has_tag", document, "a")
    assert not answer("tag_contains", document, "a")


def test_of_duplicate_keys_the_last_counts_on_every_level() -> None:
    assert at('{"a":{"b":1},"a":{"c":2}}', "a", "b") is None
    assert at('{"a":{"b":1,"b":2}}', "a", "b") == "2"


def test_the_bottom_of_five_hundred_levels_is_reached() -> None:
    assert at('{"a":' * 500 + "1" + "}" * 500, *["a"] * 500) == "1"
    assert at("[" * 500 + "]" * 500, *["0"] * 499) == "[]"


def test_numbers_keep_their_digits() -> None:
    digits = "9" * 5000

    assert at(f'{{"n":{digits},"e":1e400}}', "n") == digits
    assert at(f'{{"n":{digits},"e":1e400}}', "e") == "1e400"


@pytest.mark.parametrize(
    "text", ["", "1_0", "٣", "1e", "0x1", "NaN", "Infinity", " 1", "1e400", "1\n"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert answer("number", text) is None


@pytest.mark.parametrize(("text", "number"), [("-0", 0), ("1.", 1), (".5", 0.5), ("+1E2", 100)])
def test_numbers_are_read(text: str, number: float) -> None:
    assert answer("number", text) == number


def test_letters_of_the_common_scripts_are_lowered_as_python_does() -> None:
    capitals = "".join(
        chr(code) for code in range(0x20, 0x2000) if unicodedata.category(chr(code)) in ("Lu", "Lt")
    )

    assert answer("lower", capitals) == capitals.lower()


def test_nothing_is_an_empty_text() -> None:
    assert not answer("contains", None, "a")
    assert answer("contains", None, "")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's catalogue")
def test_functions_that_catch_errors_keep_out_of_parallel_plans() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, provolatile, proparallel FROM pg_proc "
            "WHERE proname LIKE 'marginalia%%' AND prosrc LIKE '%%EXCEPTION%%'"
        )
        found = cursor.fetchall()

    assert len(found) == 4
    assert {(volatility, parallel) for _, volatility, parallel in found} == {("i", "u")}
