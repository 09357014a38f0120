"""Items that reviewers mark for whoever leads the queue, with a line that says why."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from feedback_app.models import Review
from feedback_app.services import reviews
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.models import AnnotationQueue

MOST_NOTE = 500


@transaction.atomic
def flag(
    *,
    access: Access,
    queue: AnnotationQueue,
    judged_id: UUID,
    is_flagged: bool,
    note: str | None = None,
) -> Review:
    """Mark an item for whoever leads the queue, or take the mark and what it says away.

    ``note`` says why in one line; None keeps what it said. Raises Invalid for a long one.
    """
    access.must_judge()
    words = " ".join(normal_form.clean_text(note or "").split())
    if len(words) > MOST_NOTE:
        raise Invalid(f"Say why in at most {MOST_NOTE} characters.")
    _, review = reviews.locked(access, queue, judged_id)
    before = reviews.facts(review)
    review.is_flagged = is_flagged
    if note is not None or not is_flagged:
        review.flag_note = words if is_flagged else ""
    review.last_updated_at = timezone.now()
    review.save()
    reviews.record(access, "review.flag", queue, review, before)
    return review
