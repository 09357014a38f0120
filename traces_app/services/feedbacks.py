"""The words and the score of somebody's own verdict, as Prem and the pages give and take them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import NIL, VERDICT, EntityType, Score
from traces_app.models.project_rows import BY_ID
from traces_app.services import (
    entities,
    events,
    outbox,
    score_events,
    score_rows,
    scores,
    verdicts,
)
from traces_app.services.outbox import ChangedTrace
from traces_app.services.scores import Said


@transaction.atomic
def withdraw(*, access: Access, trace_id: UUID) -> None:
    """Delete the caller's own verdict outside of queues (prem.md §4.4); none is no error."""
    access.must_judge()
    homes = entities.locked_homes(access, EntityType.TRACE, {trace_id})
    doomed = list(_own_verdicts(access, homes).select_for_update())
    if doomed:
        score_rows.delete(doomed)
        events.record(access, [score_events.deleted(row) for row in doomed])


@transaction.atomic
def give(*, access: Access, trace_id: UUID, feedback: str | None) -> None:
    """Set the words of the verdict without a score (prem.md §4.4).

    They become the reason of the caller's own row if there is one, else they stand alone.
    """
    give_all(access=access, feedbacks={trace_id: feedback or ""})


@transaction.atomic
def give_all(*, access: Access, feedbacks: Mapping[UUID, str]) -> None:
    """Set the words of several verdicts, each by its trace's id; "" clears.

    Raises NotFound and stores nothing when one of the traces is not the caller's to see.
    """
    access.must_judge()
    homes = entities.locked_homes(access, EntityType.TRACE, set(feedbacks))
    if len(homes) < len(feedbacks):
        raise NotFound("Trace not found")
    words = {pk: normal_form.clean_text(text.strip()) for pk, text in feedbacks.items()}
    own = {row.entity_id: row for row in _own_verdicts(access, homes)}
    source = scores.source_of(access.face)
    said = [
        Said(pk, VERDICT, row.value, source, words[pk], row.category_name)
        for pk, row in own.items()
    ]
    if said:
        scores.record(access=access, entity_type=EntityType.TRACE, said=said)
    alone = {(homes[pk], pk): text for pk, text in words.items() if pk not in own}
    if alone:
        score_events.words(access, alone)
        verdicts.write_each_alone(alone, access.author_id)
        verdicts.refresh(alone)
        outbox.write_all(ChangedTrace(*pair) for pair in alone)


def _own_verdicts(access: Access, homes: Mapping[UUID, UUID]) -> Any:
    mine = Score.objects.about(EntityType.TRACE, list(homes)).order_by(BY_ID)
    return mine.filter(
        project_id__in=set(homes.values()),
        name=VERDICT,
        author_id=access.author_id,
        queue_id=NIL,
    )
