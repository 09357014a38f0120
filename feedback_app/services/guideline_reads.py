"""Taking note of a queue's guideline: at the first visit, and each time it has changed."""

from django.db import transaction
from django.utils import timezone

from feedback_app.models import GuidelineRead
from traces_app.access import Access
from traces_app.models import AnnotationQueue
from traces_app.services import guidelines


@transaction.atomic
def take_note(*, access: Access, queue: AnnotationQueue, number: int) -> None:
    """The caller has read this version; an older one than before, or one that is none, is nothing.

    Raises Forbidden.
    """
    access.must_judge()
    if guidelines.version(queue, number) is None:
        return
    now = timezone.now()
    row, is_new = GuidelineRead.objects.select_for_update().get_or_create(
        project_id=queue.project_id,
        queue_id=queue.pk,
        user_id=access.user_id,
        defaults={"number": number, "read_at": now},
    )
    if not is_new and row.number < number:
        row.number, row.read_at = number, now
        row.save(update_fields=["number", "read_at"])
