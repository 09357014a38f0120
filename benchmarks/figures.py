"""Percentiles, and tables of them."""

import math
from collections.abc import Sequence


def percentile(numbers: Sequence[float], percent: float) -> float:
    """The nearest rank: with few numbers, the 95th is the largest."""
    ordered = sorted(numbers)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def p50_p95(seconds: Sequence[float]) -> str:
    """In milliseconds, such as ``4.1 / 6.0``; a dash when nothing was measured."""
    if not seconds:
        return "-"
    return " / ".join(f"{percentile(seconds, percent) * 1000:.1f}" for percent in (50, 95))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Plain text; all columns but the first stand to the right."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    lines = [
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])
