"""Many reviewers pull from one queue, each on a connection of its own; some vanish half-way."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.utils import timezone

from feedback_app.models import Review
from feedback_app.services import reviews
from tests.feedback_app.services.test_reviews import Room
from traces_app.access import Access
from traces_app.models import QueueItem, Reservation, Score

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, ITEMS, NEEDED = (20, 100, 2) if connection.vendor == "postgresql" else (8, 30, 2)


def work(room: Room, person: Access, most: int) -> int:
    """Judge item after item until none is left, or vanish with one in hand after so many."""
    try:
        done = 0
        while (judged := room.next(person)) is not None:
            if done == most:
                return done  # and never comes back
            room.submit(person, judged, token=uuid4())
            done += 1
        return done
    finally:
        connections.close_all()


def test_every_item_is_reviewed_exactly_as_often_as_needed() -> None:
    room = Room(items=ITEMS, needed=NEEDED)
    people = [room.reviewer() for _ in range(PEOPLE)]
    leaves = [3 if number % 4 == 0 else ITEMS for number in range(PEOPLE)]

    with ThreadPoolExecutor(PEOPLE) as pool:
        runs = [pool.submit(work, room, *each) for each in zip(people, leaves, strict=True)]
        done = sum(run.result() for run in runs)
    # Those who vanished held an item each: when their time is up, the others finish these.
    Reservation.objects.update(expires_at=timezone.now())
    done += sum(work(room, person, ITEMS) for person in people[1:3])

    by_item = Counter(Review.objects.filter(state="submitted").values_list("judged_id", flat=True))
    assert done == ITEMS * NEEDED
    assert by_item == dict.fromkeys(room.traces, NEEDED)
    assert Score.objects.values("entity_id", "author").distinct().count() == ITEMS * NEEDED
    assert QueueItem.objects.filter(is_done=True, review_count=NEEDED).count() == ITEMS
    assert reviews.take_next(access=people[0], queue_id=room.queue.pk) is None
