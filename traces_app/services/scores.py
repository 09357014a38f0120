"""What people and judges say in numbers: recorded and deleted, from every face."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Forbidden, Invalid, NotFound
from traces_app.models import NIL, EntityType, Face, QueueItem, Score, Source
from traces_app.models.prepared import prepared
from traces_app.models.project_rows import BY_ID
from traces_app.models.scores import VALUE_LIMIT
from traces_app.services import (
    entities,
    events,
    queue_reviews,
    queues,
    score_events,
    score_rows,
    waiting_scores,
)
from traces_app.services.score_rows import NewScore

MAX_NAME = 255
MAX_FEEDBACK = 2048


@dataclass(slots=True)
class Said:
    """One score as it was sent. A reason of None was not sent; "" clears."""

    entity_id: UUID
    name: str
    value: Decimal
    source: str = Source.SDK.value
    reason: str | None = None
    category_name: str = ""
    queue_id: UUID = NIL


@transaction.atomic
def record(
    *, access: Access, entity_type: EntityType, said: Sequence[Said], may_wait: bool = False
) -> datetime:
    """Store scores under the caller's author, overwriting that author's own; the time they carry.

    Those of traces and spans that the workspace does not have wait for them if ``may_wait``,
    else NotFound is raised and nothing is stored; a reviewer's never wait.
    """
    access.must_judge()
    for score in said:
        _check(score)
        queues.must_be_own(access=access, queue_id=score.queue_id)
    now = timezone.now()
    homes = entities.locked_homes(access, entity_type, {score.entity_id for score in said})
    unknown = [score for score in said if score.entity_id not in homes]
    may_wait = may_wait and entity_type is not EntityType.THREAD
    if unknown and (not may_wait or access.sees_queues_only):
        raise NotFound(f"{entity_type.value} id: {unknown[0].entity_id} not found")
    new = [_new(access, entity_type, score, homes.get(score.entity_id, NIL)) for score in said]
    here = [score for score in new if score.entity_id in homes]
    _write(access, here, now)
    if unknown:
        late = [score for score in new if score.entity_id not in homes]
        _let_wait(access, entity_type, late, now)
    return now


@transaction.atomic
def delete(
    *,
    access: Access,
    entity_type: EntityType,
    entity_id: UUID,
    names: Collection[str],
    author: str | None = None,
    queue_id: UUID = NIL,
) -> int:
    """Delete the scores of these names in this queue, or in none; how many went.

    ``author`` is what APIs print; None means all authors', for a reviewer own ones. Raises
    Forbidden when a reviewer names somebody else. What is not there or not visible is no error.
    """
    access.must_judge()
    homes = entities.locked_homes(access, entity_type, {entity_id})
    rows = Score.objects.visible_to(access).about(entity_type, set(homes))
    rows = rows.filter(name__in=[normal_form.clean_text(name) for name in names], queue_id=queue_id)
    author_id = _author_of_delete(access, author)
    if author is not None or author_id is not None:
        rows = rows.filter(author_id=author_id)
    doomed = list(rows.select_for_update().order_by(BY_ID))
    if not doomed:
        return 0
    _delete(access, doomed)
    return len(doomed)


def replace(*, access: Access, item: QueueItem, said: Sequence[Said]) -> None:
    """Make ``said`` all that the caller has scored of a queue's item in that queue.

    In the caller's transaction, which has what is judged locked, and then the item.
    """
    access.must_judge()
    for score in said:
        _check(score)
    kind = EntityType(item.entity_type)
    mine = _mine(item.project_id, kind.value, item.entity_id, item.queue_id, access.author_id)
    names = {score.name for score in said}
    doomed = [row for row in mine if row.name not in names]
    if doomed:
        _delete(access, doomed)
    if said:
        _write(access, [_new(access, kind, each, item.project_id) for each in said], timezone.now())


@prepared
def _mine(
    project_id: UUID, kind: str, entity_id: UUID, queue_id: UUID, author_id: UUID
) -> QuerySet[Score]:
    rows = Score.objects.filter(project_id=project_id, entity_type=kind, entity_id=entity_id)
    return rows.filter(queue_id=queue_id, author_id=author_id).order_by(BY_ID)


def source_of(face: Face) -> str:
    """What a score that comes through ``face`` carries as its source, unless it says its own."""
    return {Face.PAGE: Source.UI, Face.PREM: Source.PREM}.get(face, Source.SDK).value


def _write(access: Access, new: list[NewScore], now: datetime) -> None:
    score_events.cleared(access, new)
    before = score_rows.write(new, now)
    queue_reviews.refresh(_in_queues(new))
    score_events.written(access, new, before)


def _delete(access: Access, doomed: Sequence[Score]) -> None:
    score_rows.delete(doomed)
    queue_reviews.refresh(_in_queues(doomed))
    events.record(access, [score_events.deleted(row) for row in doomed])


def _check(score: Said) -> None:
    score.name = normal_form.clean_text(score.name)
    if not score.name.strip():
        raise Invalid("name must not be blank")
    if len(score.name) > MAX_NAME:
        raise Invalid(f"name size must be between 0 and {MAX_NAME}")
    if not score.value.is_finite() or not -VALUE_LIMIT <= score.value <= VALUE_LIMIT:
        raise Invalid(f"value must be between -{VALUE_LIMIT} and {VALUE_LIMIT}")


def _in_queues(rows: Iterable[NewScore | Score]) -> Iterator[queue_reviews.Said]:
    for row in rows:
        yield queue_reviews.Said(row.project_id, row.queue_id, row.entity_id)


def _new(access: Access, entity_type: EntityType, said: Said, project_id: UUID) -> NewScore:
    return NewScore(
        project_id=project_id,
        entity_type=entity_type,
        entity_id=said.entity_id,
        name=said.name,
        author_id=access.author_id,
        value=said.value,
        source=said.source,
        reason=None if said.reason is None else normal_form.clean_text(said.reason.strip()),
        category_name=normal_form.clean_text(said.category_name.strip()),
        queue_id=said.queue_id,
    )


def _let_wait(access: Access, entity_type: EntityType, late: list[NewScore], now: datetime) -> None:
    waiting_scores.keep(workspace_id=access.workspace_id, scores=late, now=now)
    look_again = partial(
        waiting_scores.settle_arrived,
        workspace_id=access.workspace_id,
        entity_type=entity_type,
        ids={score.entity_id for score in late},
    )
    transaction.on_commit(look_again)


def _author_of_delete(access: Access, author: str | None) -> UUID | None:
    if author is None:
        return access.author_id if access.sees_queues_only else None
    named = get_user_model().objects.by_author_name(normal_form.clean_text(author))
    if access.sees_queues_only and (named is None or named.pk != access.author_id):
        raise Forbidden("A reviewer deletes only own scores.")
    return named.pk if named else NIL
