"""How many traces a list finds, told after the page and never at its cost: both are bounded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from feedback_app.trace_lists import found
from feedback_app.trace_lists.asked import Asked
from feedback_app.trace_lists.found import COUNTED, Listing
from feedback_app.trace_lists.orders import Position, Sort
from traces_app.access import Access
from traces_app.models import Project

SECONDS = 0.25
"""How long what has arrived is searched for matches."""
MOST_NEW = 100


@dataclass(frozen=True)
class Arrived:
    """``number`` have come after the newest trace that was known then; ``newest`` is it now."""

    number: int
    newest: UUID | None

    @property
    def words(self) -> str:
        return f"{MOST_NEW}+ new" if self.number > MOST_NEW else f"{self.number} new"


def of(listing: Listing, *, says_where: bool = False) -> str:
    """Such as "812", "10,000+", or "at least 300" where a search ran out of time: of the newest
    so many, if ``says_where``, of a list that begins with them."""
    number = listing.count()
    if number is None:
        met = listing.walk(None, limit=COUNTED + 1, seconds=found.SECONDS)
        number = len(met.positions)
        if met.stopped_at is not None and number <= COUNTED:
            where = f", looked at the newest {met.examined:,}" if says_where else ""
            return f"at least {number:,}{where}"
    return f"{COUNTED:,}+" if number > COUNTED else f"{number:,}"


def words(*, access: Access, asked: Asked, projects: Sequence[Project]) -> str:
    """The number of traces that a list finds, as exactly as a second tells."""
    if not asked.is_filtered:
        return f"{sum(project.trace_count for project in projects):,}"
    return of(_listing(access, asked, projects), says_where=True)


def newest(*, access: Access, projects: Sequence[Project]) -> UUID | None:
    """The newest trace there is, matching or not."""
    met = _listing(access, Asked(), projects).walk(None, limit=1, seconds=SECONDS)
    return met.positions[0].pk if met.positions else None


def arrived(
    *, access: Access, asked: Asked, projects: Sequence[Project], since: UUID, before: int
) -> Arrived:
    """Those that match and came after ``since``, with the ``before`` that were known of."""
    latest = newest(access=access, projects=projects)
    if before > MOST_NEW or latest is None or latest <= since:
        return Arrived(before, since)
    listing = _listing(access, asked, projects)
    met = listing.walk(Position(since), backwards=True, limit=MOST_NEW + 1, seconds=SECONDS)
    return Arrived(before + len(met.positions), latest)


def _listing(access: Access, asked: Asked, projects: Sequence[Project]) -> Listing:
    plain = replace(asked, sort=Sort.NEWEST, after=None, before=None)
    ids = [project.pk for project in projects]
    return found.listing(access=access, asked=plain, projects=ids)
