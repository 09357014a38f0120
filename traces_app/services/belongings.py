"""What hangs on a trace, in either app: deleted with it, and moved with it.

Score, mean, comment name their owner by (entity type, entity); spans carry the trace's id. All
else says so with a cascading foreign key and is found by walking Trace's related objects, so a
new model cannot be forgotten and nothing above this app is imported.
"""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db import models

from traces_app.models import Comment, EntityType, OutboxRow, Score, ScoreMean, Span, Trace

BY_ENTITY: tuple[type[Score] | type[ScoreMean] | type[Comment], ...] = (Score, ScoreMean, Comment)


def delete(*, project_id: UUID, trace_ids: Collection[UUID]) -> None:
    """Delete everything that hangs on these traces of one project; not the traces."""
    for rows in _all(project_id, list(trace_ids)):
        rows._raw_delete(rows.db)


def move(*, project_id: UUID, trace_ids: Collection[UUID], to: UUID) -> None:
    """Take everything that hangs on these traces along into another project."""
    # The spans go last: what hangs on them is found through them.
    for rows in _all(project_id, list(trace_ids)):
        rows.update(project_id=to)


def related() -> list[tuple[type[models.Model], str]]:
    """The models that hang on a trace by a cascading foreign key, and the key's column."""
    return [
        (relation.related_model, relation.field.attname)
        for relation in Trace._meta.related_objects
        if relation.on_delete is models.CASCADE
    ]


def _all(project_id: UUID, trace_ids: list[UUID]) -> Iterator["models.QuerySet[Any]"]:
    spans = Span.objects.filter(project_id=project_id, trace_id__in=trace_ids)
    # Locked, so that nobody scores a span while it goes; asked for as a subquery, since a trace
    # may have more spans than a statement takes parameters.
    list(spans.order_by("pk").select_for_update().values_list("pk", flat=True))
    owned = (
        (EntityType.SPAN, spans.values("pk")),
        (EntityType.TRACE, trace_ids),
    )
    for entity_type, ids in owned:
        for model in BY_ENTITY:
            yield model.objects.filter(
                project_id=project_id, entity_type=entity_type, entity_id__in=ids
            )
    for related_model, column in related():
        hanging = related_model._base_manager.filter(project_id=project_id)
        yield hanging.filter(**{f"{column}__in": trace_ids})
    yield OutboxRow._base_manager.filter(project_id=project_id, trace_id__in=trace_ids)
    yield spans
