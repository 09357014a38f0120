"""The comments on one trace as the page shows them: the newest open, older ones folded."""

from dataclasses import dataclass
from uuid import UUID

from feedback_app.models import User
from traces_app.access import Access
from traces_app.models import Comment, EntityType, Trace

MOST = 200
OPEN = 20


@dataclass(frozen=True)
class Remarks:
    """Oldest first in both lists; ``total`` counts also what is left out."""

    older: list[Comment]
    newest: list[Comment]
    total: int
    older_is_open: bool

    @property
    def left_out(self) -> int:
        return self.total - len(self.older) - len(self.newest)


def of(access: Access, trace: Trace, *, edited_id: UUID | None = None) -> Remarks:
    """Three queries. The fold is open when the comment that is being edited is in it."""
    rows = Comment.objects.visible_to(access).about(EntityType.TRACE, {trace.pk})
    rows = rows.filter(project_id=trace.project_id)
    shown: list[Comment] = list(rows.order_by("-pk")[:MOST])[::-1]
    people = User.objects.in_bulk({row.created_by_id for row in shown})
    for row in shown:
        row.created_by = people.get(row.created_by_id, User(name="Somebody"))
    older, newest = shown[:-OPEN], shown[-OPEN:]
    return Remarks(older, newest, rows.count(), any(row.pk == edited_id for row in older))
