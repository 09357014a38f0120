"""Single turns of a conversation that is an item of a queue: scored beside the whole of it."""

from decimal import Decimal
from uuid import UUID

from django.db import transaction

from feedback_app.focus import conversation
from traces_app.access import Access
from traces_app.errors import Invalid, NotFound
from traces_app.models import VERDICT, EntityType, Source
from traces_app.services import authors, queues, scores
from traces_app.services.scores import Said

RANGE = "Give a number from 0 to 1."


@transaction.atomic
def score(
    *, access: Access, queue_id: UUID, judged_id: UUID, trace_id: UUID, value: Decimal | None
) -> None:
    """Give one turn the caller's verdict in the name of the queue; None takes it back.

    It is no review of the conversation. Raises Forbidden, NotFound, and Invalid.
    """
    access.must_judge()
    queue = queues.find(access=access, queue_id=queue_id)
    conversation.item(queue, judged_id)
    if not conversation.in_thread(queue, judged_id).filter(pk=trace_id).exists():
        raise NotFound(conversation.NOT_THERE)
    if value is None:
        scores.delete(
            access=access,
            entity_type=EntityType.TRACE,
            entity_id=trace_id,
            names=[VERDICT],
            author=authors.names([access.author_id])[access.author_id],
            queue_id=queue.pk,
        )
        return
    if not value.is_finite() or not 0 <= value <= 1:
        raise Invalid(RANGE)
    said = Said(trace_id, VERDICT, value, Source.UI.value, queue_id=queue.pk)
    scores.record(access=access, entity_type=EntityType.TRACE, said=[said])
