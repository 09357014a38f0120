"""Pairs: two sides, shuffled and recorded; one score on the first trace; gone with either side."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from feedback_app.focus import mine
from feedback_app.focus.questions import Answer
from feedback_app.models import Review
from feedback_app.services import corrections, flags, holds, pairs, reopenings, reviews
from feedback_app.services.holds import Hold, Standing
from feedback_app.services.pairs import Choice
from tests import factories
from tests.feedback_app.pairing import Pairing
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Forbidden, Invalid, NotFound
from traces_app.models import NIL, AuditEvent, Face, QueueItem, Role
from traces_app.services import queue_items, traces

pytestmark = pytest.mark.django_db


def count(room: Pairing) -> tuple[int, int]:
    room.queue.refresh_from_db()
    return room.queue.item_count, QueueItem.objects.filter(queue=room.queue).count()


def test_adding_twice_adds_once_whichever_is_first() -> None:
    room = Pairing()

    assert [room.add(room.first, room.other), room.add(room.first, room.other)] == [1, 0]
    assert room.add(room.other, room.first) == 0
    assert count(room) == (1, 1)


def test_a_trace_is_the_first_of_one_pair() -> None:
    room = Pairing()
    room.correct(room.first)
    room.add(room.first, room.other)

    assert room.add(room.first, None) == 0
    assert QueueItem.objects.get().other_id == room.other.pk


def test_only_what_has_a_submitted_correction_is_paired_with_it() -> None:
    room = Pairing()
    room.correct(room.first)
    corrections.keep_draft(access=room.lead, trace_id=room.other.pk, text="half")
    wanted = {room.first.pk: NIL, room.other.pk: NIL}

    assert pairs.add(access=room.lead, queue_id=room.queue.pk, pairs=wanted) == 1
    with pytest.raises(Invalid, match="no submitted correction"):
        room.add(room.other, None)


def test_unknown_misplaced_and_same_traces_are_refused_and_nothing_is_added() -> None:
    room = Pairing()
    elsewhere = factories.trace(room.lead, factories.project(room.workspace))
    theirs = factories.trace()

    for bad in (elsewhere.pk, theirs.pk, uuid7()):
        with pytest.raises(NotFound, match=f"Trace id: {bad} not found"):
            pairs.add(access=room.lead, queue_id=room.queue.pk, pairs={room.first.pk: bad})
    with pytest.raises(Invalid, match="with itself"):
        room.add(room.first, room.first)
    assert count(room) == (0, 0)


def test_pairs_and_single_items_keep_apart() -> None:
    room = Pairing()
    plain = factories.queue(room.lead, room.project.pk)

    with pytest.raises(Invalid, match="takes pairs"):
        queue_items.add(access=room.lead, queue_id=room.queue.pk, entity_ids=[room.first.pk])
    with pytest.raises(Invalid, match="takes no pairs"):
        pairs.add(access=room.lead, queue_id=plain.pk, pairs={room.first.pk: room.other.pk})


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_only_who_runs_queues_adds_pairs(role: Role) -> None:
    room = Pairing()
    somebody = factories.access(room.workspace, role)

    with pytest.raises(Forbidden):
        pairs.add(access=somebody, queue_id=room.queue.pk, pairs={room.first.pk: room.other.pk})


def test_queue_of_strangers_is_not_found() -> None:
    room, stranger = Pairing(), Pairing()
    mine = {stranger.first.pk: stranger.other.pk}

    with pytest.raises(NotFound):
        pairs.add(access=stranger.lead, queue_id=room.queue.pk, pairs=mine)


@pytest.mark.parametrize(
    ("choice", "value", "words"),
    [
        (Choice.FIRST, 1.0, "The first is better"),
        (Choice.SECOND, 0.0, "The other is better"),
        (Choice.EQUAL, 0.5, "Equal"),
    ],
)
def test_preference_is_one_score_of_the_first(choice: Choice, value: float, words: str) -> None:
    room = Pairing()
    room.add(room.first, room.other)
    anna = room.reviewer()
    assert room.next(anna) == room.first.pk

    review = room.prefer(anna, room.first, choice, feedback="Shorter.", seconds=9)

    assert room.scores() == [(room.first.pk, "Preference", value, words)]
    assert normal_form.load(review.answers) == {"Preference": choice.value}
    assert (review.other_id, review.feedback) == (room.other.pk, "Shorter.")
    assert QueueItem.objects.get().is_done
    assert room.next(anna) is None


def test_sides_are_by_chance_and_stay_the_same() -> None:
    room = Pairing()
    people = [uuid4() for _ in range(200)]
    left = [pairs.is_first_left(room.queue, room.first.pk, each) for each in people]

    assert 60 < sum(left) < 140
    assert left == [pairs.is_first_left(room.queue, room.first.pk, each) for each in people]


def test_review_records_its_sides_and_undo_keeps_them() -> None:
    room = Pairing()
    room.add(room.first, room.other)
    anna = room.reviewer()
    submitted = room.prefer(anna, room.first, Choice.SECOND)

    reopenings.undo(access=anna, queue=room.queue)

    review = Review.objects.get()
    expected = pairs.is_first_left(room.queue, room.first.pk, anna.author_id)
    assert review.is_first_left == submitted.is_first_left == expected
    assert normal_form.load(review.draft or "")["answers"] == {"Preference": "second"}
    assert room.scores() == []


def test_an_answer_that_is_no_preference_is_refused() -> None:
    room = Pairing()
    room.add(room.first, room.other)
    number = {pairs.PREFERENCE: Answer(0.7, factories.said(NIL, "0.7").value)}

    with pytest.raises(Invalid, match="which of the two"):
        room.prefer(room.reviewer(), room.first, Choice.FIRST, answers=number)
    assert room.scores() == []


def test_what_changed_since_it_was_read_is_to_be_compared_again() -> None:
    room = Pairing()
    room.correct(room.first, "Better.")
    room.add(room.first, None)
    anna = room.reviewer()
    seen = room.print(anna, room.first)
    room.correct(room.first, "Better still.", by=room.reviewer())

    with pytest.raises(Conflict, match="has changed"):
        room.prefer(anna, room.first, Choice.FIRST, compared=seen)
    room.prefer(anna, room.first, Choice.SECOND)

    assert [value for _, _, value, _ in room.scores()] == [0.0]


@pytest.mark.parametrize("side", ["first", "other"])
def test_pair_goes_with_either_trace(side: str) -> None:
    room = Pairing(annotators_per_item=2)
    room.add(room.first, room.other)
    room.prefer(room.reviewer(), room.first, Choice.FIRST)
    gone = getattr(room, side)

    traces.delete(access=room.lead, ids=[gone.pk])

    assert count(room) == (0, 0)
    assert len(room.scores()) == (1 if side == "other" else 0)
    assert AuditEvent.objects.filter(action="queue.remove").count() == 1


def test_pair_goes_when_one_trace_is_moved() -> None:
    room = Pairing()
    room.add(room.first, room.other)

    elsewhere = factories.project(room.workspace)
    room.lead.knows_project(elsewhere.pk)

    traces.move(access=room.lead, trace_id=room.other.pk, to=elsewhere)

    assert count(room) == (0, 0)


def test_pair_with_its_correction_goes_with_the_last_correction() -> None:
    room = Pairing()
    anna = room.reviewer()
    room.correct(room.first)
    room.add(room.first, None)
    room.correct(room.first, "Better still.", by=anna)

    corrections.undo(access=anna, trace_id=room.first.pk)
    still = count(room)
    corrections.undo(access=room.lead, trace_id=room.first.pk)

    assert (still, count(room)) == ((1, 1), (0, 0))


def test_what_was_judged_against_another_is_not_paired_anew() -> None:
    room = Pairing()
    room.add(room.first, room.other)
    room.prefer(room.reviewer(), room.first, Choice.FIRST)
    queue_items.remove(access=room.lead, queue_id=room.queue.pk, entity_ids=[room.first.pk])

    assert room.add(room.first, room.trace()) == 0
    assert room.add(room.first, room.other) == 1
    assert QueueItem.objects.get().is_done


def test_draft_about_an_earlier_pair_is_forgotten() -> None:
    room = Pairing()
    room.add(room.first, room.other)
    anna, first = room.reviewer(), room.first.pk
    reviews.keep_draft(access=anna, queue=room.queue, judged_id=first, draft="{}")
    queue_items.remove(access=room.lead, queue_id=room.queue.pk, entity_ids=[first])
    another = room.trace()
    room.add(room.first, another)

    flags.flag(access=anna, queue=room.queue, judged_id=first, is_flagged=True)

    review = Review.objects.get()
    assert (review.draft, review.other_id) == (None, another.pk)


def test_reviewer_sees_both_traces_of_own_pairs() -> None:
    room = Pairing()
    room.add(room.first, room.other)
    anna = room.reviewer()

    item = QueueItem.objects.get()
    assert pairs.find(access=anna, queue=room.queue, item=item).other == room.other


def test_blind_reviewer_compares_with_a_correction_that_is_of_others() -> None:
    room = Pairing(is_blind=True)
    room.correct(room.first, "Better.")
    room.add(room.first, None)

    pair = pairs.find(access=room.reviewer(), queue=room.queue, item=QueueItem.objects.get())
    assert pair.other_output == '"Better."'


def test_nobody_is_handed_a_pair_with_an_own_correction() -> None:
    room = Pairing()
    anna, ben = member(room), member(room)
    room.add(room.first, room.other)  # with another trace, though Anna corrects it too
    for trace in (room.first, third := room.trace()):
        room.correct(trace, "Better.", by=anna)
    room.add(third, None)

    assert [each.left for each in mine.queues(anna)] == [1]
    assert room.next(anna) == room.first.pk
    room.prefer(anna, room.first, Choice.EQUAL)
    assert room.next(anna) is None
    assert room.next(ben) == third.pk


def test_a_newer_correction_of_somebody_else_is_handed_to_who_wrote_the_older() -> None:
    room = Pairing()
    anna, ben = member(room), member(room)
    room.correct(room.first, "Better.", by=anna)
    room.add(room.first, None)
    room.correct(room.first, "Better still.", by=ben)

    assert (room.next(ben), room.next(anna)) == (None, room.first.pk)


def test_a_judgement_of_own_words_is_refused_and_not_held() -> None:
    room = Pairing()
    anna = member(room)
    room.correct(room.first, "Better.", by=anna)
    room.add(room.first, None)

    hold = holds.take(access=anna, queue=room.queue, judged_id=room.first.pk)

    assert hold == Hold(Standing.OWN)
    with pytest.raises(Conflict, match="your own correction"):
        room.prefer(anna, room.first, Choice.SECOND)
    assert room.scores() == []


def member(room: Pairing) -> Access:
    """Somebody who may correct any trace, and judge."""
    return factories.access(room.workspace, Role.MEMBER, face=Face.PAGE)


def test_database_refuses_a_pair_with_itself() -> None:
    room = Pairing()
    room.add(room.first, room.other)

    with pytest.raises(IntegrityError), transaction.atomic():
        QueueItem.objects.update(other_id=room.first.pk, added_at=timezone.now())
