"""One page of a long list, newest first, and where the pages beside it begin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

SIZE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Row = TypeVar("Row", bound=Model)


class Place(NamedTuple):
    """A row's place in the list: its moment, and its id among those of one moment."""

    moment: datetime
    pk: UUID

    def __str__(self) -> str:
        return f"{(self.moment - EPOCH) // timedelta(microseconds=1)}~{self.pk}"


@dataclass(frozen=True)
class Stretch(Generic[Row]):
    """The rows of one page; the queries lead to the pages beside it, empty where there is none."""

    rows: list[Row]
    newer_query: str = ""
    older_query: str = ""


def cut(wanted: "QuerySet[Row]", asked: QueryDict, *, by: str) -> Stretch[Row]:
    """The page that ``before`` or ``after`` in the address asks for, by the column ``by``."""
    before, after = _place(asked, "before"), _place(asked, "after")
    if before is not None:
        nearest = list(_newer(wanted, by, before).order_by(by, "pk")[: SIZE + 1])
        if len(nearest) > SIZE:
            rows = nearest[:SIZE][::-1]
            return Stretch(rows, _query(asked, before=rows[0], by=by), _query(asked, rows[-1], by))
        after = None  # the first page, which is always full
    found = wanted if after is None else _older(wanted, by, after)
    met = list(found.order_by(f"-{by}", "-pk")[: SIZE + 1])
    rows = met[:SIZE]
    return Stretch(
        rows,
        _query(asked, before=rows[0], by=by) if after and rows else "",
        _query(asked, rows[-1], by) if len(met) > SIZE else "",
    )


def _newer(rows: "QuerySet[Row]", by: str, place: Place) -> "QuerySet[Row]":
    later = Q(**{f"{by}__gt": place.moment}) | Q(**{by: place.moment, "pk__gt": place.pk})
    return rows.filter(later, **{f"{by}__gte": place.moment})


def _older(rows: "QuerySet[Row]", by: str, place: Place) -> "QuerySet[Row]":
    earlier = Q(**{f"{by}__lt": place.moment}) | Q(**{by: place.moment, "pk__lt": place.pk})
    return rows.filter(earlier, **{f"{by}__lte": place.moment})


def _query(
    asked: QueryDict, after: Model | None = None, by: str = "", before: Model | None = None
) -> str:
    wanted = asked.copy()
    for name, row in (("after", after), ("before", before)):
        wanted.pop(name, None)
        if row is not None:
            wanted[name] = str(Place(getattr(row, by), row.pk))
    return f"?{wanted.urlencode()}"


def _place(asked: Mapping[str, Any], name: str) -> Place | None:
    """None for no place, and for what is none."""
    moment, _, pk = asked.get(name, "").partition("~")
    try:
        return Place(EPOCH + timedelta(microseconds=int(moment)), UUID(pk))
    except (ValueError, OverflowError):
        return None
