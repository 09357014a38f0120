"""My work: the queues that wait for somebody, where they stopped, and what they judged last."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from feedback_app.focus.titles import asked, of_traces
from feedback_app.models import Review
from feedback_app.queue_page import preferences
from feedback_app.services import pairs
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import (
    VERDICT,
    AnnotationQueue,
    QueueItem,
    QueueReviewer,
    Reservation,
    Thread,
    Trace,
)

MOST_QUEUES = 100
RECENT = 10


@dataclass(frozen=True)
class Assigned:
    """One queue: what the caller has finished in it, and what still waits for the caller."""

    queue: AnnotationQueue
    finished: int
    left: int

    @property
    def total(self) -> int:
        return self.finished + self.left


@dataclass(frozen=True)
class Judged:
    """One review of the caller's; ``score`` is its verdict, if it was asked for.

    ``preference`` is what was chosen of a pair, as it stood on the page: A, B or equal.
    """

    queue_id: UUID
    queue_name: str
    judged_id: UUID
    title: str
    state: str
    score: float | None
    feedback: str
    at: datetime
    preference: str = ""


def queues(access: Access) -> list[Assigned]:
    """The newest queues that ask the caller; those with work left first. Three queries."""
    if not access.may_judge:
        return []
    named = QueueReviewer.objects.filter(
        project_id__in=access.project_ids,
        project_id=OuterRef("project_id"),
        queue_id=OuterRef("pk"),
        user_id=access.user_id,
    )
    visible = AnnotationQueue.objects.visible_to(access)
    asking = visible.filter(Q(is_for_everyone=True) | Exists(named))
    rows = list(asking.select_related("project").newest_first()[:MOST_QUEUES])
    ids = [row.pk for row in rows]
    reviews = _finished(access).filter(queue_id__in=ids)
    finished = dict(reviews.values_list("queue_id").annotate(number=Count("pk")).order_by())
    by_me = _finished(access).filter(
        project_id=OuterRef("project_id"),
        queue_id=OuterRef("queue_id"),
        judged_id=OuterRef("entity_id"),
    )
    waiting = QueueItem.objects.filter(
        ~Exists(by_me), project_id__in=access.project_ids, queue_id__in=ids, is_done=False
    )
    waiting = waiting.exclude(pairs.of_own_words(access.author_id))
    left = dict(waiting.values_list("queue_id").annotate(number=Count("pk")).order_by())
    found = [Assigned(row, finished.get(row.pk, 0), left.get(row.pk, 0)) for row in rows]
    return sorted(found, key=lambda each: each.left == 0)


def stopped_at(access: Access) -> Judged | None:
    """The item that the caller was on last: a draft, or one that is still reserved."""
    standing = QueueItem.objects.filter(
        project_id=OuterRef("project_id"),
        queue_id=OuterRef("queue_id"),
        entity_id=OuterRef("judged_id"),
    )
    drafts = _mine(access).filter(Exists(standing), draft__isnull=False)
    drafts = drafts.exclude(state=Review.State.DECLINED)
    last = drafts.order_by("-last_updated_at").first()
    if last is not None and (found := _alone(access, last)) is not None:
        return found
    held = Reservation.objects.filter(
        project_id__in=access.project_ids,
        holder_id=access.author_id,
        expires_at__gt=timezone.now(),
    )
    newest = held.order_by("-expires_at")
    first = newest.values_list("project_id", "queue_id", "item__entity_id").first()
    if first is None:
        return None
    home, queue_id, judged_id = first
    unsaved = Review(
        project_id=home, queue_id=queue_id, judged_id=judged_id, last_updated_at=timezone.now()
    )
    return _alone(access, unsaved)


def _alone(access: Access, row: Review) -> Judged | None:
    """One by what was asked, since there is no other to tell whether its name is its own."""
    words = asked(Trace.objects.visible_to(access).filter(pk=row.judged_id), 80)
    for found in _told(access, [row]):
        return replace(found, title=words or found.title)
    return None


def judged(access: Access) -> list[Judged]:
    """What the caller submitted last."""
    rows = _mine(access).filter(state=Review.State.SUBMITTED).order_by("-submitted_at")
    return _told(access, list(rows[:RECENT]))


def _mine(access: Access) -> QuerySet[Review]:
    return Review.objects.filter(project__in=access.project_ids, author_id=access.author_id)


def _finished(access: Access) -> QuerySet[Review]:
    return _mine(access).filter(state__in=(Review.State.SUBMITTED, Review.State.DECLINED))


def _told(access: Access, rows: Sequence[Review]) -> list[Judged]:
    """With the names of queue and item; what is gone or not visible any more is left out."""
    visible = AnnotationQueue.objects.visible_to(access)
    found = visible.filter(pk__in={row.queue_id for row in rows}).only("pk", "name", "scope")
    names = {each.pk: each.name for each in found}
    of_pairs = {each.pk for each in found if each.takes_pairs}
    paired = {row.judged_id for row in rows if row.queue_id in of_pairs}
    shown = titles(access, [row.judged_id for row in rows], paired)
    return [
        Judged(
            queue_id=row.queue_id,
            queue_name=names[row.queue_id],
            judged_id=row.judged_id,
            title=shown[row.judged_id],
            state=row.state,
            score=normal_form.load(row.answers).get(VERDICT) if row.is_submitted else None,
            feedback=row.feedback if row.is_submitted else "",
            at=row.submitted_at or row.last_updated_at,
            preference=preferences.letter(row) if row.is_submitted else "",
        )
        for row in rows
        if row.queue_id in names and row.judged_id in shown
    ]


def titles(access: Access, ids: Sequence[UUID], paired: Collection[UUID] = ()) -> dict[UUID, str]:
    """What these traces and threads are called, of those that the caller sees. Two queries.

    Those that are ``paired`` never by their name.
    """
    traces = Trace.objects.visible_to(access).filter(pk__in=ids)
    found = of_traces(traces, 80, paired)
    threads = Thread.objects.visible_to(access).filter(pk__in=set(ids) - set(found))
    return found | dict(threads.values_list("pk", "thread_id"))
