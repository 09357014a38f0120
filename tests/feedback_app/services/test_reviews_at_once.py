"""Many reviewers pull from one queue, each request on a connection of its own.

Some vanish with an item in hand, some skip what they are handed, and some come back only when
their time is up. ``benchmarks.reviewers`` plays the same through HTTP.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.utils import timezone

from feedback_app.models import Review
from feedback_app.services import reviews
from tests.feedback_app.services.test_reviews import Room
from traces_app.access import Access
from traces_app.errors import Conflict
from traces_app.models import QueueItem, Reservation, Score

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

PEOPLE, ITEMS, NEEDED = 20, 500, 2
VANISH, SKIP, LATE = "vanishes after three", "skips every fourth", "is late for every fifth"
HABITS = (VANISH, SKIP, LATE, "")


class Worker:
    """One reviewer at work; each call is a request, and gives its connection back."""

    def __init__(self, room: Room, person: Access, habit: str) -> None:
        self.room, self.person, self.habit = room, person, habit
        self.done = self.handed = 0
        self.skipped: set[UUID] = set()

    def run(self) -> int:
        """Judge item after item until none is left; how many reviews were taken."""
        while (judged := self.request(self.room.next, self.person)) is not None:
            self.handed += 1
            if self.habit == VANISH and self.done == 3:
                break  # and never comes back
            if self.habit == SKIP and self.handed % 4 == 0 and judged not in self.skipped:
                self.skipped.add(judged)
                self.request(
                    reviews.skip, access=self.person, queue=self.room.queue, judged_id=judged
                )
                continue
            if self.habit == LATE and self.handed % 5 == 0:
                self.request(self.lose, judged)
            self.submit(judged)
        return self.done

    def submit(self, judged: UUID) -> None:
        try:
            self.request(self.room.submit, self.person, judged, token=uuid4())
        except Conflict:  # others have finished it while this one was away
            return
        self.done += 1

    def lose(self, judged: UUID) -> None:
        """The reservation's time is up before this person has answered."""
        mine = Reservation.objects.filter(holder_id=self.person.author_id)
        mine.filter(item__entity_id=judged).update(expires_at=timezone.now())

    def request(self, call: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(*args, **kwargs)
        finally:
            connections.close_all()


def test_every_item_is_reviewed_exactly_as_often_as_needed() -> None:
    room = Room(items=ITEMS, needed=NEEDED)
    workers = [Worker(room, room.reviewer(), HABITS[n % len(HABITS)]) for n in range(PEOPLE)]

    with ThreadPoolExecutor(PEOPLE) as pool:
        done = sum(pool.map(Worker.run, workers))
    # Those who vanished held an item each: when their time is up, the others finish these.
    Reservation.objects.update(expires_at=timezone.now())
    done += sum(Worker(room, each.person, "").run() for each in workers if each.habit != VANISH)

    taken = Review.objects.filter(state=Review.State.SUBMITTED)
    assert done == taken.count() == ITEMS * NEEDED
    assert Counter(taken.values_list("judged_id", flat=True)) == dict.fromkeys(room.traces, NEEDED)
    pairs = set(taken.values_list("judged_id", "author_id"))
    assert set(Score.objects.values_list("entity_id", "author_id")) == pairs
    assert QueueItem.objects.filter(is_done=True, review_count=NEEDED).count() == ITEMS
    assert reviews.take_next(access=workers[0].person, queue=room.queue) is None
    assert not Reservation.objects.exists()
