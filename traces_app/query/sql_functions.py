"""SQL functions of our own, the same on both databases: none of them ever raises.

PostgreSQL has their twins from the migration ``sql_functions``. What each answers:

* ``marginalia_lower(text)``: as Unicode lowers it.
* ``marginalia_contains(text, part)``: is ``part`` in it, without regard to case? A missing text
  is empty.
* ``marginalia_json_text(document, path)``: what stands at the path. A string is its own text,
  anything else its JSON as stored; null and what is not there are null. Of duplicate keys the last
  counts; a whole number steps into an array, from its end when negative.
* ``marginalia_number(text)``: as a float; null when it is no number, or none that a float holds.
* ``marginalia_has_tag(tags, tag)``, ``marginalia_tag_contains(tags, part)``: of a JSON array, is
  one element ``tag``; does one contain ``part``, without regard to case?
* ``marginalia_mean(billionths)``: an aggregate, halves away from zero. SQLite only: its own mean
  is a float, and PostgreSQL's is exact.
* ``marginalia_sum(numbers)``: an aggregate, the exact sum as text; a float counts as its 15
  significant digits, as PostgreSQL turns one into a decimal. SQLite only.
"""

import json
import math
import re
import sqlite3
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any, cast

import msgspec

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ZERO = re.compile(r"[+-]?[0.]+(?:[eE].*)?")
_INDEX = re.compile(r"-?[0-9]{1,9}")
_EXACT = Context(prec=400)
"""Digits; a float has none past the 340th decimal."""

_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
_string = msgspec.json.Decoder(str).decode
_UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeError)


def register_on_sqlite(connection: Any, **_: Any) -> None:
    """Give a new SQLite connection the functions that PostgreSQL has from a migration."""
    if connection.vendor != "sqlite":
        return
    raw: sqlite3.Connection = connection.connection
    for function, arguments in (
        (lower, 1),
        (contains, 2),
        (json_text, 2),
        (number, 1),
        (has_tag, 2),
        (tag_contains, 2),
    ):
        name = f"marginalia_{function.__name__}"
        raw.create_function(name, arguments, function, deterministic=True)
    raw.create_aggregate("marginalia_mean", 1, Mean)
    # Typed as if every aggregate gave a whole number.
    raw.create_aggregate("marginalia_sum", 1, cast("Any", Sum))


def lower(text: object) -> str | None:
    return None if text is None else str(text).lower()


def contains(text: object, part: object) -> bool:
    return str(part).lower() in ("" if text is None else str(text).lower())


def json_text(document: object, path: str) -> str | None:
    """``path`` is a JSON array of texts."""
    if document is None:
        return None
    here = str(document).encode("utf-8", "replace")
    try:
        for step in _steps(path):
            found = _at(here, step)
            if found is None:
                return None
            here = found
        return _text(here)
    except _UNREADABLE:
        return None


def number(text: object) -> float | None:
    written = "" if text is None else str(text)
    if not _NUMBER.fullmatch(written):
        return None
    value = float(written)
    underflown = value == 0 and not _ZERO.fullmatch(written)
    return None if math.isinf(value) or underflown else value


def has_tag(tags: object, tag: object) -> bool:
    return str(tag) in _elements(tags)


def tag_contains(tags: object, part: object) -> bool:
    wanted = str(part).lower()
    return any(wanted in element.lower() for element in _elements(tags))


class Mean:
    """The mean of whole numbers, of any size; of none it is 0."""

    def __init__(self) -> None:
        self.total = 0
        self.count = 0

    def step(self, value: int) -> None:
        self.total += value
        self.count += 1

    def finalize(self) -> int:
        count = max(self.count, 1)
        size = (2 * abs(self.total) + count) // (2 * count)
        return size if self.total >= 0 else -size


class Sum:
    """The sum of numbers below 10^15, to the last digit."""

    def __init__(self) -> None:
        self.whole = 0
        self.parts = Decimal(0)

    def step(self, value: Any) -> None:
        if isinstance(value, int):
            self.whole += value
        elif value is not None:
            self.parts = _EXACT.add(self.parts, Decimal(f"{value:.15g}"))

    def finalize(self) -> str:
        return f"{_EXACT.add(Decimal(self.whole), self.parts):f}"


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(json.loads(path))


def _at(here: bytes, step: str) -> bytes | None:
    start = here.lstrip()[:1]
    if start == b"{":
        found = _object(here).get(step)
        return None if found is None else bytes(found)
    if start == b"[" and _INDEX.fullmatch(step):
        elements, index = _array(here), int(step)
        inside = -len(elements) <= index < len(elements)
        return bytes(elements[index]) if inside else None
    return None


def _text(here: bytes) -> str | None:
    value = here.strip()
    if value.startswith(b'"'):
        return _string(value)
    return None if value == b"null" else value.decode()


def _elements(tags: object) -> list[str]:
    if tags is None:
        return []
    try:
        texts = [_text(bytes(element)) for element in _array(str(tags).encode("utf-8", "replace"))]
    except _UNREADABLE:
        return []
    return [text for text in texts if text is not None]
