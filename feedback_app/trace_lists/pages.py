"""One page of the trace list, and the way to the ones beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from feedback_app.trace_lists import found, rows
from feedback_app.trace_lists.asked import Asked
from feedback_app.trace_lists.columns import Column
from feedback_app.trace_lists.found import COUNTED, Listing
from feedback_app.trace_lists.orders import Position
from feedback_app.trace_lists.rows import Row
from traces_app.access import Access
from traces_app.ids import milliseconds_of
from traces_app.models import Project

SIZE = 50


@dataclass(frozen=True)
class Searched:
    """How far a search came before it ran out of time; ``until`` is null where the order is not
    one of time."""

    examined: int
    until: datetime | None


@dataclass(frozen=True)
class Page:
    """``newer_url`` and ``older_url`` are empty where the list ends. ``searched`` is set
    when a search stopped before that: the page then goes on where it stopped."""

    rows: list[Row]
    newer_url: str
    older_url: str
    summary: str
    searched: Searched | None = None


@dataclass(frozen=True)
class _Stretch:
    """The positions of one page; the page before ends before ``first``, the next after ``last``."""

    positions: list[Position]
    first: Position | None
    last: Position | None
    searched: Searched | None = None


def page(
    *, access: Access, asked: Asked, projects: Sequence[Project], columns: Sequence[Column]
) -> Page:
    """The page that the address names. The number of queries does not grow with its rows; a
    search adds two for each window that it looks at."""
    names = {project.pk: project.name for project in projects}
    listing = found.listing(access=access, asked=asked, projects=list(names))
    stretch = _backwards(listing) if asked.before else _forwards(listing, asked.after)
    lines = rows.fetch(access=access, positions=stretch.positions, names=names, columns=columns)
    return Page(
        lines,
        newer_url=f"?{asked.query(before=stretch.first)}" if stretch.first else "",
        older_url=f"?{asked.query(after=stretch.last)}" if stretch.last else "",
        summary=_summary(listing, projects, len(lines), stretch),
        searched=stretch.searched,
    )


def _forwards(listing: Listing, start: Position | None) -> _Stretch:
    met = listing.walk(start, limit=SIZE + 1, seconds=found.SECONDS)
    shown = met.positions[:SIZE]
    last = shown[-1] if len(met.positions) > SIZE else met.stopped_at
    first = shown[0] if start and shown else start
    return _Stretch(shown, first, last, _searched(listing, met.examined, met.stopped_at))


def _backwards(listing: Listing) -> _Stretch:
    start = listing.asked.before
    met = listing.walk(start, backwards=True, limit=SIZE + 1, seconds=found.SECONDS)
    is_cut = len(met.positions) > SIZE
    if not is_cut and met.stopped_at is None:
        return _forwards(listing, None)  # the first page, which is always full
    shown = met.positions[:SIZE][::-1]
    if not shown:
        return _Stretch(
            [], met.stopped_at, met.stopped_at, _searched(listing, met.examined, met.stopped_at)
        )
    first = shown[0] if is_cut else met.stopped_at
    return _Stretch(shown, first, shown[-1], _searched(listing, met.examined, met.stopped_at))


def _searched(listing: Listing, examined: int, stopped_at: Position | None) -> Searched | None:
    if stopped_at is None:
        return None
    if listing.asked.sort.by_score:
        return Searched(examined, None)
    seconds = milliseconds_of(stopped_at.pk) / 1000
    return Searched(examined, datetime.fromtimestamp(seconds, UTC))


def _summary(listing: Listing, projects: Sequence[Project], shown: int, stretch: _Stretch) -> str:
    """How many are on this page, and of how many where that is known without a search."""
    if stretch.first is None and stretch.last is None:
        return f"{shown:,} {'trace' if shown == 1 else 'traces'}"
    if not listing.asked.is_filtered:
        total: int | None = sum(project.trace_count for project in projects)
    else:
        total = listing.count()
    if total is None:
        return f"{shown:,} shown"
    return f"{shown:,} of {COUNTED:,}+" if total > COUNTED else f"{shown:,} of {total:,}"
