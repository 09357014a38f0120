"""Who holds which item: as many as it needs reviews, until they expire."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from uuid_utils.compat import uuid7

from tests import factories
from traces_app.access import Access
from traces_app.errors import Forbidden, NotFound
from traces_app.models import AnnotationQueue, Reservation, Role, Trace, Workspace
from traces_app.services import reservations
from traces_app.services.reservations import Claim

pytestmark = pytest.mark.django_db


@pytest.fixture
def access() -> Access:
    return factories.access()


def colleague(role: Role = Role.MEMBER) -> Access:
    return factories.access(Workspace.objects.get(), role)


def queued(access: Access, **wishes: Any) -> tuple[AnnotationQueue, Trace]:
    trace = factories.trace(access)
    return factories.queue(access, trace.project_id, trace, **wishes), trace


def claim(access: Access, queue: AnnotationQueue, trace: Trace) -> Claim:
    return reservations.claim(access=access, queue_id=queue.pk, entity_id=trace.pk)


def expire() -> None:
    Reservation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def test_item_is_held_for_the_queues_seconds(access: Access) -> None:
    queue, trace = queued(access, lock_timeout_seconds=60)

    claimed = claim(access, queue, trace)

    left = claimed.expires_at - timezone.now()
    assert (claimed.is_mine, claimed.holder_id) == (True, access.author_id)
    assert timedelta(seconds=50) < left <= timedelta(seconds=60)


def test_second_person_is_told_who_holds_it_and_until_when(access: Access) -> None:
    queue, trace = queued(access)
    first = claim(access, queue, trace)

    second = claim(colleague(), queue, trace)

    assert second == Claim(False, access.author_id, first.expires_at)
    assert Reservation.objects.count() == 1


def test_as_many_hold_an_item_as_it_needs_reviews(access: Access) -> None:
    queue, trace = queued(access, annotators_per_item=2)

    got = [claim(each, queue, trace).is_mine for each in (access, colleague(), colleague())]

    assert got == [True, True, False]


def test_claiming_again_renews_and_takes_no_second_place(access: Access) -> None:
    queue, trace = queued(access)
    claim(access, queue, trace)
    soon = timezone.now() + timedelta(seconds=5)
    Reservation.objects.update(expires_at=soon)

    again = claim(access, queue, trace)

    assert again.is_mine
    assert Reservation.objects.get().expires_at == again.expires_at > soon


def test_expired_reservation_holds_nobody_back(access: Access) -> None:
    queue, trace = queued(access)
    claim(access, queue, trace)
    expire()
    other = colleague()

    assert claim(other, queue, trace).is_mine
    assert Reservation.objects.get().holder_id == other.author_id


def test_released_item_is_free(access: Access) -> None:
    queue, trace = queued(access)
    claim(access, queue, trace)

    for _ in range(2):
        reservations.release(access=access, queue_id=queue.pk, entity_id=trace.pk)

    assert not Reservation.objects.exists()
    assert claim(colleague(), queue, trace).is_mine


def test_expired_reservations_go_with_one_that_is_given_back(access: Access) -> None:
    queue, trace = queued(access, annotators_per_item=2)
    other = colleague()
    for each in (other, access):
        claim(each, queue, trace)
    held = Reservation.objects.filter(holder_id=other.author_id)
    held.update(expires_at=timezone.now() - timedelta(seconds=1))

    reservations.release(access=access, queue_id=queue.pk, entity_id=trace.pk)

    assert not Reservation.objects.exists()


def test_holders_are_listed_until_they_expire(access: Access) -> None:
    queue, trace = queued(access, annotators_per_item=2)
    other = colleague()
    claim(access, queue, trace)
    claim(other, queue, trace)

    held = reservations.holders(access=access, queue_id=queue.pk)
    expire()

    assert held == {trace.pk: [access.author_id, other.author_id]}
    assert reservations.holders(access=access, queue_id=queue.pk) == {}


def test_what_is_not_in_the_queue_is_not_found(access: Access) -> None:
    queue, _ = queued(access)
    outside = factories.trace(access)

    for entity_id in (outside.pk, uuid7()):
        with pytest.raises(NotFound):
            reservations.claim(access=access, queue_id=queue.pk, entity_id=entity_id)


def test_strangers_and_viewers_hold_nothing(access: Access) -> None:
    queue, trace = queued(access)
    viewer, stranger = colleague(Role.VIEWER), factories.access()

    with pytest.raises(Forbidden):
        claim(viewer, queue, trace)
    with pytest.raises(NotFound):
        claim(stranger, queue, trace)
    with pytest.raises(NotFound):
        reservations.holders(access=stranger, queue_id=queue.pk)


def test_reviewer_holds_items_of_own_queues_only(access: Access) -> None:
    reviewer = colleague(Role.REVIEWER)
    trace = factories.trace(access)
    named = [reviewer.user_id]
    own = factories.queue(
        access, trace.project_id, trace, is_for_everyone=False, reviewer_ids=named
    )
    other = factories.queue(access, trace.project_id, trace, is_for_everyone=False)

    assert claim(reviewer, own, trace).is_mine
    with pytest.raises(NotFound):
        claim(reviewer, other, trace)
