"""Annotation queues: what they can be filtered and sorted by, and what was said in them."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, TextField, When

from traces_app.models import NIL, AnnotationQueue, EntityType, Score
from traces_app.query.expressions import CodePoints, MeanOfBillionths, UuidText
from traces_app.query.fields import Field, Registry, Type, by_column, by_text, column


def _person(name: str) -> Case:
    """What the APIs print of the person in a column."""
    service = When(**{f"{name}__is_service": True}, then=F(f"{name}__name"))
    return Case(service, default=F(f"{name}__email"), output_field=TextField())


QUEUES = Registry(
    EntityType.TRACE,  # no field of a queue asks for scores, which alone look at this
    fields={
        "id": Field(Type.STRING_EXACT, lambda _: UuidText(F("pk"))),
        "project_id": Field(Type.STRING_EXACT, lambda _: UuidText(F("project_id"))),
        "scope": column(Type.ENUM, "scope"),
        **{name: column(Type.STRING, name) for name in ("name", "description", "instructions")},
        **{name: column(Type.DATE_TIME, name) for name in ("created_at", "last_updated_at")},
        "created_by": Field(Type.STRING, lambda _: _person("created_by")),
        "last_updated_by": Field(Type.STRING, lambda _: _person("last_updated_by")),
    },
    sorts={
        "id": by_column("pk"),
        **{name: by_text(name) for name in ("name", "description", "instructions", "scope")},
        "items_count": by_column("item_count"),
        "created_at": by_column("created_at"),
        "last_updated_at": by_column("last_updated_at"),
        "created_by": lambda _, __: CodePoints(_person("created_by")),
        "last_updated_by": lambda _, __: CodePoints(_person("last_updated_by")),
    },
    families={},
    texts=(),
)


def reviewers(
    projects: Collection[UUID], queue_ids: Collection[UUID]
) -> dict[UUID, list[tuple[UUID, int]]]:
    """By queue: who has scored in it, and how many traces or threads; one query.

    The busiest first. Read from the index of scores that were given in queues.
    """
    found: dict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    rows = _scores(projects, queue_ids).values("queue_id", "author_id")
    counted = rows.annotate(number=Count("entity_id", distinct=True))
    for queue_id, author_id, number in counted.order_by(
        "queue_id", "-number", "author_id"
    ).values_list("queue_id", "author_id", "number"):
        found[queue_id].append((author_id, number))
    return found


def averages(
    projects: Collection[UUID], queue_ids: Collection[UUID]
) -> dict[UUID, list[tuple[str, Decimal]]]:
    """By queue: the mean of each name over all scores that were given in it; one query."""
    found: dict[UUID, list[tuple[str, Decimal]]] = defaultdict(list)
    rows = _scores(projects, queue_ids).values("queue_id", "name")
    named = rows.annotate(mean=MeanOfBillionths("value")).values_list("queue_id", "name", "mean")
    for queue_id, name, mean in sorted(named, key=lambda row: row[:2]):
        found[queue_id].append((name, mean))
    return found


def _scores(projects: Collection[UUID], queue_ids: Collection[UUID]) -> "QuerySet[Any]":
    # The index of scores in queues holds none without one: the condition names it.
    rows = Score.objects.filter(~Q(queue_id=NIL), project_id__in=projects, queue_id__in=queue_ids)
    # Single turns of the conversations of a queue can be scored in it: they are no items of it.
    judged = AnnotationQueue.objects.filter(
        project_id=OuterRef("project_id"), pk=OuterRef("queue_id"), scope=OuterRef("entity_type")
    )
    return rows.filter(Exists(judged)).order_by()
