"""Windows of time, on the time inside the id (opik.md §0.5): both bounds inclusive."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from traces_app.errors import BadQuery

Rows = TypeVar("Rows", bound="QuerySet[Any]")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RANDOM_BITS = 80


class BadWindow(BadQuery):
    """A window that ends before it begins: 400, with Opik's text (opik.md §0.4)."""


def apply(rows: Rows, *, from_time: datetime | None, to_time: datetime | None) -> Rows:
    """Those whose id was made in the window, to the millisecond. Raises BadWindow."""
    if from_time is not None and to_time is not None and from_time >= to_time:
        raise BadWindow("Parameter 'from_time' must be before 'to_time'")
    if from_time is not None:
        rows = rows.filter(pk__gte=UUID(int=_milliseconds(from_time) << _RANDOM_BITS))
    if to_time is not None:
        after = (_milliseconds(to_time) + 1) << _RANDOM_BITS
        rows = rows.filter(pk__lt=UUID(int=after))
    return rows


def _milliseconds(time: datetime) -> int:
    return max(0, (time - _EPOCH) // timedelta(milliseconds=1))
