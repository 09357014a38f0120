"""Comments on a trace, span or thread as a page shows them: the newest open, older folded."""

from dataclasses import dataclass
from uuid import UUID

from feedback_app.models import User
from feedback_app.trace_page.scores import kind_of
from traces_app.access import Access
from traces_app.models import Comment, Span, Thread, Trace

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


def of(access: Access, about: Trace | Span | Thread, *, edited_id: UUID | None = None) -> Remarks:
    """Three queries. The fold is open when the comment that is being edited is in it."""
    rows = Comment.objects.visible_to(access).about(kind_of(about), {about.pk})
    rows = rows.filter(project_id=about.project_id)
    shown: list[Comment] = list(rows.order_by("-pk")[:MOST])[::-1]
    people = User.objects.in_bulk({row.created_by_id for row in shown})
    for row in shown:
        row.created_by = people.get(row.created_by_id, User(name="Somebody"))
    older, newest = shown[:-OPEN], shown[-OPEN:]
    return Remarks(older, newest, rows.count(), any(row.pk == edited_id for row in older))
