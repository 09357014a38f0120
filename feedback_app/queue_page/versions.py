"""The versions of a queue's guideline, and how many reviews were made under each."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from feedback_app.models import Review
from traces_app.access import Access
from traces_app.models import AnnotationQueue, QueueGuideline

MOST = 20


@dataclass(frozen=True)
class Versions:
    """The newest versions with numbers of submitted reviews; ``unversioned`` of those that are
    older than versions are."""

    rows: list[tuple[QueueGuideline, int]]
    unversioned: int
    is_cut: bool


def of(access: Access, queue: AnnotationQueue) -> Versions:
    """Two queries, whatever the number of reviews."""
    mine = QueueGuideline.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
    rows = list(mine.select_related("created_by").order_by("-number")[: MOST + 1])
    submitted: Any = Review.objects.visible_to(access).filter(
        project_id=queue.project_id, queue_id=queue.pk, state=Review.State.SUBMITTED
    )
    counted = submitted.order_by().values_list("instructions_version")
    reviews = dict(counted.annotate(number=Count("pk")))
    return Versions(
        [(row, reviews.get(row.number, 0)) for row in rows[:MOST]],
        reviews.get(0, 0),
        len(rows) > MOST,
    )
