"""Scores that came before what they are about: kept, and given to it when it arrives."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from traces_app.models import EntityType, Project, Score, WaitingScore
from traces_app.models.scores import to_billionths
from traces_app.models.scores_sql import write_waiting
from traces_app.services import score_rows
from traces_app.services.entities import MODELS
from traces_app.services.score_rows import MeanKey, NewScore, ScoreKey

if TYPE_CHECKING:
    from django.db.models import QuerySet

KEPT_FOR = timedelta(days=7)
SWEPT_AT_ONCE = 500


def keep(*, workspace_id: UUID, scores: Iterable[NewScore], now: datetime) -> None:
    """Store scores whose entity the workspace does not have."""
    write_waiting(
        (
            workspace_id,
            score.entity_type.value,
            score.entity_id,
            score.name,
            score.author_id,
            score.queue_id,
            uuid7(),
            to_billionths(score.value),
            score.reason,
            score.category_name,
            score.source,
            now,
        )
        for score in scores
    )


def settle(
    *, workspace_id: UUID, entity_type: EntityType, homes: Mapping[UUID, UUID], now: datetime
) -> None:
    """Turn what waits for these entities into scores. ``homes``: project id by entity id.

    In the caller's transaction, which has the entities written or locked; and once more when it
    has ended. A score that another transaction keeps meanwhile is not seen in this one, nor are
    these entities in that one, but whichever ends last finds what the other has left.
    """
    _settle(_kept(workspace_id, entity_type), homes, now)
    transaction.on_commit(partial(_look_again, workspace_id, entity_type, set(homes)))


def _kept(workspace_id: UUID, entity_type: EntityType) -> "QuerySet[WaitingScore]":
    return WaitingScore.objects.filter(workspace_id=workspace_id, entity_type=entity_type)


def _look_again(workspace_id: UUID, entity_type: EntityType, ids: Collection[UUID]) -> None:
    if _kept(workspace_id, entity_type).exists():
        settle_arrived(workspace_id=workspace_id, entity_type=entity_type, ids=ids)


def _settle(kept: "QuerySet[WaitingScore]", homes: Mapping[UUID, UUID], now: datetime) -> None:
    if not kept.exists():
        return  # nearly always, and quicker asked than a thousand ids
    about = kept.filter(entity_id__in=list(homes))
    waiting = list(about.select_for_update().order_by("pk"))
    if not waiting:
        return
    waiting.sort(key=lambda row: row.created_at)
    arrived = [(row.created_at, _score(row, homes[row.entity_id])) for row in waiting]
    known = _last_said(score for _, score in arrived)
    score_rows.write([score for at, score in arrived if known.get(score.key, at) <= at], now)
    WaitingScore.objects.filter(pk__in=[row.pk for row in waiting]).delete()


def _last_said(scores: Iterable[NewScore]) -> dict[ScoreKey, datetime]:
    """When their authors last said it of the entity itself: what waited may be older."""
    about = list(scores)
    rows = Score.objects.filter(
        project_id__in={score.project_id for score in about},
        entity_type__in={score.entity_type for score in about},
        entity_id__in={score.entity_id for score in about},
    )
    return {
        (MeanKey(*row[:4]), row[4], row[5]): row[6]
        for row in rows.values_list(
            "project_id",
            "entity_type",
            "entity_id",
            "name",
            "author_id",
            "queue_id",
            "last_updated_at",
        )
    }


def settle_arrived(*, workspace_id: UUID, entity_type: EntityType, ids: Collection[UUID]) -> None:
    """Look again for entities that arrived while their scores were being kept."""
    model = MODELS[entity_type]
    with transaction.atomic():
        projects = Project.objects.filter(workspace_id=workspace_id).values_list("pk", flat=True)
        arrived = model._default_manager.filter(project_id__in=list(projects), pk__in=list(ids))
        rows = (
            arrived.order_by("project_id", "pk").select_for_update().values_list("pk", "project_id")
        )
        homes = dict(rows)
        if homes:
            _settle(_kept(workspace_id, entity_type), homes, timezone.now())


def sweep() -> int:
    """Periodic: expire what waited too long, settle what slipped through; how many still wait."""
    WaitingScore.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    groups: dict[tuple[UUID, str], set[UUID]] = defaultdict(set)
    newest = WaitingScore.objects.order_by("-created_at").values_list(
        "workspace_id", "entity_type", "entity_id"
    )
    for workspace_id, entity_type, entity_id in newest[:SWEPT_AT_ONCE]:
        groups[workspace_id, entity_type].add(entity_id)
    for (workspace_id, entity_type), ids in groups.items():
        settle_arrived(workspace_id=workspace_id, entity_type=EntityType(entity_type), ids=ids)
    return WaitingScore.objects.count()


def _score(row: WaitingScore, project_id: UUID) -> NewScore:
    return NewScore(
        project_id=project_id,
        entity_type=EntityType(row.entity_type),
        entity_id=row.entity_id,
        name=row.name,
        author_id=row.author_id,
        value=row.value,
        source=row.source,
        reason=row.reason,
        category_name=row.category_name,
        queue_id=row.queue_id,
    )
