import json
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traces_app import normal_form
from traces_app.errors import Malformed

JUNK = st.text(st.characters(codec=None))  # every code point: NUL and lone surrogates too
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | JUNK
    | st.sampled_from(["\x00", "\ud83d", "😀", "Привет", "\\u0041", '[{"'])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(JUNK, inner, max_size=4)
)


def nested(levels: int, middle: bytes = b"1") -> bytes:
    return b"[" * levels + middle + b"]" * levels


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (rb'"\u041f\u0440\u0438"', '"При"'),
        (rb'"\ud83d\ude00"', '"😀"'),
        (rb'"a\u0000b"', '"a\ufffdb"'),
        (rb'"\ud83d"', '"\ufffd"'),
        (rb'"\ude00\ud83d"', '"\ufffd\ufffd"'),
        (rb'{"\u0000": "\u0041"}', '{"\ufffd":"A"}'),
        (rb'{"a": 1, "a": "\u0041"}', '{"a":"A"}'),
        (rb'["\\u0041"]', r'["\\u0041"]'),
        (rb'[NaN, Infinity, -Infinity, "\u0041"]', '[null,null,null,"A"]'),
        (rb'[1e999, -1e999, "\u0041"]', '[null,null,"A"]'),
        (rb'[184467440737095516160, "\u0041"]', '[184467440737095516160,"A"]'),
        (rb'[-9223372036854775809, "\u0041"]', '[-9223372036854775809,"A"]'),
        (rb'[true, 1.5, "\u0041"]', '[true,1.5,"A"]'),
    ],
)
def test_escapes_are_written_out_and_what_no_database_takes_is_replaced(
    sent: bytes, stored: str
) -> None:
    assert normal_form.from_raw(sent) == stored


@pytest.mark.parametrize(
    "sent", ['{"b": 1, "a":  [ ] }', '"Привет 😀"', '{"a":1,"a":2}', "184467440737095516160", '""']
)
def test_value_without_escapes_passes_as_sent(sent: str) -> None:
    assert normal_form.from_raw(msgspec.Raw(f" {sent}\n".encode())) == sent


def test_null_counts_as_absent() -> None:
    assert normal_form.from_raw(b" null ") is None


def test_reader_takes_the_last_of_duplicate_keys() -> None:
    stored = normal_form.from_raw(b'{"a":1,"a":2}')

    assert normal_form.load(stored or "") == {"a": 2}


@pytest.mark.parametrize("digits", [4001, 20_000])
@pytest.mark.parametrize("sign", ["", "-"])
def test_endless_whole_number_can_be_stored_and_read(digits: int, sign: str) -> None:
    number = sign + "9" * digits

    stored = normal_form.from_raw(number.encode())

    assert stored == number
    assert math.isinf(normal_form.load(stored))
    with_escape = normal_form.from_raw(f'["\\u0041", {number}]'.encode())
    letter, endless = normal_form.load(with_escape or "")
    assert letter == "A"
    assert endless is None or math.isinf(endless)


@pytest.mark.parametrize("middle", [b"1", rb'"\u0041"'])
def test_500_levels_are_stored(middle: bytes) -> None:
    stored = normal_form.from_raw(nested(500, middle))

    assert (stored or "").count("[") == 500


@pytest.mark.parametrize("middle", [b"1", rb'"\u0041"', b"[]", b"{}"])
def test_501_levels_are_refused(middle: bytes) -> None:
    with pytest.raises(Malformed, match="500 levels"):
        normal_form.from_raw(nested(500 if middle in (b"[]", b"{}") else 501, middle))


@pytest.mark.parametrize("middle", [b"1", rb'"\u0041"'])
def test_levels_of_objects_count_like_those_of_arrays(middle: bytes) -> None:
    def objects(levels: int) -> bytes:
        return b'{"k":[' * (levels // 2) + middle + b"]}" * (levels // 2)

    assert normal_form.from_raw(objects(500)) is not None
    with pytest.raises(Malformed):
        normal_form.from_raw(objects(502))


@pytest.mark.parametrize(
    "text", ["[" * 600, r"\"" + "{" * 600, "\\\\", r"\\\"[" * 600, "\n[" * 600]
)
def test_brackets_inside_text_are_no_levels(text: str) -> None:
    sent = json.dumps([text, {text: [text]}] + [[]] * 600, ensure_ascii=False).encode()

    assert normal_form.load(normal_form.from_raw(sent) or "")[0] == text


def test_levels_after_a_text_are_still_counted() -> None:
    with pytest.raises(Malformed):
        normal_form.from_raw(b'["\\\\\\"]", ' + nested(500) + b"]")


@pytest.mark.parametrize("levels", [10_000, 1_000_000])
@pytest.mark.parametrize("middle", [b"1", rb'"\u0041"'])
def test_absurd_depth_is_refused_and_not_a_crash(levels: int, middle: bytes) -> None:
    with pytest.raises(Malformed):
        normal_form.from_raw(nested(levels, middle))


def test_absurd_depth_of_a_body_is_refused_and_not_a_crash() -> None:
    with pytest.raises(Malformed):
        normal_form.reread(nested(1_000_000, b"NaN"))


def test_text_of_megabytes_beside_many_brackets_is_stepped_over_at_once() -> None:
    text = b'"' + b"a" * 8_000_000 + b'"'

    stored = normal_form.from_raw(b"[" + text + b",[]" * 600 + b"]")

    assert len(stored or "") == len(text) + 1802


@pytest.mark.parametrize("body", [b"{", b"", b'{"a":1}x', b"[1,]", b'"\xff"', b"{'a':1}"])
def test_body_that_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        normal_form.reread(body)


def test_body_with_what_python_writes_is_read() -> None:
    body = json.dumps({"a": [math.nan, math.inf, "\ud83d", "\x00"], "b": "Привет"})

    assert normal_form.load(normal_form.reread(body.encode())) == {
        "a": [None, None, "\ufffd", "\ufffd"],
        "b": "Привет",
    }


def test_plain_text_loses_what_no_database_takes() -> None:
    assert normal_form.clean_text("a\x00b\ud83dc\ude00") == "a\ufffdb\ufffdc\ufffd"


def same(one: Any, other: Any) -> bool:
    """Equal, and of one type: 1, 1.0 and True are three values."""
    return repr(one) == repr(other)


def cleaned(value: Any) -> Any:
    """What should be read again, said in another way than the code says it."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):
        return "".join("\ufffd" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in value)
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {cleaned(key): cleaned(item) for key, item in value.items()}
    return value


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_what_is_stored_is_read_again_cleaned(value: Any) -> None:
    assert same(normal_form.load(normal_form.dump(value)), cleaned(value))


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_any_document_of_python_is_stored_once_and_for_all(value: Any) -> None:
    stored = normal_form.from_raw(normal_form.reread(json.dumps(value).encode()))

    again = "null" if stored is None else stored
    assert normal_form.from_raw(again.encode()) == stored
    assert "\x00" not in again
    assert same(normal_form.load(again), cleaned(value))
