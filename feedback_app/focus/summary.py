"""What somebody has done in a queue."""

from dataclasses import dataclass
from statistics import median

from django.db.models import Count

from feedback_app.models import Review
from feedback_app.services import reviews
from traces_app.access import Access
from traces_app.models import AnnotationQueue

_TIMED = 1_000


@dataclass(frozen=True)
class Summary:
    """Numbers of items; ``seconds`` is the median of the newest thousand, None without any."""

    submitted: int
    skipped: int
    declined: int
    flagged: int
    seconds: float | None


def of(access: Access, queue: AnnotationQueue) -> Summary:
    """Three queries."""
    mine = reviews.mine(access, queue)
    states = dict(mine.values_list("state").annotate(number=Count("pk")).order_by())
    spent = mine.filter(state=Review.State.SUBMITTED, seconds__gt=0).order_by("-submitted_at")
    seconds = list(spent.values_list("seconds", flat=True)[:_TIMED])
    return Summary(
        submitted=states.get(Review.State.SUBMITTED, 0),
        skipped=states.get(Review.State.SKIPPED, 0),
        declined=states.get(Review.State.DECLINED, 0),
        flagged=mine.filter(is_flagged=True).count(),
        seconds=median(seconds) if seconds else None,
    )
