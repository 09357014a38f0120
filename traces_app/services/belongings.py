"""What hangs on a trace, in either app: deleted with it, and moved with it.

Score, mean, comment and attachment name their owner by (entity type, entity); spans carry the
trace's id. All else says so with a cascading foreign key to the trace or to one of those, and is
found by walking related objects, so a new model cannot be forgotten and nothing above this app is
imported.
"""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db import models

from traces_app.models import (
    Attachment,
    Comment,
    EntityType,
    OutboxRow,
    Score,
    ScoreMean,
    Span,
    Trace,
)
from traces_app.models.project_rows import BY_ID
from traces_app.services import attachment_files

BY_ENTITY: tuple[type[Score | ScoreMean | Comment | Attachment], ...] = (
    Score,
    ScoreMean,
    Comment,
    Attachment,
)


def delete(*, project_id: UUID, trace_ids: Collection[UUID], keeps_files: bool = False) -> None:
    """Delete everything that hangs on these traces of one project; not the traces."""
    for rows in _all(project_id, list(trace_ids)):
        if rows.model is Attachment and not keeps_files:
            attachment_files.forget(rows)
        rows._raw_delete(rows.db)


def move(*, project_id: UUID, trace_ids: Collection[UUID], to: UUID) -> None:
    """Take everything that hangs on these traces along into another project."""
    for rows in _all(project_id, list(trace_ids)):
        rows.update(project_id=to)


def delete_spans(*, project_id: UUID, span_ids: Collection[UUID]) -> None:
    """Delete these spans of one project and what hangs on them; spans below them stay."""
    for rows in _spans(project_id, Span.objects.filter(pk__in=list(span_ids))):
        _delete(rows)


def gather(*, trace_ids: Collection[UUID], to: UUID, among: Collection[UUID]) -> None:
    """Take along what arrived before these traces and was put into other projects ``among``."""
    others = [project_id for project_id in among if project_id != to]
    if not others or not trace_ids:
        return
    strays = Span.objects.filter(trace_id__in=list(trace_ids))
    places = strays.filter(project_id__in=others).order_by("project_id")
    for project_id in list(places.values_list("project_id", flat=True).distinct()):
        for rows in _spans(project_id, strays):
            rows.update(project_id=to)


def delete_of_threads(*, project_id: UUID, thread_pks: Collection[UUID]) -> None:
    """Delete what was said about these threads of one project; not the threads."""
    for rows in _about(project_id, EntityType.THREAD, list(thread_pks)):
        _delete(rows)


def related(to: type[models.Model] = Trace) -> list[tuple[type[models.Model], str]]:
    """The models that hang on a trace by a cascading foreign key, and the key's column."""
    return [
        (relation.related_model, relation.field.attname)
        for relation in to._meta.related_objects
        if relation.on_delete is models.CASCADE
    ]


def _delete(rows: "models.QuerySet[Any]") -> None:
    if rows.model is Attachment:
        attachment_files.forget(rows)
    rows._raw_delete(rows.db)


def _all(project_id: UUID, trace_ids: list[UUID]) -> Iterator["models.QuerySet[Any]"]:
    yield from _about(project_id, EntityType.TRACE, trace_ids)
    for related_model, column in related():
        hanging = related_model._base_manager.filter(project_id=project_id)
        yield hanging.filter(**{f"{column}__in": trace_ids})
    yield OutboxRow._base_manager.filter(project_id=project_id, trace_id__in=trace_ids)
    yield from _spans(project_id, Span.objects.filter(trace_id__in=trace_ids))


def _spans(project_id: UUID, chosen: "models.QuerySet[Span]") -> Iterator["models.QuerySet[Any]"]:
    """What hangs on the chosen spans of a project, then these: it is found through them."""
    spans = chosen.filter(project_id=project_id)
    # Locked, so that nobody scores a span while it goes; asked for as a subquery, since a trace
    # may have more spans than a statement takes parameters.
    list(spans.order_by(BY_ID).select_for_update().values_list("pk", flat=True))
    yield from _about(project_id, EntityType.SPAN, spans.values("pk"))
    yield spans


def _about(project_id: UUID, entity_type: EntityType, ids: Any) -> Iterator["models.QuerySet[Any]"]:
    for model in BY_ENTITY:
        rows = model.objects.filter(
            project_id=project_id, entity_type=entity_type, entity_id__in=ids
        )
        for related_model, column in related(model):
            # Locked, so that nothing is hung on a row while it goes.
            list(rows.order_by(BY_ID).select_for_update().values_list("pk", flat=True))
            hanging = related_model._base_manager.filter(project_id=project_id)
            yield hanging.filter(**{f"{column}__in": rows.values("pk")})
        yield rows
