"""How the text of a filter's value is read, by the type of its field."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from traces_app.normal_form import clean_text
from traces_app.query.fields import EMPTINESS, LISTS, Operator, Type

MAX_LISTED = 1000

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_AGO = re.compile(r"(?P<number>[0-9]{1,6}) (?P<unit>minute|hour|day|week)s? ago")
_TRUTHS = {"true": True, "false": False}
_COMPARING = frozenset(
    {Operator.GREATER, Operator.GREATER_EQUAL, Operator.LESS, Operator.LESS_EQUAL}
)
VERBATIM = frozenset({Type.STRING, Type.STRING_EXACT, Type.TEXT})
"""Types whose values are taken as they are sent."""


def read(kind: Type, operator: Operator, text: str) -> Any:
    """The value that conditions take: a text, float, Decimal, bool, time or tuple of texts.

    Raises ValueError. Values of other than plain text may be URL-encoded (opik.md §0.8).
    """
    if operator in EMPTINESS:
        return None
    if kind not in VERBATIM:
        text = clean_text(unquote(text))
    if not text.strip():
        raise ValueError("blank")
    if operator in LISTS:
        return _listed(text)
    if kind is Type.DICTIONARY and operator in _COMPARING:
        return _float(text)
    return _READERS.get(kind, str)(text)


def _listed(text: str) -> tuple[str, ...]:
    listed = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not 0 < len(listed) <= MAX_LISTED:
        raise ValueError("nothing or too much in the list")
    return listed


def _float(text: str) -> float:
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError("no number")
    return float(text)


def _score(text: str) -> Decimal:
    # Past the largest score all numbers compare alike, and so do those next to nothing.
    number = _float(text)
    if abs(number) > 1e9:
        return Decimal(10**9) if number > 0 else Decimal(-(10**9))
    return Decimal(text.strip()) if abs(number) > 1e-12 else Decimal(0)


def _time(text: str) -> datetime:
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return _before_now(int(ago["number"]), ago["unit"])
    time = datetime.fromisoformat(text.strip())
    if time.tzinfo is None:
        raise ValueError("a time without a zone")
    try:
        return time.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("out of range") from error


def _before_now(number: int, unit: str) -> datetime:
    """So that a filter that is kept goes on to mean the latest days."""
    try:
        return datetime.now(UTC) - timedelta(**{f"{unit}s": number})
    except OverflowError as error:
        raise ValueError("out of range") from error


def _truth(text: str) -> bool:
    if text.strip().lower() not in _TRUTHS:
        raise ValueError("neither true nor false")
    return _TRUTHS[text.strip().lower()]


_READERS: dict[Type, Callable[[str], Any]] = {
    Type.NUMBER: _float,
    Type.FEEDBACK_SCORES_NUMBER: _score,
    Type.VERDICT: _score,
    Type.DATE_TIME: _time,
    Type.BOOLEAN: _truth,
}
