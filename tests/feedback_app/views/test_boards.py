"""A queue's board: its numbers, and giving items back to all."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback_app.models import Review
from feedback_app.services import flags, reviews
from tests import factories
from tests.feedback_app.desk import Desk, words
from traces_app.models import AnnotationQueue, AuditEvent, Reservation, Role
from traces_app.services import queue_items

pytestmark = pytest.mark.django_db


class Round:
    """A queue of four traces and a reviewer of it."""

    def __init__(self, **wishes: Any) -> None:
        self.lead = Desk()
        self.traces = [self.lead.trace(name=f"number {n}") for n in range(4)]
        self.queue: AnnotationQueue = factories.queue(
            self.lead.access, self.traces[0].project_id, *self.traces, **wishes
        )
        self.desk = self.lead.colleague(Role.REVIEWER)

    def submit(self, number: int, by: Desk | None = None, seconds: str = "40") -> None:
        path = f"/queues/{self.queue.pk}/items/{self.traces[number].pk}/submit"
        fields = {"q0": "0.4", "seconds": seconds}
        Reservation.objects.all().delete()  # each submit takes the next item at once
        assert (by or self.desk).browser.post(path, fields).status_code == 302

    def board(self, by: Desk | None = None) -> str:
        return words((by or self.lead).browser.get(f"/queues/{self.queue.pk}"))


@pytest.fixture
def round_() -> Round:
    return Round()


def test_the_board_counts_what_became_of_the_items(round_: Round) -> None:
    access, queue = round_.desk.access, round_.queue
    round_.submit(0)
    flags.flag(access=access, queue=queue, judged_id=round_.traces[0].pk, is_flagged=True)
    reviews.decline(access=access, queue=queue, judged_id=round_.traces[1].pk, reason="I know her.")
    reviews.skip(access=access, queue=queue, judged_id=round_.traces[2].pk)
    Reservation.objects.all().delete()
    reviews.take_next(access=access, queue=queue)

    text = round_.board()

    for name, number in {
        "Done": "1<span> of 4</span>",
        "In review": "1",
        "Waiting": "2",
        "Skipped": "1",
        "Declined": "1",
        "Flagged": "1",
        "Median time": "40<span> s</span>",
    }.items():
        assert f'<dt>{name}</dt><dd class="num">{number}</dd>' in text
    assert f'<a class="link" href="/traces/{round_.traces[0].pk}">number 0</a>' in text


def test_an_item_that_needs_two_is_done_by_two() -> None:
    round_ = Round(annotators_per_item=2)
    round_.submit(0)
    begun = round_.board()
    round_.submit(0, by=round_.lead)

    assert "0<span> of 4</span>" in begun
    assert ", 1 begun" in begun
    assert "1<span> of 4</span>" in round_.board()


def test_the_burn_down_ends_at_what_is_left(round_: Round) -> None:
    QueueItemAdded(round_).days_ago(2)
    round_.submit(0)
    round_.submit(1)
    Review.objects.filter(judged_id=round_.traces[0].pk).update(
        submitted_at=timezone.now() - timedelta(days=1)
    )

    text = round_.board()

    rows = text[text.index("<tbody><tr><th") :].split("</tbody>")[0]
    assert [row.count("</td>") for row in rows.split("</tr>")[:-1]] == [3, 3, 3]
    lefts = [row.rsplit('num">', 1)[1].split("<")[0] for row in rows.split("</tr>")[:-1]]
    assert lefts == ["4", "3", "2"]


class QueueItemAdded:
    """When the items of a round came into the queue."""

    def __init__(self, round_: Round) -> None:
        self.items = round_.queue.items.all()

    def days_ago(self, days: int) -> None:
        self.items.update(added_at=timezone.now() - timedelta(days=days))


def test_the_lead_gives_an_item_back_to_all(round_: Round) -> None:
    reviews.take_next(access=round_.desk.access, queue=round_.queue)
    held = round_.board()
    fields = {"item": str(round_.traces[0].pk), "holder": str(round_.desk.person.pk)}

    answer = round_.lead.browser.post(
        f"/queues/{round_.queue.pk}/holds/release", fields, follow=True
    )

    assert "Release</button>" in held
    assert "Released." in words(answer)
    assert not Reservation.objects.exists()
    assert AuditEvent.objects.filter(action="queue.release").count() == 1


def test_nobody_else_gives_items_back(round_: Round) -> None:
    reviews.take_next(access=round_.desk.access, queue=round_.queue)
    path = f"/queues/{round_.queue.pk}/holds/release"
    fields = {"item": str(round_.traces[0].pk), "holder": str(round_.desk.person.pk)}

    desks = [round_.lead.colleague(Role.VIEWER), round_.desk, Desk(Role.OWNER)]

    assert [desk.browser.post(path, fields).status_code for desk in desks] == [403, 404, 404]
    assert Reservation.objects.exists()
    assert "Release</button>" not in round_.board(desks[0])


def test_the_board_takes_as_many_queries_for_more_of_everything(round_: Round) -> None:
    round_.submit(0)
    reviews.take_next(access=round_.desk.access, queue=round_.queue)
    flags.flag(
        access=round_.desk.access,
        queue=round_.queue,
        judged_id=round_.traces[0].pk,
        is_flagged=True,
    )
    with CaptureQueriesContext(connection) as few:
        round_.board()
    more = [round_.lead.trace(name=f"more {n}") for n in range(6)]
    round_.traces += more
    queue_items.add(
        access=round_.lead.access, queue_id=round_.queue.pk, entity_ids=[row.pk for row in more]
    )
    for number in range(2, 6):
        colleague = round_.lead.colleague()
        round_.submit(number, by=colleague)
        flags.flag(
            access=colleague.access,
            queue=round_.queue,
            judged_id=round_.traces[number].pk,
            is_flagged=True,
        )
    for _ in range(3):
        reviews.take_next(access=round_.lead.colleague().access, queue=round_.queue)
    with CaptureQueriesContext(connection) as many:
        round_.board()

    assert len(many) == len(few)


def test_an_empty_queue_says_how_to_fill_it() -> None:
    lead = Desk()
    queue = factories.queue(lead.access, lead.project().pk)

    assert "Choose traces" in words(lead.browser.get(f"/queues/{queue.pk}"))
