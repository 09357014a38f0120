"""What people wrote, with the names that it tells marked."""

import re
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """A stretch of words; a mention with its @."""

    text: str
    is_mention: bool = False


def pieces(text: str, names: Collection[str]) -> list[Piece]:
    """The text cut at every @ with one of ``names``, the longest that fits."""
    if not names:
        return [Piece(text)]
    longest_first = sorted(names, key=len, reverse=True)
    pattern = rf"(?<![\w.@+-])(@(?:{'|'.join(map(re.escape, longest_first))}))(?!\w|[.@+-]\w)"
    cut = re.split(pattern, text, flags=re.IGNORECASE)
    return [Piece(each, number % 2 == 1) for number, each in enumerate(cut) if each]
