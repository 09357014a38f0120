"""Own scores of traces that can be taken back: each becomes what it was before it was set, unless
somebody has changed it since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from django.db import transaction

from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import NIL, EntityType, Score
from traces_app.models.project_rows import BY_ID
from traces_app.services import entities, events, score_events, score_rows, scores
from traces_app.services.scores import Said


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an own score was before it was set at ``set_at``; without ``said_at`` there was none."""

    set_at: datetime
    said_at: datetime | None = None
    value: Decimal = Decimal(0)
    reason: str = ""
    source: str = ""
    category_name: str = ""

    def payload(self) -> dict[str, str]:
        """As JSON keeps it."""
        kept = {"set_at": self.set_at.isoformat()}
        if self.said_at is None:
            return kept
        return kept | {
            "said_at": self.said_at.isoformat(),
            "value": f"{self.value:f}",
            "reason": self.reason,
            "source": self.source,
            "category_name": self.category_name,
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        set_at = datetime.fromisoformat(kept["set_at"])
        if "said_at" not in kept:
            return cls(set_at)
        said_at, value = datetime.fromisoformat(kept["said_at"]), Decimal(kept["value"])
        return cls(set_at, said_at, value, kept["reason"], kept["source"], kept["category_name"])


@transaction.atomic
def record(*, access: Access, said: Sequence[Said]) -> dict[UUID, Earlier]:
    """Store scores as ``scores.record`` does, of traces, by one name and in no queue.

    What each was before comes back, by trace: with it the score can be put back.
    """
    access.must_judge()
    homes = entities.locked_homes(access, EntityType.TRACE, {each.entity_id for each in said})
    before = {row.entity_id: row for row in _own(access, said[0].name, homes)}
    set_at = scores.record(access=access, entity_type=EntityType.TRACE, said=said)
    return {each.entity_id: _earlier(before.get(each.entity_id), set_at) for each in said}


@transaction.atomic
def put_back(*, access: Access, name: str, earlier: Mapping[UUID, Earlier]) -> set[UUID]:
    """Make the caller's own scores of traces what they were; those of which it was done.

    One that was changed or removed since is left alone. Raises Forbidden.
    """
    access.must_judge()
    homes = entities.locked_homes(access, EntityType.TRACE, set(earlier))
    rows = _own(access, name, homes).select_for_update().order_by("project_id", BY_ID)
    unchanged = [row for row in rows if row.last_updated_at == earlier[row.entity_id].set_at]
    doomed = [row for row in unchanged if earlier[row.entity_id].said_at is None]
    kept = [row for row in unchanged if earlier[row.entity_id].said_at is not None]
    told = [score_events.deleted(row) for row in doomed]
    for row in kept:
        was = earlier[row.entity_id]
        told.append(score_events.returned(row, was.value, was.reason))
        row.value, row.reason, row.source = was.value, was.reason, was.source
        row.category_name, row.last_updated_at = was.category_name, was.said_at
    if doomed:
        score_rows.delete(doomed)
    if kept:
        score_rows.rewrite(kept)
    events.record(access, told)
    return {row.entity_id for row in unchanged}


def _own(access: Access, name: str, homes: Mapping[UUID, UUID]) -> Any:
    mine = Score.objects.about(EntityType.TRACE, set(homes))
    return mine.filter(
        project_id__in=set(homes.values()),
        name=normal_form.clean_text(name),
        author_id=access.author_id,
        queue_id=NIL,
    )


def _earlier(row: Score | None, set_at: datetime) -> Earlier:
    if row is None:
        return Earlier(set_at)
    return Earlier(
        set_at, row.last_updated_at, row.value, row.reason, row.source, row.category_name
    )
