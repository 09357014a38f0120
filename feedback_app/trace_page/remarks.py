"""Comments on a trace, span or thread as a page shows them: the newest open, older folded."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from feedback_app.models import User
from feedback_app.reading.mentions import Piece, pieces
from feedback_app.trace_page.scores import kind_of
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import Comment, EntityType, Notice, Span, Thread, Trace

MOST = 200
OPEN = 20
_ROUTES = {EntityType.TRACE: "trace", EntityType.THREAD: "trace-thread"}


@dataclass(frozen=True)
class Remark:
    """One comment; the addresses are empty where a page only shows it."""

    comment: Comment
    by: User
    pieces: list[Piece]
    is_mine: bool
    edit_url: str = ""
    delete_url: str = ""
    anchor: dict[str, Any] | None = None
    """The stretch of text that it speaks of (traces_app.services.anchors)."""

    @property
    def pk(self) -> UUID:
        return self.comment.pk

    @property
    def text(self) -> str:
        return self.comment.text

    @property
    def at(self) -> datetime:
        return self.comment.created_at

    @property
    def anchor_json(self) -> str:
        """As the page's script takes it."""
        return self.comment.anchor or ""

    @property
    def is_edited(self) -> bool:
        return self.comment.last_updated_at != self.comment.created_at


@dataclass(frozen=True)
class Remarks:
    """Oldest first in both lists; ``total`` counts also what is left out."""

    older: list[Remark]
    newest: list[Remark]
    total: int
    older_is_open: bool
    add_url: str
    people_url: str
    takes_anchors: bool
    """Whether a comment may speak of some words alone."""

    @property
    def left_out(self) -> int:
        return self.total - len(self.older) - len(self.newest)


def of(access: Access, about: Trace | Span | Thread, *, edited_id: UUID | None = None) -> Remarks:
    """Four queries. The fold is open when the comment that is being edited is in it."""
    kind = kind_of(about)
    rows = Comment.objects.visible_to(access).about(kind, {about.pk})
    rows = rows.filter(project_id=about.project_id)
    shown = _told(access, about, list(rows.order_by("-pk")[:MOST])[::-1])
    older, newest = shown[:-OPEN], shown[-OPEN:]
    route = _ROUTES.get(kind, "")
    return Remarks(
        older,
        newest,
        rows.count(),
        any(row.pk == edited_id for row in older),
        add_url=reverse(f"{route}-comments", args=[about.pk]) if route else "",
        people_url=reverse(f"{route}-people", args=[about.pk]) if route else "",
        takes_anchors=kind in _ROUTES,
    )


def _told(
    access: Access, about: Trace | Span | Thread, comments: Sequence[Comment]
) -> list[Remark]:
    people = User.objects.in_bulk({row.created_by_id for row in comments})
    names: dict[UUID, list[str]] = defaultdict(list)
    mentions = Notice.objects.filter(
        project_id=about.project_id,
        comment__in=[row.pk for row in comments],
        kind=Notice.Kind.MENTION,
    )
    for comment_id, words in mentions.values_list("comment_id", "words"):
        names[comment_id].append(words)
    route = _ROUTES.get(kind_of(about), "")
    return [
        Remark(
            comment=row,
            by=people.get(row.created_by_id, User(name="Somebody")),
            pieces=pieces(row.text, names[row.pk]),
            is_mine=row.created_by_id == access.author_id,
            edit_url=reverse(f"{route}-comment", args=[about.pk, row.pk]) if route else "",
            delete_url=reverse(f"{route}-comment-delete", args=[about.pk, row.pk]) if route else "",
            anchor=normal_form.load(row.anchor) if row.anchor else None,
        )
        for row in comments
    ]
