"""Reviews: one item at a time, each once, nothing lost."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from feedback_app.focus.questions import Answer
from feedback_app.models import Review
from feedback_app.services import reopenings, reviews
from feedback_app.services.reviews import NoRoom, Submitted
from tests import factories
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Forbidden, Invalid, NotFound
from traces_app.models import (
    VERDICT,
    AuditEvent,
    QueueItem,
    Reservation,
    Role,
    Score,
    Trace,
)
from traces_app.services import feedbacks, queue_items, queues, traces

pytestmark = pytest.mark.django_db


class Room:
    """A workspace with a queue of so many traces, oldest first, and its people."""

    def __init__(self, items: int = 3, needed: int = 1, **wishes: Any) -> None:
        self.workspace = factories.workspace()
        self.lead = factories.access(self.workspace)
        project = factories.project(self.workspace)
        sent = [factories.trace(self.lead, project) for _ in range(items)]
        self.queue = factories.queue(
            self.lead, project.pk, *sent, annotators_per_item=needed, **wishes
        )
        self.traces = [each.pk for each in sent]

    def reviewer(self) -> Access:
        return factories.access(self.workspace, Role.REVIEWER)

    def next(self, access: Access) -> UUID | None:
        handed = reviews.take_next(access=access, queue=self.queue)
        return handed.item.entity_id if handed else None

    def submit(self, access: Access, judged: UUID, value: str = "0.8", **said: Any) -> Review:
        answers = {VERDICT: Answer(float(value), Decimal(value))}
        fields: dict[str, Any] = {"answers": answers, "token": uuid4()} | said
        given = Submitted(**fields)
        return reviews.submit(access=access, queue=self.queue, judged_id=judged, said=given)

    def scores(self, judged: UUID) -> list[Score]:
        return list(Score.objects.filter(entity_id=judged, queue_id=self.queue.pk))


def test_items_come_in_order_each_to_one_person() -> None:
    room = Room(items=3)
    anna, ben = room.reviewer(), room.reviewer()

    assert [room.next(anna), room.next(ben)] == room.traces[:2]
    assert room.next(anna) == room.traces[0]  # where she stopped


def test_an_item_goes_to_as_many_as_it_needs_reviews() -> None:
    room = Room(items=1, needed=2)
    people = [room.reviewer() for _ in range(3)]

    assert [room.next(each) for each in people] == [room.traces[0], room.traces[0], None]


def test_submit_gives_scores_in_the_queue_and_frees_the_item() -> None:
    room = Room()
    anna = room.reviewer()
    judged = room.next(anna)
    assert judged

    room.submit(anna, judged, "0.8", feedback=" Kind. ", seconds=12)

    score = room.scores(judged)[0]
    assert (score.value, score.reason, score.author_id) == (Decimal("0.8"), "Kind.", anna.author_id)
    assert QueueItem.objects.get(entity_id=judged).is_done
    assert not Reservation.objects.exists()
    assert room.next(anna) == room.traces[1]


def test_same_token_twice_is_one_submit() -> None:
    room = Room()
    anna, token = room.reviewer(), uuid4()

    room.submit(anna, room.traces[0], "0.8", token=token)
    room.submit(anna, room.traces[0], "0.1", token=token)

    assert room.scores(room.traces[0])[0].value == Decimal("0.8")
    assert AuditEvent.objects.filter(action="review.submit").count() == 1


def test_own_answer_from_elsewhere_is_not_overwritten_unseen() -> None:
    room = Room()
    anna = room.reviewer()
    first = room.submit(anna, room.traces[0], "0.8")

    with pytest.raises(Conflict, match="another place"):
        room.submit(anna, room.traces[0], "0.1")
    room.submit(anna, room.traces[0], "0.2", seen=first.token)

    assert room.scores(room.traces[0])[0].value == Decimal("0.2")


def test_an_item_that_others_have_finished_takes_no_more() -> None:
    room = Room(items=1)
    anna, ben = room.reviewer(), room.reviewer()
    room.submit(ben, room.traces[0])

    with pytest.raises(NoRoom):
        room.submit(anna, room.traces[0])

    assert len(room.scores(room.traces[0])) == 1


def test_a_reservation_that_expired_goes_to_somebody_else_who_alone_may_submit() -> None:
    room = Room(items=1)
    anna, ben = room.reviewer(), room.reviewer()
    room.next(anna)
    Reservation.objects.update(expires_at=timezone.now())

    assert room.next(ben) == room.traces[0]
    with pytest.raises(Conflict):
        room.submit(anna, room.traces[0])
    room.submit(ben, room.traces[0])


def test_an_answer_that_is_left_out_takes_its_score_with_it() -> None:
    room = Room()
    anna = room.reviewer()
    both = {"a": Answer(1.0, Decimal(1)), VERDICT: Answer(0.5, Decimal("0.5"))}
    first = room.submit(anna, room.traces[0], answers=both, feedback="Why.")
    assert {row.name: row.reason for row in room.scores(room.traces[0])} == {
        "a": "",
        VERDICT: "Why.",
    }

    room.submit(anna, room.traces[0], answers={"a": both["a"]}, seen=first.token)

    assert [row.name for row in room.scores(room.traces[0])] == ["a"]


def test_skipped_ones_come_last_and_declined_ones_never() -> None:
    room = Room(items=3)
    anna = room.reviewer()

    first = room.next(anna)
    assert first
    reviews.skip(access=anna, queue=room.queue, judged_id=first)
    second = room.next(anna)
    assert second
    reviews.decline(access=anna, queue=room.queue, judged_id=second, reason="I know the customer.")
    third = room.next(anna)
    assert third
    room.submit(anna, third)

    assert [first, second, third] == room.traces
    assert room.next(anna) == first
    room.submit(anna, first)
    assert room.next(anna) is None


def test_declining_needs_a_reason() -> None:
    room = Room()

    with pytest.raises(Invalid):
        reviews.decline(
            access=room.reviewer(),
            queue=room.queue,
            judged_id=room.traces[0],
            reason=" ",
        )


def test_undo_takes_the_scores_back_and_keeps_the_answers() -> None:
    room = Room()
    anna = room.reviewer()
    room.submit(anna, room.traces[0], "0.8", feedback="Kind.")

    back = reopenings.undo(access=anna, queue=room.queue)

    review = Review.objects.get()
    assert back
    assert (back.review, back.has_newer) == (review, False)
    assert not room.scores(room.traces[0])
    assert not QueueItem.objects.get(entity_id=room.traces[0]).is_done
    assert normal_form.load(review.draft or "") == {
        "answers": {VERDICT: 0.8},
        "feedback": "Kind.",
    }
    assert reopenings.undo(access=anna, queue=room.queue) is None


def test_draft_is_kept_though_the_item_is_lost() -> None:
    room = Room(items=1)
    anna, ben = room.reviewer(), room.reviewer()
    room.submit(ben, room.traces[0])

    reviews.keep_draft(
        access=anna, queue=room.queue, judged_id=room.traces[0], draft='{"feedback":"x"}'
    )

    assert Review.objects.get(author_id=anna.author_id).draft == '{"feedback":"x"}'


def test_reviews_go_with_their_trace() -> None:
    room = Room()
    room.submit(room.reviewer(), room.traces[0])

    traces.delete(access=room.lead, ids=[room.traces[0]])

    assert not Review.objects.exists()


def test_strangers_and_viewers_review_nothing() -> None:
    room = Room(is_for_everyone=False)
    outsider = room.reviewer()  # named for no queue
    viewer = factories.access(room.workspace, Role.VIEWER)

    for access in (factories.access(), outsider):
        with pytest.raises(NotFound):
            queues.find(access=access, queue_id=room.queue.pk)
    with pytest.raises(Forbidden):
        room.next(viewer)
    with pytest.raises(Forbidden):
        room.submit(viewer, room.traces[0])


def test_a_trace_that_is_in_no_queue_is_not_found() -> None:
    room = Room()
    other = factories.trace(room.lead)

    with pytest.raises(NotFound):
        room.submit(room.reviewer(), other.pk)


def test_words_that_somebody_wrote_alone_outlive_a_submit_without_words() -> None:
    room = Room()
    feedbacks.give(access=room.lead, trace_id=room.traces[0], feedback="Ask the customer.")

    room.submit(room.reviewer(), room.traces[0], "0.8")

    assert Trace.objects.get(pk=room.traces[0]).lone_feedback == "Ask the customer."


def test_skipped_ones_come_back_in_the_order_in_which_they_were_skipped() -> None:
    room = Room(items=2)
    anna = room.reviewer()
    seen = []
    for _ in range(5):
        judged = room.next(anna)
        assert judged
        seen.append(judged)
        reviews.skip(access=anna, queue=room.queue, judged_id=judged)

    first, second = room.traces
    assert seen == [first, second, first, second, first]


def test_undo_passes_over_what_left_the_queue() -> None:
    room = Room()
    anna = room.reviewer()
    for judged in room.traces[:2]:
        room.submit(anna, judged)
    queue_items.remove(access=room.lead, queue_id=room.queue.pk, entity_ids=[room.traces[1]])

    back = reopenings.undo(access=anna, queue=room.queue)

    assert back
    assert back.review.judged_id == room.traces[0]
