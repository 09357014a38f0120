"""Reviews that are open again: nothing that was written is lost, no item waits for ever."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from feedback_app.focus import mine, summary
from feedback_app.focus.questions import Answer
from feedback_app.models import Review
from feedback_app.queue_page import board
from feedback_app.services import deleted_scores, reopenings, reviews
from feedback_app.services.reopenings import Undone
from tests.feedback_app.services.test_reviews import Room
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import NIL, VERDICT, AuditEvent, EntityType, QueueItem, Score

pytestmark = pytest.mark.django_db
NEWER = '{"answers":{"User feedback":0.1},"feedback":"No."}'


def delete(room: Room, judged: UUID, by: Access, *names: str, **said: Any) -> int:
    return deleted_scores.delete(
        access=by,
        entity_type=EntityType.TRACE,
        entity_id=judged,
        names=names or [VERDICT],
        **{"queue_id": room.queue.pk} | said,
    )


def test_a_review_whose_score_a_lead_deletes_is_asked_for_again() -> None:
    room = Room(items=1)
    anna = room.reviewer()
    room.submit(anna, room.traces[0], feedback="Kind.")
    assert room.next(anna) is None

    delete(room, room.traces[0], room.lead)

    review = Review.objects.get()
    assert (review.state, room.next(anna)) == (Review.State.OPEN, room.traces[0])
    assert normal_form.load(review.draft or "") == {"answers": {VERDICT: 0.8}, "feedback": "Kind."}
    room.submit(anna, room.traces[0])
    assert QueueItem.objects.get().is_done


def test_figures_agree_about_what_is_left_after_a_score_is_deleted() -> None:
    room = Room(items=1, needed=2)
    anna, ben = room.reviewer(), room.reviewer()
    for each in (anna, ben):
        room.submit(each, room.traces[0])

    delete(room, room.traces[0], ben)

    stands = board.of(room.lead, room.queue)
    assert (stands.sums.reviews_left, sum(each.submitted for each in stands.reviewers)) == (1, 1)
    assert [each.left for each in mine.queues(ben)] == [1]
    assert (summary.of(anna, room.queue).submitted, summary.of(ben, room.queue).submitted) == (1, 0)
    assert (room.next(anna), room.next(ben)) == (None, room.traces[0])


def test_a_review_of_which_a_score_is_left_still_counts() -> None:
    room = Room(items=1)
    anna = room.reviewer()
    one = Answer(1.0, Decimal(1))
    room.submit(anna, room.traces[0], answers={VERDICT: one, "tone": one})

    delete(room, room.traces[0], room.lead, "tone")

    assert Review.objects.get().state == Review.State.SUBMITTED
    assert QueueItem.objects.get().is_done


def test_scores_outside_the_queue_make_no_review() -> None:
    room = Room(items=1)
    anna = room.reviewer()
    room.submit(anna, room.traces[0])

    assert delete(room, room.traces[0], room.lead, queue_id=NIL) == 0

    assert Review.objects.get().state == Review.State.SUBMITTED


def test_reopening_is_on_record_with_what_was_said() -> None:
    room = Room(items=1)
    room.submit(room.reviewer(), room.traces[0], feedback="Kind.")

    delete(room, room.traces[0], room.lead)

    event = AuditEvent.objects.get(action="review.reopen")
    assert event.actor_id == room.lead.user_id
    assert normal_form.load(event.before or "")["answers"] == {VERDICT: 0.8}


def test_undo_keeps_what_was_typed_since_and_what_was_submitted_beside_it() -> None:
    room = Room()
    anna = room.reviewer()
    room.submit(anna, room.traces[0], feedback="Kind.")
    reviews.keep_draft(access=anna, queue=room.queue, judged_id=room.traces[0], draft=NEWER)

    back = reopenings.undo(access=anna, queue=room.queue)

    review = Review.objects.get()
    assert back == Undone(review, has_newer=True)
    assert (review.state, review.draft, review.feedback) == (Review.State.OPEN, NEWER, "Kind.")
    assert normal_form.load(review.answers) == {VERDICT: 0.8}
    assert not Score.objects.exists()


def test_what_was_taken_back_outlives_a_draft_that_comes_after() -> None:
    room = Room()
    anna = room.reviewer()
    room.submit(anna, room.traces[0], feedback="Kind.")
    reopenings.undo(access=anna, queue=room.queue)

    reviews.keep_draft(access=anna, queue=room.queue, judged_id=room.traces[0], draft=NEWER)

    review = Review.objects.get()
    assert (review.draft, review.feedback, review.answers) == (
        NEWER,
        "Kind.",
        '{"User feedback":0.8}',
    )


def test_what_was_taken_back_goes_when_the_item_is_submitted_anew() -> None:
    room = Room(items=1)
    anna = room.reviewer()
    room.submit(anna, room.traces[0], feedback="Kind.")
    reviews.keep_draft(access=anna, queue=room.queue, judged_id=room.traces[0], draft=NEWER)
    reopenings.undo(access=anna, queue=room.queue)

    room.submit(anna, room.traces[0], "0.3")

    review = Review.objects.get()
    assert (review.answers, review.feedback) == ('{"User feedback":0.3}', "")
