"""Where one stands in a queue whose order changes under one's hands."""

import pytest

from feedback_app.focus import rail
from tests import factories
from tests.feedback_app.services.test_reviews import Room
from traces_app.access import Access
from traces_app.models import AnnotationQueue, EntityType, QueueItem
from traces_app.services import queue_items, scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return Room(items=4, order=AnnotationQueue.Order.JUDGE)


def way(room: Room, access: Access, number: int) -> tuple[int, list[tuple[int, int, str]]]:
    """The item's number, and the stops around it: number, which trace, state."""
    item = QueueItem.objects.get(entity_id=room.traces[number])
    at = rail.number(access, room.queue, item, rail.progress(access, room.queue))
    stops = rail.of(access, room.queue, item, at)
    return at, [(s.number, room.traces.index(s.judged_id), s.state) for s in stops]


def judge(room: Room, **values: float) -> None:
    for name, value in values.items():
        said = factories.said(room.traces[int(name[1:])], value, "judge")
        scores.record(access=room.lead, entity_type=EntityType.TRACE, said=[said])


def test_scores_that_come_in_move_nothing_that_one_has_done(room: Room) -> None:
    anna = room.reviewer()
    for number in (0, 1):
        room.submit(anna, room.traces[number])
    before = way(room, anna, 2)

    judge(room, t3=0.1, t0=0.9, t1=0.5)

    done = [(1, 0, "submitted"), (2, 1, "submitted")]
    assert before == (3, [*done, (3, 2, ""), (4, 3, "")])
    assert way(room, anna, 2) == before


def test_what_comes_next_follows_the_judge(room: Room) -> None:
    anna = room.reviewer()
    judge(room, t3=0.1, t2=0.4)

    assert way(room, anna, 0) == (1, [(1, 0, ""), (2, 3, ""), (3, 2, ""), (4, 1, "")])
    assert room.next(anna) == room.traces[3]


def test_back_at_an_item_that_is_done_one_is_where_one_was(room: Room) -> None:
    anna = room.reviewer()
    for number in (2, 0, 1):
        room.submit(anna, room.traces[number])

    number, stops = way(room, anna, 0)

    assert number == 2
    assert [which for _, which, _ in stops] == [2, 0, 1, 3]
    assert way(room, room.reviewer(), 0)[0] == 1  # somebody else's way is her own


def test_what_was_taken_out_of_the_queue_is_no_part_of_how_far_one_is() -> None:
    room = Room(items=3)
    anna = room.reviewer()
    for judged in room.traces[:2]:
        room.submit(anna, judged)
    queue_items.remove(access=room.lead, queue_id=room.queue.pk, entity_ids=room.traces[:2])
    room.queue.refresh_from_db()

    progress = rail.progress(anna, room.queue)

    assert (progress.total, progress.finished, progress.percent) == (1, 0, 0)
    assert rail.number(anna, room.queue, QueueItem.objects.get(), progress) == 1
