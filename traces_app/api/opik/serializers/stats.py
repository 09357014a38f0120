"""Figures about many rows as Opik's clients read them (opik.md §2, stats)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from msgspec import Struct

from traces_app.api.opik.serializers.scores import number
from traces_app.query.stats import Stat


class StatRead(Struct):
    """One figure. COUNT and AVG are numbers, PERCENTAGE is ``{"p50", "p90", "p99"}``."""

    name: str
    type: str
    value: int | float | dict[str, float]


class StatsRead(Struct):
    """All figures, in their order; none where there are no rows."""

    stats: list[StatRead]


def read(stats: Iterable[Stat]) -> dict[str, Any]:
    """What the API prints."""
    return {"stats": [_printed(stat) for stat in stats]}


def _printed(stat: Stat) -> dict[str, Any]:
    value = number(stat.value) if isinstance(stat.value, Decimal) else stat.value
    return {"name": stat.name, "type": stat.type.value, "value": value}
