"""What annotation queues say of traces and threads: which stand in them, and in which each stands.

Everything starts from the items, by index; a queue of another workspace is never among them.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from traces_app.access import Access
from traces_app.models import AnnotationQueue, EntityType, QueueItem
from traces_app.query.fields import Operator

Rows = TypeVar("Rows", bound="QuerySet[Any]")

_OPPOSITES = {
    Operator.NOT_EQUAL: Operator.EQUAL,
    Operator.NOT_CONTAINS: Operator.CONTAINS,
    Operator.IS_EMPTY: Operator.IS_NOT_EMPTY,
}


class QueueName(NamedTuple):
    """A queue as the traces and threads in it name it."""

    id: UUID
    name: str


def within(rows: Rows, entity: EntityType, queue_id: UUID | None, *, access: Access) -> Rows:
    """Those of ``rows`` that stand in a queue which the caller sees; all of them without one."""
    if queue_id is None:
        return rows
    visible = QueueItem.objects.visible_to(access).single()
    items = visible.filter(queue_id=queue_id, entity_type=entity)
    found: Rows = rows.filter(pk__in=items.values("entity_id"))
    return found


def queues_of(
    entity: EntityType, projects: Collection[UUID], ids: Collection[UUID], *, access: Access
) -> dict[UUID, list[QueueName]]:
    """The queues that each stands in, as far as the caller sees them, oldest first; one query."""
    items = (
        QueueItem.objects.visible_to(access)
        .single()
        .filter(project_id__in=projects, entity_type=entity, entity_id__in=ids)
    )
    named: dict[UUID, list[QueueName]] = defaultdict(list)
    rows = items.order_by("queue_id").values_list("entity_id", "queue_id", "queue__name")
    for entity_id, queue_id, name in rows:
        named[entity_id].append(QueueName(queue_id, name))
    return named


def holds(entity: EntityType, operator: Operator, value: str, projects: Sequence[UUID]) -> Q:
    """Do the ids of the outer row's queues, as texts, fit ``operator value``?

    Asks the database at once which queues these are: a project has few.
    """
    if operator in _OPPOSITES:
        items = _items(entity, _OPPOSITES[operator], value, projects)
        here = items.filter(project_id=OuterRef("project_id"), entity_id=OuterRef("pk"))
        return ~Q(Exists(here))
    return Q(pk__in=_items(entity, operator, value, projects).values("entity_id"))


def _items(
    entity: EntityType, operator: Operator, value: str, projects: Sequence[UUID]
) -> "QuerySet[QueueItem]":
    items = QueueItem.objects.single().filter(project_id__in=list(projects), entity_type=entity)
    if operator is Operator.IS_NOT_EMPTY:
        return items
    queues = AnnotationQueue.objects.filter(project_id__in=list(projects))
    return items.filter(
        queue_id__in=[
            pk for pk in queues.values_list("pk", flat=True) if _fits(str(pk), operator, value)
        ]
    )


def _fits(queue_id: str, operator: Operator, value: str) -> bool:
    return queue_id == value if operator is Operator.EQUAL else value.lower() in queue_id
