"""In which line items come to a reviewer, by what that one has reviewed, declined and skipped."""

from dataclasses import replace
from uuid import UUID

from feedback_app.models import Review
from feedback_app.services import pairs
from traces_app.models import AnnotationQueue
from traces_app.services.queue_lines import Done, Line


def _done(project_id: UUID, queue_id: UUID, author_id: UUID) -> Done:
    rows = Review.objects.filter(project_id=project_id, queue_id=queue_id, author_id=author_id)
    finished = rows.filter(state__in=(Review.State.SUBMITTED, Review.State.DECLINED))
    put_off = rows.filter(state=Review.State.SKIPPED)
    return Done(
        finished=finished.values_list("judged_id", flat=True),
        later=put_off.values("judged_id", "last_updated_at"),
    )


def _done_with_pairs(project_id: UUID, queue_id: UUID, author_id: UUID) -> Done:
    done = _done(project_id, queue_id, author_id)
    return replace(done, barred=pairs.of_own_words(author_id))


_LINE, _LINE_OF_PAIRS = Line(_done), Line(_done_with_pairs)


def of(queue: AnnotationQueue) -> Line:
    """The line of a queue's items: nobody is handed a pair with an own correction."""
    return _LINE_OF_PAIRS if queue.takes_pairs else _LINE
