"""How many traces a list finds, as far as counting is quick."""

from feedback_app.trace_lists import found
from feedback_app.trace_lists.found import COUNTED, Listing


def of(listing: Listing) -> str:
    """Such as "812", "10,000+", or "at least 300" where a search ran out of time."""
    number = listing.count()
    if number is None:
        met = listing.walk(None, limit=COUNTED + 1, seconds=found.SECONDS)
        number = len(met.positions)
        if met.stopped_at is not None and number <= COUNTED:
            return f"at least {number:,}"
    return f"{COUNTED:,}+" if number > COUNTED else f"{number:,}"
