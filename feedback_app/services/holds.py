"""How somebody stands to the item that is open: whether it is still theirs, and if not, why."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from feedback_app.models import Review
from feedback_app.services import pairs, reviews
from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import AnnotationQueue, QueueItem
from traces_app.services import reservations
from traces_app.services.reservations import Handed, Holders


class Standing(StrEnum):
    """``THROUGH``: it was submitted or declined, and needs no hold. ``OWN``: it compares the
    caller's own words, and is for others. Without a hold it is ``FREE`` to be claimed, ``TAKEN``
    by as many others as it needs, or has ``FINISHED`` its reviews."""

    MINE = "mine"
    THROUGH = "through"
    OWN = "own"
    FREE = "free"
    TAKEN = "taken"
    FINISHED = "finished"
    GONE = "gone"


@dataclass(frozen=True)
class Hold:
    """``until`` is set where the item is the caller's; ``holders`` where they were asked for."""

    standing: Standing
    until: datetime | None = None
    holders: Holders | None = field(default=None, compare=False)

    @property
    def is_lost(self) -> bool:
        """Whether there is something to be said to who has the item open."""
        return self.standing not in (Standing.MINE, Standing.THROUGH)


@dataclass(frozen=True)
class Coming:
    """The item that was read ahead, handed to the caller, with the caller's review of it."""

    handed: Handed
    review: Review | None


def of(*, access: Access, item: QueueItem, review: Review | None) -> Hold:
    """How the caller stands to an item; to be relied on where it is locked."""
    if review is not None and review.state == Review.State.SUBMITTED:
        return Hold(Standing.THROUGH)
    if pairs.is_of_own_words(access=access, item=item):
        return Hold(Standing.OWN)
    holders = reservations.holders_of(access=access, item=item)
    if holders.mine:
        return Hold(Standing.MINE, holders.mine, holders)
    if item.review_count >= item.reviews_needed:
        return Hold(Standing.FINISHED)
    if not holders.leave_room(item):
        return Hold(Standing.TAKEN)
    is_declined = review is not None and review.state == Review.State.DECLINED
    return Hold(Standing.THROUGH if is_declined else Standing.FREE, holders=holders)


@transaction.atomic
def take(*, access: Access, queue: AnnotationQueue, judged_id: UUID) -> Hold:
    """Reserve an item for the caller, or hold on to it, if a review by the caller is still wanted.

    Raises Forbidden and NotFound.
    """
    access.must_judge()
    seen = _look(access, queue, judged_id)
    if seen.hold.standing not in (Standing.FREE, Standing.MINE):
        return seen.hold
    return Hold(Standing.MINE, _reserve(access, queue, seen))


@transaction.atomic
def take_coming(*, access: Access, queue: AnnotationQueue, judged_id: UUID) -> Coming | None:
    """Reserve the item that ``reviews.look_ahead`` named, if a review by the caller is still
    wanted of it; else None: another one is to be looked for. Raises Forbidden.
    """
    access.must_judge()
    try:
        seen = _look(access, queue, judged_id)
    except NotFound:
        return None
    if seen.hold.standing not in (Standing.FREE, Standing.MINE):
        return None
    return Coming(Handed(seen.item, _reserve(access, queue, seen)), seen.review)


@transaction.atomic
def renew(*, access: Access, queue: AnnotationQueue, judged_id: UUID) -> Hold:
    """Hold on to what the caller holds; who lost it is to ask for it anew.

    Raises Forbidden and NotFound.
    """
    access.must_judge()
    seen = _look(access, queue, judged_id)
    if seen.hold.standing is not Standing.MINE:
        return seen.hold
    return Hold(Standing.MINE, _reserve(access, queue, seen))


@transaction.atomic
def keep_draft(*, access: Access, queue: AnnotationQueue, judged_id: UUID, draft: str) -> Hold:
    """Keep the form as it stands, whether or not the item is held. Raises Forbidden, NotFound."""
    reviews.keep_draft(access=access, queue=queue, judged_id=judged_id, draft=draft)
    return _look(access, queue, judged_id).hold


@transaction.atomic
def claim(*, access: Access, queue: AnnotationQueue, judged_id: UUID, draft: str) -> Hold:
    """Reserve an item anew that was lost, if it leaves room, and keep the form in any case.

    Raises Forbidden and NotFound.
    """
    reviews.keep_draft(access=access, queue=queue, judged_id=judged_id, draft=draft)
    return take(access=access, queue=queue, judged_id=judged_id)


class _Seen(NamedTuple):
    item: QueueItem
    review: Review | None
    hold: Hold


def _look(access: Access, queue: AnnotationQueue, judged_id: UUID) -> _Seen:
    """The item, locked, and how the caller stands to it. Raises NotFound."""
    item = reservations.locked_item(queue=queue, entity_id=judged_id)
    review = reviews.own(access, queue, judged_id)
    return _Seen(item, review, of(access=access, item=item, review=review))


def _reserve(access: Access, queue: AnnotationQueue, seen: _Seen) -> datetime:
    """Until when it is the caller's now."""
    holders = seen.hold.holders
    return reservations.hold(access=access, queue=queue, item=seen.item, holders=holders)
