"""How somebody stands to the item that is open: theirs, lost, and claimed anew."""

from uuid import UUID

import pytest
from django.utils import timezone

from feedback_app.models import Review
from feedback_app.services import holds, reviews
from feedback_app.services.holds import Hold, Standing
from feedback_app.services.reviews import NoRoom
from tests import factories
from tests.feedback_app.services.test_reviews import Room
from traces_app.access import Access
from traces_app.errors import Forbidden, NotFound
from traces_app.models import NIL, Reservation, Role
from traces_app.services import reservations

pytestmark = pytest.mark.django_db


class Held(Room):
    """A queue of one item that Anna holds."""

    def __init__(self, needed: int = 1) -> None:
        super().__init__(items=1, needed=needed)
        self.judged: UUID = self.traces[0]
        self.anna, self.ben = self.reviewer(), self.reviewer()
        self.take(self.anna)

    def take(self, access: Access) -> Hold:
        return holds.take(access=access, queue=self.queue, judged_id=self.judged)

    def renew(self, access: Access) -> Hold:
        return holds.renew(access=access, queue=self.queue, judged_id=self.judged)

    def claim(self, access: Access, draft: str = "{}") -> Hold:
        return holds.claim(access=access, queue=self.queue, judged_id=self.judged, draft=draft)

    def revoke(self) -> None:
        reservations.revoke(
            access=self.lead,
            queue_id=self.queue.pk,
            entity_id=self.judged,
            holder_id=self.anna.author_id,
        )


@pytest.fixture
def held() -> Held:
    return Held()


def test_what_is_held_is_renewed(held: Held) -> None:
    before = Reservation.objects.get().expires_at

    renewed = held.renew(held.anna)

    assert renewed.standing is Standing.MINE
    assert renewed.until == Reservation.objects.get().expires_at > before


def test_what_was_revoked_is_free_and_comes_back_by_a_claim_alone(held: Held) -> None:
    held.revoke()

    assert held.renew(held.anna) == Hold(Standing.FREE)
    assert not Reservation.objects.exists()
    assert held.claim(held.anna, '{"feedback":"Half"}').standing is Standing.MINE
    assert Reservation.objects.get().holder_id == held.anna.author_id
    assert Review.objects.get().draft == '{"feedback":"Half"}'


def test_what_ran_out_and_went_to_somebody_else_is_taken(held: Held) -> None:
    Reservation.objects.update(expires_at=timezone.now())
    held.take(held.ben)

    assert held.renew(held.anna) == Hold(Standing.TAKEN)
    assert held.claim(held.anna, '{"feedback":"Half"}') == Hold(Standing.TAKEN)
    assert Reservation.objects.get().holder_id == held.ben.author_id
    assert Review.objects.get().draft == '{"feedback":"Half"}'


def test_with_room_for_two_a_second_holder_takes_nothing_away() -> None:
    held = Held(needed=2)

    assert held.take(held.ben).standing is Standing.MINE
    assert held.renew(held.anna).standing is Standing.MINE
    assert held.take(held.reviewer()) == Hold(Standing.TAKEN)


def test_what_others_have_finished_is_not_held_by_looking_at_it(held: Held) -> None:
    held.revoke()
    held.submit(held.ben, held.judged)

    assert held.take(held.anna) == Hold(Standing.FINISHED)
    assert held.take(held.ben) == Hold(Standing.THROUGH)
    with pytest.raises(NoRoom):
        held.submit(held.anna, held.judged)


def test_who_declined_it_is_through_with_it(held: Held) -> None:
    reviews.decline(access=held.anna, queue=held.queue, judged_id=held.judged, reason="Mine.")

    assert held.take(held.anna) == Hold(Standing.THROUGH)


def test_a_draft_is_kept_and_tells_that_the_item_is_lost(held: Held) -> None:
    held.revoke()

    told = holds.keep_draft(
        access=held.anna, queue=held.queue, judged_id=held.judged, draft='{"feedback":"Half"}'
    )

    assert told == Hold(Standing.FREE)
    assert Review.objects.get().draft == '{"feedback":"Half"}'


def test_skipping_keeps_the_draft(held: Held) -> None:
    held.claim(held.anna, '{"feedback":"Half"}')

    reviews.skip(access=held.anna, queue=held.queue, judged_id=held.judged)

    review = Review.objects.get()
    assert (review.state, review.draft) == (Review.State.SKIPPED, '{"feedback":"Half"}')


def test_what_one_goes_on_from_comes_after_the_others() -> None:
    room = Room(items=2)
    anna, (lost, other) = room.reviewer(), room.traces

    handed = reviews.take_next(access=anna, queue=room.queue, passing=lost)

    assert handed
    assert handed.item.entity_id == other
    room.submit(anna, other)
    assert room.next(anna) == lost


def test_going_on_comes_back_to_the_item_where_there_is_no_other(held: Held) -> None:
    handed = reviews.take_next(access=held.anna, queue=held.queue, passing=held.judged)

    assert handed
    assert handed.item.entity_id == held.judged
    assert not Review.objects.exists()


def test_viewers_hold_nothing_and_what_is_no_item_is_not_found(held: Held) -> None:
    viewer = factories.access(held.workspace, Role.VIEWER)

    with pytest.raises(NotFound):
        holds.renew(access=held.anna, queue=held.queue, judged_id=NIL)
    with pytest.raises(Forbidden):
        held.claim(viewer)
