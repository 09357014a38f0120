"""What changed between two texts, word by word: readable for prose, code and JSON."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

SHOWN = 2
"""Unchanged lines that stand before and after a change; more are folded away."""
MOST_LINES = 5_000
MOST_WORDS = 4_000
"""Past so many a stretch is shown as taken out and put in whole: comparing is quadratic."""

_WIDE = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # scripts that put no spaces between words
_MARKS = "!-/:-@\\[-`{-~"
_WORD = re.compile(rf"\s+|[{_WIDE}{_MARKS}]|[^\s{_WIDE}{_MARKS}]+")

Kind = Literal["same", "out", "in", "folded"]


@dataclass(frozen=True)
class Piece:
    """A stretch of text: in both, only before (out), only after (in), or in both and folded."""

    kind: Kind
    text: str

    @property
    def lines(self) -> int:
        return self.text.count("\n") + (not self.text.endswith("\n"))


def differences(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in reading order; without the outs they are ``after``."""
    pieces = _joined(_by_line(before.splitlines(True), after.splitlines(True)))
    last = len(pieces) - 1
    return [
        part
        for number, piece in enumerate(pieces)
        for part in _folded(piece, is_first=number == 0, is_last=number == last)
    ]


def _by_line(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    if len(before) + len(after) > MOST_LINES:
        start = _shared(before, after)
        end = _shared(before[start:][::-1], after[start:][::-1])
        yield Piece("same", "".join(before[:start]))
        yield from _whole(before[start : len(before) - end], after[start : len(after) - end])
        yield Piece("same", "".join(before[len(before) - end :]))
        return
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(before[a:b]))
        else:
            yield from _by_word("".join(before[a:b]), "".join(after[c:d]))


def _by_word(before: str, after: str) -> Iterator[Piece]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    if not old or not new or len(old) + len(new) > MOST_WORDS:
        yield from _whole([before], [after])
        return
    out: list[str] = []
    into: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        same = "".join(old[a:b])
        if kind != "equal" or (same.isspace() and (out or into) and "\n" not in same):
            # A space between two changed words belongs to the change.
            out += old[a:b]
            into += new[c:d]
            continue
        yield from _whole(out, into)
        yield Piece("same", same)
        out, into = [], []
    yield from _whole(out, into)


def _whole(before: Iterable[str], after: Iterable[str]) -> Iterator[Piece]:
    yield Piece("out", "".join(before))
    yield Piece("in", "".join(after))


def _shared(before: Sequence[str], after: Sequence[str]) -> int:
    """How many lines both begin with."""
    number = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        number += 1
    return number


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Without empty ones, neighbours of one kind made one."""
    filled = (piece for piece in pieces if piece.text)
    return [
        Piece(kind, "".join(piece.text for piece in group))
        for kind, group in groupby(filled, key=lambda piece: piece.kind)
    ]


def _folded(piece: Piece, *, is_first: bool, is_last: bool) -> list[Piece]:
    """A long unchanged stretch with its middle, or its far end, folded away."""
    lines = piece.text.splitlines(True)
    head, tail = (0 if is_first else SHOWN + 1), (0 if is_last else SHOWN + 1)
    if piece.kind != "same" or len(lines) <= head + tail + SHOWN:
        return [piece]
    parts = (
        Piece("same", "".join(lines[:head])),
        Piece("folded", "".join(lines[head : len(lines) - tail])),
        Piece("same", "".join(lines[len(lines) - tail :])),
    )
    return [part for part in parts if part.text]
