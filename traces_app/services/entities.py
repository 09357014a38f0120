"""What scores and comments are about: traces, spans and threads, by the name of their kind."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from traces_app.access import Access
from traces_app.models import EntityType, Span, Thread, Trace
from traces_app.models.prepared import Prepared, prepared
from traces_app.models.threads import ThreadQuerySet

MODELS: dict[EntityType, type[Trace] | type[Span] | type[Thread]] = {
    EntityType.TRACE: Trace,
    EntityType.SPAN: Span,
    EntityType.THREAD: Thread,
}


def locked_homes(
    access: Access, entity_type: EntityType, ids: Collection[UUID]
) -> dict[UUID, UUID]:
    """The projects of those that the caller sees, by id, locked until the commit.

    The lock keeps a delete or a move of the entity from passing in between.
    """
    visible: QuerySet[Any] = MODELS[entity_type].objects.visible_to(access)
    rows = in_lock_order(visible.filter(pk__in=list(ids)))
    return dict(rows.select_for_update(no_key=True).values_list("pk", "project_id"))


def lock(entity_type: str, *, project_id: UUID, entity_id: UUID) -> bool:
    """Lock what the caller is known to see, as the item of an own queue; whether it is there."""
    return bool(_LOCKS[EntityType(entity_type)](project_id, entity_id))


def _lock_of(
    model: type[Trace] | type[Span] | type[Thread],
) -> Prepared[[UUID, UUID], tuple[UUID]]:
    @prepared
    def one(project_id: UUID, entity_id: UUID) -> "QuerySet[Any, tuple[UUID]]":
        rows: QuerySet[Any] = model._default_manager.filter(project_id=project_id, pk=entity_id)
        return rows.select_for_update(no_key=True).values_list("pk")

    return one


_LOCKS = {kind: _lock_of(model) for kind, model in MODELS.items()}


def in_lock_order(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """In the order in which batches write them, or the two could wait for each other."""
    if isinstance(rows, ThreadQuerySet):
        return rows.in_lock_order()
    return rows.order_by("project_id", "pk")
