"""Verdicts as a reviewer of a blind queue reads them: own score and words, nobody else's."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from traces_app.access import Access
from traces_app.models import VERDICT, EntityType, Score, Trace


@dataclass(frozen=True, slots=True)
class OwnVerdict:
    """What the caller said of a trace; all None for nothing yet."""

    score: Decimal | None = None
    feedback: str | None = None
    at: datetime | None = None
    source: str | None = None


def instead(access: Access, trace_ids: Collection[UUID]) -> dict[UUID, OwnVerdict]:
    """By trace, for those whose verdict is hidden from the caller: what to show in its place.

    Empty and without a query for everyone but reviewers; two queries for them.
    """
    if not access.sees_queues_only:
        return {}
    hidden = Trace.objects.filter(access.sight.hidden_verdicts(), pk__in=list(trace_ids))
    alone = {
        pk: words if author == access.author_id else None
        for pk, author, words in hidden.values_list("pk", "lone_feedback_by", "lone_feedback")
    }
    own = {pk: OwnVerdict(feedback=words) for pk, words in alone.items()}
    rows = Score.objects.visible_to(access).about(EntityType.TRACE, list(own))
    mine = rows.filter(
        name=VERDICT, author_id=access.author_id, value__gte=Decimal(0), value__lte=Decimal(1)
    ).order_by("last_updated_at", "pk")
    for pk, *said in mine.values_list("entity_id", "value", "reason", "last_updated_at", "source"):
        value, reason, at, source = said
        own[pk] = OwnVerdict(value, reason or alone[pk], at, source)
    return own
