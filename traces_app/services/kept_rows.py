"""Copies of rows as text, and rows made of copies: what the trash keeps of a trace.

Which tables there are is what ``services.belongings`` knows, in either app; so a new model that
hangs on a trace is kept and restored, too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import models

from traces_app import normal_form
from traces_app.models import NIL, DeletedRows, EntityType, QueueItem, Span, Trace
from traces_app.services import belongings

AT_ONCE = 200
"""Rows in one copy; their texts are held in memory."""


def keep(*, project_id: UUID, trace_ids: Collection[UUID]) -> None:
    """Copy these traces of one project and all that hangs on them, before they go."""
    ids = list(trace_ids)
    mine = {"project_id": project_id}
    _copy(Trace._base_manager.filter(**mine, pk__in=ids), "id")
    _copy(Span._base_manager.filter(**mine, trace_id__in=ids), "trace_id")
    spans = Span.objects.filter(**mine, trace_id__in=ids)
    traces_of = dict(spans.values_list("pk", "trace_id"))
    for model in belongings.BY_ENTITY:
        rows = model._base_manager.filter(**mine)
        _copy(rows.filter(entity_type=EntityType.TRACE, entity_id__in=ids), "entity_id")
        of_spans = rows.filter(entity_type=EntityType.SPAN, entity_id__in=spans.values("pk"))
        _copy(of_spans, "entity_id", traces_of)
    for related_model, column in belongings.related():
        _copy(related_model._base_manager.filter(**mine, **{f"{column}__in": ids}), column)


def keep_items(items: Iterable[QueueItem], traces_of: Mapping[UUID, UUID]) -> None:
    """Copy items of queues; ``traces_of`` gives for what they are about the trace they went with.

    A pair went with the first of its traces that did.
    """
    owners = (
        (traces_of.get(item.entity_id) or traces_of.get(item.other_id or NIL), item)
        for item in items
    )
    _store(QueueItem, ((pk, _columns(item)) for pk, item in owners if pk))


def load(kept: "models.QuerySet[DeletedRows]", model: type[models.Model]) -> Iterator[Any]:
    """The rows of one model, not stored yet; a column that is gone by now is left out."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    texts = kept.filter(model=model._meta.label_lower).order_by("pk").values_list("rows", flat=True)
    for text in texts.iterator(chunk_size=20):
        for row in normal_form.load(text):
            yield model(**{n: fields[n].to_python(v) for n, v in row.items() if n in fields})


def tables() -> list[type[models.Model]]:
    """Every table of which the trash may hold rows, in the order in which they are restored."""
    related = [model for model, _ in belongings.related()]
    return [Trace, Span, *belongings.BY_ENTITY, *related, QueueItem]


def named(kept: "models.QuerySet[DeletedRows]", model: type[models.Model], name: str) -> list[Any]:
    """One column of all kept rows of a model."""
    texts = kept.filter(model=model._meta.label_lower).values_list("rows", flat=True)
    return [row[name] for text in texts for row in normal_form.load(text)]


def _copy(
    rows: "models.QuerySet[Any]", column: str, traces_of: dict[UUID, UUID] | None = None
) -> None:
    found = rows.order_by("pk").iterator(chunk_size=AT_ONCE)
    keyed = ((getattr(row, column), _columns(row)) for row in found)
    if traces_of is not None:
        keyed = ((traces_of[key], row) for key, row in keyed)
    _store(rows.model, keyed)


def _store(model: type[models.Model], rows: Iterable[tuple[UUID, dict[str, Any]]]) -> None:
    waiting: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for number, (trace_id, row) in enumerate(rows, 1):
        waiting[trace_id].append(row)
        if number % AT_ONCE == 0:
            _write(model, waiting)
            waiting.clear()
    _write(model, waiting)


def _write(model: type[models.Model], waiting: dict[UUID, list[dict[str, Any]]]) -> None:
    DeletedRows.objects.bulk_create(
        DeletedRows(
            project_id=rows[0]["project_id"],
            trace_id=trace_id,
            model=model._meta.label_lower,
            rows=normal_form.dump(rows),
        )
        for trace_id, rows in sorted(waiting.items())
    )


def _columns(row: models.Model) -> dict[str, Any]:
    names = [field.attname for field in row._meta.concrete_fields]
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    """As JSON has it; the column's field reads it back."""
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)
