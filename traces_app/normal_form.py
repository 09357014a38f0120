"""JSON text in the one form that is stored: UTF-8, no needless escapes, nothing a database refuses.

NaN and Infinity become null; NUL and lone surrogates become U+FFFD; at most 500 levels.
"""

import json
import math
import re
from typing import Any

import msgspec

from traces_app.errors import Malformed

MAX_LEVELS = 500
TOO_DEEP = f"JSON nested deeper than {MAX_LEVELS} levels cannot be stored."

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Possessive, so that a text of many megabytes costs neither time nor memory to step over.
_OUTSIDE_BRACKETS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^"\[\]{}]++', re.DOTALL)
_LONGEST_INT = 4000  # digits; Python refuses to read longer ones

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def load(text: str | bytes) -> Any:
    """The value of stored JSON text; of duplicate keys the last counts."""
    decoded = text if isinstance(text, str) else text.decode()
    return json.loads(decoded, parse_int=_number)


def dump(value: object) -> str:
    """``value`` as JSON text in the normal form. Raises Malformed when it is too deep."""
    try:
        return _encode(clean(value)).decode()
    except RecursionError as error:
        raise Malformed(TOO_DEEP) from error


def clean_text(text: str) -> str:
    """``text`` without what PostgreSQL or UTF-8 cannot hold."""
    return _UNSTORABLE.sub("\ufffd", text) if _UNSTORABLE.search(text) else text


def clean(value: Any) -> Any:
    """``value`` with every text and number in it storable."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        # map and not a comprehension: that would take a second frame for each of 500 levels.
        return dict(zip(map(clean_text, map(str, value)), map(clean, value.values()), strict=True))
    if isinstance(value, list | tuple):
        return list(map(clean, value))
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return msgspec.Raw(str(value).encode())
    return value


def from_raw(raw: msgspec.Raw | bytes | memoryview) -> str | None:
    """One JSON value as a client sent it, as stored text; None for ``null``.

    A value without ``\\u`` is in the normal form already and passes through unparsed.
    """
    sent = bytes(raw).strip()
    if sent == b"null":
        return None
    _check_levels(sent)
    if b"\\u" not in sent:
        return sent.decode()
    try:
        return _unescaped(sent) or dump(load(sent))
    except (RecursionError, ValueError) as error:
        raise Malformed(TOO_DEEP) from error


def reread(body: bytes) -> bytes:
    """A body that msgspec refused, read by the standard library and written in the normal form.

    Bare NaN and lone surrogates get through this way. Raises Malformed when it is no JSON.
    """
    try:
        return dump(load(body)).encode()
    except RecursionError as error:
        raise Malformed(TOO_DEEP) from error
    except ValueError as error:
        raise Malformed(f"Unable to process JSON. {error}") from error


def _unescaped(sent: bytes) -> str | None:
    """The fast way for escapes that hide nothing odd; None where only the slow one will do."""
    try:
        written = _encode(_decode(sent))
    except (msgspec.DecodeError, RecursionError):
        return None
    return None if b"\\u0000" in written else written.decode()


def _check_levels(sent: bytes) -> None:
    if sent.count(b"[") + sent.count(b"{") <= MAX_LEVELS:
        return
    level = 0
    for byte in _OUTSIDE_BRACKETS.sub(b"", sent):
        if byte in b"[{":
            level += 1
            if level > MAX_LEVELS:
                raise Malformed(TOO_DEEP)
        else:
            level -= 1


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INT else float(digits)
