"""The files of a trace and of its spans."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from traces_app.access import Access
from traces_app.downloads import plain_name
from traces_app.models import Attachment, EntityType, Span, Trace

MOST = 100
"""Files that the page shows; a trace with more says so."""


@dataclass(frozen=True)
class File:
    """One file; ``step`` names the span that it belongs to, if it is not the trace itself."""

    name: str
    kind: str
    size: int
    url: str
    is_picture: bool
    step: str


@dataclass(frozen=True)
class Files:
    """The trace's own files, then those of its spans, each oldest first."""

    shown: list[File]
    is_cut: bool


def of(access: Access, trace: Trace) -> Files | None:
    """None for a trace without files; at most three queries."""
    visible = Attachment.objects.visible_to(access).filter(project_id=trace.project_id)
    spans = Span.objects.filter(project_id=trace.project_id, trace_id=trace.pk)
    own = visible.filter(entity_type=EntityType.TRACE, entity_id=trace.pk)
    theirs = visible.filter(entity_type=EntityType.SPAN, entity_id__in=spans.values("pk"))
    rows = [*_oldest(own), *_oldest(theirs)]
    if not rows:
        return None
    shown = rows[:MOST]
    names = _names(spans, [row.entity_id for row in shown if row.entity_type == EntityType.SPAN])
    return Files([_file(row, names) for row in shown], len(rows) > MOST)


def _oldest(rows: "QuerySet[Attachment]") -> "QuerySet[Attachment]":
    return rows.order_by("pk")[: MOST + 1]


def _names(spans: "QuerySet[Span]", ids: list[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    found = spans.filter(pk__in=ids).values_list("pk", "name")
    return {pk: name or "unnamed" for pk, name in found}


def _file(row: Attachment, names: dict[UUID, str]) -> File:
    return File(
        name=plain_name(row.file_name),
        kind=row.picture_type or row.mime_type,
        size=row.size,
        url=reverse("attachment", args=[row.pk]),
        is_picture=bool(row.picture_type),
        step=names.get(row.entity_id, ""),
    )
