"""What the caller was told: comments that name the caller, and others' on the caller's work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from feedback_app.focus import mine
from feedback_app.models import User
from feedback_app.my_work import stretch
from feedback_app.reading.mentions import Piece, pieces
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import Comment, EntityType, Notice, Span

RECENT = 6
MOST_COUNTED = 99
_BEFORE, _AFTER = 60, 140
"""So many characters around a name are shown."""


@dataclass(frozen=True)
class Told:
    """One notice as a list shows it; ``quote`` is what the comment speaks of in particular,
    ``about`` the title of the trace or thread."""

    pk: UUID
    by: User
    is_mention: bool
    is_read: bool
    pieces: list[Piece]
    quote: str
    about: str
    at: datetime


@dataclass(frozen=True)
class Page:
    """``newer_query`` and ``older_query`` are empty where the list ends."""

    rows: list[Told]
    newer_query: str
    older_query: str


def unread(access: Access) -> int:
    """How many are unread, at most one more than are counted; nearly always one query on an
    index that holds unread ones alone."""
    waiting = Notice.objects.to(access).unread()
    if not waiting.exists():
        return 0
    return Notice.objects.visible_to(access).unread()[: MOST_COUNTED + 1].count()


def newest(access: Access) -> list[Told]:
    """The last few, read or not."""
    rows = Notice.objects.visible_to(access).select_related("comment")
    return _told(access, list(rows.order_by("-created_at", "-pk")[:RECENT]))


def page(access: Access, asked: QueryDict) -> Page:
    """The page that the address names, newest first; a fixed number of queries."""
    rows = Notice.objects.visible_to(access).select_related("comment")
    found = stretch.cut(rows, asked, by="created_at")
    return Page(_told(access, found.rows), found.newer_query, found.older_query)


def place(access: Access, comment: Comment) -> str:
    """Where a comment stands: in the page of its trace or thread."""
    if comment.entity_type == EntityType.THREAD:
        return f"{reverse('trace-thread', args=[comment.entity_id])}#comment-{comment.pk}"
    if comment.entity_type == EntityType.TRACE:
        return f"{reverse('trace', args=[comment.entity_id])}#comment-{comment.pk}"
    home = _traces_of(access, [comment])[comment.entity_id]
    return f"{reverse('trace', args=[home])}?span={comment.entity_id}#comment-{comment.pk}"


def _told(access: Access, rows: Sequence[Notice]) -> list[Told]:
    comments = [row.comment for row in rows]
    people = User.objects.in_bulk({comment.created_by_id for comment in comments})
    homes = _traces_of(access, comments)
    owners = {each.entity_id: homes.get(each.entity_id, each.entity_id) for each in comments}
    titles = mine.titles(access, list(owners.values())) if owners else {}
    return [
        Told(
            pk=row.pk,
            by=people.get(row.comment.created_by_id, User(name="Somebody")),
            is_mention=row.kind == Notice.Kind.MENTION,
            is_read=row.read_at is not None,
            pieces=_around(row.comment.text, row.words),
            quote=normal_form.load(row.comment.anchor)["quote"] if row.comment.anchor else "",
            about=titles.get(owners[row.comment.entity_id], ""),
            at=row.created_at,
        )
        for row in rows
    ]


def _traces_of(access: Access, comments: Sequence[Comment]) -> dict[UUID, UUID]:
    """The traces of the spans that are commented on."""
    spans = [each.entity_id for each in comments if each.entity_type == EntityType.SPAN]
    if not spans:
        return {}
    found = Span.objects.visible_to(access).filter(pk__in=spans)
    return dict(found.values_list("pk", "trace_id"))


def _around(text: str, words: str) -> list[Piece]:
    """The words around the first mention of the reader, or those that a comment begins with."""
    parts = pieces(text, [words] if words else [])
    first = next((at for at, part in enumerate(parts) if part.is_mention), None)
    if first is None:
        return [Piece(_head(text, _BEFORE + _AFTER))]
    before = "".join(part.text for part in parts[:first])
    after = "".join(part.text for part in parts[first + 1 :])
    shown = [Piece(_tail(before, _BEFORE)), parts[first], Piece(_head(after, _AFTER))]
    return [piece for piece in shown if piece.text]


def _head(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most].rstrip()}…"


def _tail(text: str, most: int) -> str:
    return text if len(text) <= most else f"…{text[-most:].lstrip()}"
