"""A second review for a share of a queue's items."""

from typing import Any
from uuid import UUID

import pytest

from tests import factories
from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.models import AnnotationQueue, EntityType, QueueItem
from traces_app.services import queue_items, queue_reviews, queues, reservations, scores
from traces_app.services.queues import Wishes

pytestmark = pytest.mark.django_db


def made(access: Access, items: int, **wishes: Any) -> AnnotationQueue:
    traces = [factories.trace(access) for _ in range(items)]
    return factories.queue(access, traces[0].project_id, *traces, **wishes)


def doubled(queue: AnnotationQueue) -> set[UUID]:
    rows = QueueItem.objects.filter(queue=queue, reviews_needed=2)
    return set(rows.values_list("entity_id", flat=True))


def review(access: Access, pk: UUID, queue: AnnotationQueue) -> None:
    said = [factories.said(pk, 1, queue_id=queue.pk)]
    scores.record(access=access, entity_type=EntityType.TRACE, said=said)


def test_the_share_is_drawn_from_the_ids_and_grows_without_a_change_of_mind() -> None:
    queue = made(factories.access(), 1)
    ids = [UUID(int=number) for number in range(2000)]

    drawn = []
    for percent in (0, 25, 40, 100):
        queue.double_percent = percent
        drawn.append({pk for pk in ids if queue_reviews.needed(queue, pk) == 2})

    assert not drawn[0]
    assert 400 < len(drawn[1]) < 600
    assert drawn[1] < drawn[2] < drawn[3] == set(ids)


def test_more_items_leave_those_that_were_chosen() -> None:
    access = factories.access()
    queue = made(access, 30, double_percent=50)
    before = doubled(queue)

    more = [factories.trace(access) for _ in range(30)]
    queue_items.add(access=access, queue_id=queue.pk, entity_ids=[trace.pk for trace in more])

    assert before < doubled(queue)


def test_a_doubled_item_is_held_by_two_and_done_after_two_reviews() -> None:
    one = factories.access()
    queue = made(one, 1, double_percent=100)
    two = factories.access(queue.project.workspace)
    pk = QueueItem.objects.get().entity_id

    held = [
        reservations.claim(access=each, queue_id=queue.pk, entity_id=pk).is_mine
        for each in (one, two)
    ]
    review(one, pk, queue)
    after_one = QueueItem.objects.get().is_done
    review(two, pk, queue)

    assert (held, after_one, QueueItem.objects.get().is_done) == ([True, True], False, True)


def test_an_edited_share_decides_anew_what_is_done() -> None:
    access = factories.access()
    queue = made(access, 2)
    pk = QueueItem.objects.filter(queue=queue).values_list("entity_id", flat=True)[0]
    review(access, pk, queue)
    done = [QueueItem.objects.filter(is_done=True).count()]

    for percent in (100, 0):
        wishes = Wishes(double_percent=percent)
        queues.edit(access=access, queue_id=queue.pk, wishes=wishes)
        done.append(QueueItem.objects.filter(is_done=True).count())

    assert done == [1, 0, 1]


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_share_is_of_a_hundred(percent: int) -> None:
    with pytest.raises(Invalid, match="0 to 100"):
        made(factories.access(), 1, double_percent=percent)
