"""The trash as it is shown: deletions, newest first, and the traces of each."""

from dataclasses import dataclass
from uuid import UUID

from feedback_app.reading.preview import preview
from traces_app.access import Access
from traces_app.models import DeletedTrace, Deletion

SIZE = 50


@dataclass(frozen=True)
class Shelf:
    """Some deletions; ``older`` is the id before which the next ones are, None at the end."""

    deletions: list[Deletion]
    older: UUID | None


@dataclass(frozen=True)
class Line:
    """One trace in the trash, in a line."""

    pk: UUID
    words: str


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    older: UUID | None


def shelf(access: Access, before: UUID | None) -> Shelf:
    """Two queries, however many there are."""
    visible = Deletion.objects.visible_to(access).select_related("project", "deleted_by")
    if before is not None:
        visible = visible.filter(pk__lt=before)
    found = list(visible.order_by("-pk")[: SIZE + 1])
    return Shelf(found[:SIZE], found[SIZE - 1].pk if len(found) > SIZE else None)


def page(deletion: Deletion, before: UUID | None) -> Page:
    """The traces of a deletion that the caller sees, newest first."""
    mine = DeletedTrace.objects.filter(project_id=deletion.project_id, deletion=deletion)
    if before is not None:
        mine = mine.filter(trace_id__lt=before)
    found = list(mine.order_by("-trace_id")[: SIZE + 1])
    lines = [
        Line(each.trace_id, each.name or preview(each.input_head, 160)) for each in found[:SIZE]
    ]
    return Page(lines, found[SIZE - 1].trace_id if len(found) > SIZE else None)
