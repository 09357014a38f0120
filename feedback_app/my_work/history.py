"""The caller's own reviews, to be found, changed and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Substr
from django.http import QueryDict

from feedback_app.focus import mine
from feedback_app.models import Review
from feedback_app.my_work import stretch
from feedback_app.queue_page import preferences
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import VERDICT, AnnotationQueue, QueueItem
from traces_app.query.conditions import contains

FLAGGED = "flagged"
STATES = (
    (Review.State.SUBMITTED.value, "submitted"),
    (Review.State.SKIPPED.value, "skipped"),
    (Review.State.DECLINED.value, "declined"),
    (FLAGGED, "flagged"),
)
MOST_QUEUES = 100
_HEAD = 2_000
"""Characters of an input that a title is made from."""


@dataclass(frozen=True)
class Asked:
    """What the address asks for; an unknown queue or state is none."""

    words: str
    queue_id: UUID | None
    state: str

    @property
    def is_filtered(self) -> bool:
        return bool(self.words or self.queue_id or self.state)


@dataclass(frozen=True)
class Entry:
    """One review of the caller's; ``words`` are its feedback, or why it was declined.

    ``preference`` is what was chosen of a pair, as it stood on the page: A, B or equal.
    """

    queue_id: UUID
    queue_name: str
    judged_id: UUID
    title: str
    state: str
    score: float | None
    words: str
    is_flagged: bool
    flag_note: str
    is_in_queue: bool
    at: datetime
    preference: str = ""

    @property
    def is_submitted(self) -> bool:
        return self.state == Review.State.SUBMITTED


@dataclass(frozen=True)
class Page:
    """``newer_query`` and ``older_query`` are empty where the list ends."""

    rows: list[Entry]
    newer_query: str
    older_query: str


def asked(query: QueryDict) -> Asked:
    """The filters that the address names."""
    try:
        queue_id = UUID(query.get("queue", ""))
    except ValueError:
        queue_id = None
    state = query.get("state", "")
    words = normal_form.clean_text(query.get("q", "").strip())
    return Asked(words, queue_id, state if state in dict(STATES) else "")


def page(access: Access, wanted: Asked, query: QueryDict) -> Page:
    """The page that the address names, newest first; a fixed number of queries."""
    found = stretch.cut(_found(access, wanted), query, by="last_updated_at")
    return Page(_told(access, found.rows), found.newer_query, found.older_query)


def queues(access: Access) -> list[AnnotationQueue]:
    """The newest queues in which the caller has answered something."""
    reviewed = Review.objects.visible_to(access).filter(
        project_id=OuterRef("project_id"), queue_id=OuterRef("pk"), author_id=access.author_id
    )
    rows = AnnotationQueue.objects.visible_to(access).filter(Exists(reviewed))
    return list(rows.newest_first()[:MOST_QUEUES])


def _found(access: Access, wanted: Asked) -> "QuerySet[Review]":
    rows: QuerySet[Review] = Review.objects.visible_to(access).filter(author_id=access.author_id)
    if wanted.queue_id is not None:
        rows = rows.filter(queue_id=wanted.queue_id)
    if wanted.state == FLAGGED:
        rows = rows.filter(is_flagged=True)
    elif wanted.state:
        rows = rows.filter(state=wanted.state)
    else:
        rows = rows.exclude(state=Review.State.OPEN, is_flagged=False)
    if not wanted.words:
        return rows
    title = Coalesce("trace__name", Substr("trace__input", 1, _HEAD), "thread__thread_id")
    texts = (F("feedback"), F("answers"), F("decline_reason"), F("flag_note"), title)
    said = Q()
    for text in texts:
        said |= contains(text, wanted.words)
    return rows.filter(said)


def _told(access: Access, rows: Sequence[Review]) -> list[Entry]:
    """With the names of queue and item; what is gone or not visible any more is left out."""
    visible = AnnotationQueue.objects.visible_to(access)
    names = dict(visible.filter(pk__in={row.queue_id for row in rows}).values_list("pk", "name"))
    paired = {row.judged_id for row in rows if row.other_id is not None}
    titles = mine.titles(access, [row.judged_id for row in rows], paired)
    standing = QueueItem.objects.filter(
        project_id__in=access.project_ids,
        queue_id__in=names,
        entity_id__in=[row.judged_id for row in rows],
    )
    places = set(standing.values_list("queue_id", "entity_id"))
    return [
        Entry(
            queue_id=row.queue_id,
            queue_name=names[row.queue_id],
            judged_id=row.judged_id,
            title=titles[row.judged_id],
            state=row.state,
            score=normal_form.load(row.answers).get(VERDICT) if row.is_submitted else None,
            words=row.decline_reason or (row.feedback if row.is_submitted else ""),
            is_flagged=row.is_flagged,
            flag_note=row.flag_note,
            is_in_queue=(row.queue_id, row.judged_id) in places,
            at=row.submitted_at or row.last_updated_at,
            preference=preferences.letter(row) if row.is_submitted else "",
        )
        for row in rows
        if row.queue_id in names and row.judged_id in titles
    ]
