"""Requests about one queue that meet: threads with connections of their own, and real commits."""

import time
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from tests import factories
from tests.traces_app.services.test_concurrency import POSTGRESQL, again, at_once, people
from traces_app.access import Access
from traces_app.models import AnnotationQueue, EntityType, QueueItem, Reservation, Trace
from traces_app.services import queue_items, queues, reservations, scores, traces

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


def queued(access: Access, number: int = 1, **wishes: Any) -> tuple[AnnotationQueue, list[Trace]]:
    made = [factories.trace(access) for _ in range(number)]
    return factories.queue(access, made[0].project_id, *made, **wishes), made


def counted(queue: AnnotationQueue) -> tuple[int, int]:
    queue.refresh_from_db()
    return queue.item_count, QueueItem.objects.filter(queue=queue).count()


def test_item_is_held_by_as_many_as_it_needs_however_many_ask() -> None:
    everyone = people(6)
    for _ in range(ROUNDS):
        queue, (trace,) = queued(everyone[0], annotators_per_item=2)

        claims = at_once(
            *(
                partial(reservations.claim, access=each, queue_id=queue.pk, entity_id=trace.pk)
                for each in map(again, everyone)
            )
        )

        assert sum(claim.is_mine for claim in claims) == 2  # type: ignore[attr-defined]
        assert Reservation.objects.filter(queue=queue).count() == 2


def test_items_added_by_several_at_once_are_added_and_counted_once() -> None:
    everyone = people(4)
    for _ in range(ROUNDS):
        queue, there = queued(everyone[0], 2)
        new = [factories.trace(everyone[0]) for _ in range(5)]
        ids = [trace.pk for trace in there + new]

        at_once(
            *(
                partial(queue_items.add, access=again(each), queue_id=queue.pk, entity_ids=ids)
                for each in everyone
            )
        )

        assert counted(queue) == (7, 7)


def test_deleted_traces_and_emptied_queues_do_not_wait_for_each_other() -> None:
    access, other, third = people(3)
    for _ in range(ROUNDS):
        queue, made = queued(access, 6)
        ids = [trace.pk for trace in made]

        at_once(
            partial(traces.delete, access=again(access), ids=ids[:4]),
            partial(
                queue_items.remove, access=again(other), queue_id=queue.pk, entity_ids=ids[2:5]
            ),
            partial(queue_items.add, access=again(third), queue_id=queue.pk, entity_ids=ids[4:]),
        )

        cached, real = counted(queue)
        assert cached == real
        assert not QueueItem.objects.filter(entity_id__in=ids[:4]).exists()


def test_queue_deleted_while_items_go_leaves_nothing_behind() -> None:
    access, other = people(2)
    for _ in range(ROUNDS):
        queue, made = queued(access, 4)

        at_once(
            partial(queues.delete, access=again(access), ids=[queue.pk]),
            partial(traces.delete, access=again(other), ids=[trace.pk for trace in made]),
        )

        assert not AnnotationQueue.objects.exists()
        assert not QueueItem.objects.exists()


def test_reviews_by_several_at_once_are_all_counted() -> None:
    everyone = people(4)
    for _ in range(ROUNDS):
        queue, (trace,) = queued(everyone[0], annotators_per_item=4)
        said = [factories.said(trace.pk, 1, queue_id=queue.pk)]

        at_once(
            *(
                partial(
                    scores.record,
                    access=again(each),
                    entity_type=EntityType.TRACE,
                    said=said,
                )
                for each in everyone
            )
        )

        item = QueueItem.objects.get(queue=queue)
        assert (item.review_count, item.is_done) == (4, True)


def somebody_waits() -> None:
    """Until another connection waits for a lock; on SQLite it need not begin."""
    until = time.monotonic() + 10
    with connection.cursor() as cursor:
        while POSTGRESQL and time.monotonic() < until:
            cursor.execute(
                "SELECT COUNT(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return


@pytest.mark.parametrize("verb", ["remove", "delete"])
def test_scores_that_move_items_do_not_wait_for_those_that_go(verb: str) -> None:
    access, other = people(2)
    made = [factories.trace(access) for _ in range(2)]
    queue = factories.queue(access, made[0].project_id, order="judge")
    for trace in made[::-1]:  # an item's id says nothing about the age of its trace
        queue_items.add(access=access, queue_id=queue.pk, entity_ids=[trace.pk])
    emptied = {
        "remove": partial(queue_items.remove, queue_id=queue.pk, entity_ids=[t.pk for t in made]),
        "delete": partial(queues.delete, ids=[queue.pk]),
    }[verb]

    scoring = Event()

    @transaction.atomic
    def score() -> None:
        for trace in made:
            said = [factories.said(trace.pk, 1)]
            scores.record(access=again(access), entity_type=EntityType.TRACE, said=said)
            if trace is made[0]:
                scoring.set()
                somebody_waits()

    def empty() -> None:
        scoring.wait(timeout=20)
        emptied(access=again(other))

    at_once(score, empty)

    assert not QueueItem.objects.exists()
