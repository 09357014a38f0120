"""How a queue stands: its items, its reviewers, what is held and what was flagged."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from feedback_app.focus import mine
from feedback_app.models import Review, User
from feedback_app.queue_page import preferences
from feedback_app.queue_page.burndown import Burndown, burndown
from feedback_app.queue_page.preferences import Tally
from traces_app.access import Access
from traces_app.models import AnnotationQueue, QueueItem, QueueReviewer, Reservation

MOST_HELD = 100
MOST_FLAGGED = 50
TIMED = 5_000
"""Medians are those of the newest so many reviews."""


@dataclass(frozen=True)
class Sums:
    """Numbers of items; ``skipped``, ``declined`` and ``flagged`` are of reviews."""

    total: int
    done: int
    in_review: int
    begun: int
    reviews_left: int
    skipped: int
    declined: int
    flagged: int
    seconds: float | None

    @property
    def waiting(self) -> int:
        return max(0, self.total - self.done - self.in_review)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


@dataclass(frozen=True)
class Reviewer:
    """What one person did; ``seconds`` is the median, ``holding`` the number of items held."""

    person: User
    submitted: int
    skipped: int
    declined: int
    flagged: int
    seconds: float | None
    holding: int


@dataclass(frozen=True)
class Held:
    """One reservation."""

    judged_id: UUID
    title: str
    person: User
    since: datetime
    until: datetime

    @property
    def is_expired(self) -> bool:
        return self.until <= timezone.now()


@dataclass(frozen=True)
class Flagged:
    """One review that was flagged for whoever leads the queue."""

    judged_id: UUID
    title: str
    person: User
    words: str
    at: datetime


@dataclass(frozen=True)
class Board:
    sums: Sums
    reviewers: list[Reviewer]
    held: list[Held]
    flagged: list[Flagged]
    burndown: Burndown
    preferences: Tally | None = None


def of(access: Access, queue: AnnotationQueue) -> Board:
    """The whole board, in a number of queries that does not grow with the queue."""
    reviews = Review.objects.visible_to(access).filter(
        project_id=queue.project_id, queue_id=queue.pk
    )
    by_author = _by_author(reviews)
    times = _times(reviews)
    held, flagged = _held(queue), _flagged(reviews)
    named = QueueReviewer.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
    asked = set() if queue.is_for_everyone else set(named.values_list("user_id", flat=True))
    people = User.objects.in_bulk({*by_author, *asked, *(each.holder_id for each in held)})
    ids = [each.item.entity_id for each in held] + [each.judged_id for each in flagged]
    titles = mine.titles(access, ids)
    sums = _sums(queue, by_author, times, held)
    return Board(
        sums=sums,
        reviewers=_reviewers(people, by_author, times, held),
        held=[
            Held(
                judged_id=each.item.entity_id,
                title=titles.get(each.item.entity_id, str(each.item.entity_id)),
                person=people[each.holder_id],
                since=each.created_at,
                until=each.expires_at,
            )
            for each in held
            if each.holder_id in people
        ],
        flagged=[
            Flagged(
                judged_id=each.judged_id,
                title=titles[each.judged_id],
                person=people[each.author_id],
                words=each.flag_note or each.feedback,
                at=each.last_updated_at,
            )
            for each in flagged
            if each.judged_id in titles and each.author_id in people
        ],
        burndown=burndown(queue, reviews, left=sums.reviews_left),
        preferences=preferences.tally(reviews) if queue.takes_pairs else None,
    )


def _sums(
    queue: AnnotationQueue,
    by_author: dict[UUID, dict[str, int]],
    times: dict[UUID, list[float]],
    held: Sequence[Reservation],
) -> Sums:
    open_ = Q(is_done=False)
    counted: dict[str, Any] = QueueItem.objects.filter(
        project_id=queue.project_id, queue_id=queue.pk
    ).aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(is_done=True)),
        begun=Count("pk", filter=open_ & Q(review_count__gt=0)),
        left=Sum(F("reviews_needed") - F("review_count"), filter=open_),
    )
    now = timezone.now()
    active = {each.item_id for each in held if each.expires_at > now and not each.item.is_done}
    seconds = [each for theirs in times.values() for each in theirs]
    return Sums(
        total=counted["total"],
        done=counted["done"],
        in_review=len(active),
        begun=counted["begun"],
        reviews_left=counted["left"] or 0,
        skipped=sum(each.get(Review.State.SKIPPED, 0) for each in by_author.values()),
        declined=sum(each.get(Review.State.DECLINED, 0) for each in by_author.values()),
        flagged=sum(each.get("flagged", 0) for each in by_author.values()),
        seconds=median(seconds) if seconds else None,
    )


def _by_author(reviews: Any) -> dict[UUID, dict[str, int]]:
    """Numbers of reviews by author and state; "flagged" in any state."""
    rows = (
        reviews.order_by()
        .values_list("author_id", "state")
        .annotate(number=Count("pk"), flags=Count("pk", filter=Q(is_flagged=True)))
    )
    found: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for author_id, state, number, flags in rows:
        found[author_id][state] += number
        found[author_id]["flagged"] += flags
    return found


def _times(reviews: Any) -> dict[UUID, list[float]]:
    timed = reviews.filter(state=Review.State.SUBMITTED, seconds__gt=0).order_by("-submitted_at")
    found: dict[UUID, list[float]] = defaultdict(list)
    for author_id, seconds in timed.values_list("author_id", "seconds")[:TIMED]:
        found[author_id].append(seconds)
    return found


def _held(queue: AnnotationQueue) -> list[Reservation]:
    rows = Reservation.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
    return list(rows.select_related("item").order_by("-expires_at", "pk")[:MOST_HELD])


def _flagged(reviews: Any) -> list[Review]:
    return list(reviews.filter(is_flagged=True).order_by("-last_updated_at", "pk")[:MOST_FLAGGED])


def _reviewers(
    people: dict[UUID, User],
    by_author: dict[UUID, dict[str, int]],
    times: dict[UUID, list[float]],
    held: Sequence[Reservation],
) -> list[Reviewer]:
    now = timezone.now()
    holding: dict[UUID, int] = defaultdict(int)
    for each in held:
        holding[each.holder_id] += each.expires_at > now
    rows = []
    for pk, person in people.items():
        said = by_author.get(pk, {})
        seconds = times.get(pk)
        rows.append(
            Reviewer(
                person=person,
                submitted=said.get(Review.State.SUBMITTED, 0),
                skipped=said.get(Review.State.SKIPPED, 0),
                declined=said.get(Review.State.DECLINED, 0),
                flagged=said.get("flagged", 0),
                seconds=median(seconds) if seconds else None,
                holding=holding[pk],
            )
        )
    return sorted(rows, key=lambda each: str(each.person).casefold())
