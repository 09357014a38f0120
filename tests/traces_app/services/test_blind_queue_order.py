"""Queues that were blind and yet followed scores, and the rule that ended them."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection

from tests import factories
from traces_app.models import AnnotationQueue, QueueItem

RULE = "queue_that_is_blind_follows_no_scores"

pytestmark = pytest.mark.django_db


def a_queue_of_three() -> AnnotationQueue:
    """It goes oldest first."""
    owner = factories.access()
    traces = [factories.trace(owner) for _ in range(3)]
    return factories.queue(owner, traces[0].project_id, *traces)


def in_order(queue: AnnotationQueue) -> list[tuple[int, int]]:
    items = QueueItem.objects.filter(queue_id=queue.pk).order_by("pk")
    return [(item.entity_id.int >> 80, item.position) for item in items]


def follow_scores(queue: AnnotationQueue, *, is_blind: bool) -> None:
    AnnotationQueue.objects.filter(pk=queue.pk).update(order="judge", is_blind=is_blind)
    QueueItem.objects.filter(queue_id=queue.pk).update(position=7)


def migrate() -> None:
    import_module("traces_app.migrations.0023_order_blind_queues_by_age").order_by_age(apps, None)


@pytest.fixture
def without_the_rule(db: None) -> Iterator[None]:
    """The table as it was before; PostgreSQL has the rule again when the test is rolled back."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {AnnotationQueue._meta.db_table} DROP CONSTRAINT {RULE}")
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        yield
        cursor.execute("PRAGMA ignore_check_constraints = OFF")


@pytest.mark.usefixtures("without_the_rule")
def test_a_blind_queue_that_followed_scores_goes_by_age_after_the_migration() -> None:
    queue = a_queue_of_three()
    follow_scores(queue, is_blind=True)

    migrate()

    queue.refresh_from_db()
    assert (queue.order, queue.is_blind) == ("oldest", True)
    assert len(in_order(queue)) == 3
    assert all(position == age for age, position in in_order(queue))


def test_a_queue_that_is_not_blind_still_follows_scores_after_the_migration() -> None:
    queue = a_queue_of_three()
    follow_scores(queue, is_blind=False)

    migrate()

    queue.refresh_from_db()
    assert queue.order == "judge"
    assert {position for _, position in in_order(queue)} == {7}


@pytest.mark.parametrize("order", ["judge", "disagreement"])
def test_the_table_takes_no_blind_queue_that_follows_scores(order: str) -> None:
    queue = a_queue_of_three()

    with pytest.raises(IntegrityError, match=RULE):
        AnnotationQueue.objects.filter(pk=queue.pk).update(order=order, is_blind=True)
