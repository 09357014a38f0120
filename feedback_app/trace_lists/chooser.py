"""The ways to other columns: each moved, taken off or put on is one address further."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from feedback_app.trace_lists import columns
from feedback_app.trace_lists.asked import Asked
from feedback_app.trace_lists.columns import Column
from traces_app.access import Access
from traces_app.models import EntityType
from traces_app.query import score_names

CHOOSE = "columns"
"""What an address says while columns are chosen."""
_NAMES = 100


@dataclass(frozen=True)
class Way:
    """One column, by its key, and the query strings of the list with it elsewhere, off or on; an
    empty one is no way."""

    key: str
    words: str
    earlier: str = ""
    later: str = ""
    off: str = ""
    on: str = ""


@dataclass(frozen=True)
class Chooser:
    shown: list[Way]
    others: list[Way]
    usual: str
    """The query string of the list with the usual columns."""


def of(access: Access, asked: Asked, shown: Sequence[Column], projects: Sequence[UUID]) -> Chooser:
    """One query, for the names of scores."""
    names = score_names.names(access, EntityType.TRACE, projects)[:_NAMES]
    return Chooser(
        [_way(asked, list(shown), index) for index in range(len(shown))],
        [
            Way(column.key, column.words, on=_query(asked, [*shown, column]))
            for column in columns.others(shown, names)
            if len(shown) < columns.MOST
        ],
        asked.query(columns="", choose=CHOOSE),
    )


def _way(asked: Asked, shown: list[Column], index: int) -> Way:
    column = shown[index]
    before, after = shown[:index], shown[index + 1 :]
    return Way(
        column.key,
        column.words,
        earlier=_query(asked, [*before[:-1], column, *before[-1:], *after]) if before else "",
        later=_query(asked, [*before, *after[:1], column, *after[1:]]) if after else "",
        off=_query(asked, before + after) if columns.may_go(column) else "",
    )


def _query(asked: Asked, shown: Sequence[Column]) -> str:
    return asked.query(columns=columns.write(shown), choose=CHOOSE)
