from collections.abc import Sequence
from uuid import UUID

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries
from uuid_utils.compat import uuid7

from tests import factories
from traces_app.models import OutboxRow
from traces_app.services import outbox
from traces_app.services.outbox import ChangedTrace

pytestmark = pytest.mark.django_db


class Listener:
    """A consumer that remembers what it was told."""

    def __init__(self) -> None:
        self.heard: list[ChangedTrace] = []

    def __call__(self, changed: Sequence[ChangedTrace]) -> None:
        self.heard.extend(changed)


def written(number: int) -> tuple[UUID, list[UUID]]:
    project = factories.project()
    trace_ids = [uuid7() for _ in range(number)]
    outbox.write(project_id=project.pk, trace_ids=trace_ids)
    return project.pk, trace_ids


def test_every_consumer_hears_of_every_trace_in_order() -> None:
    project_id, trace_ids = written(3)
    first, second = Listener(), Listener()

    drained = outbox.drain([first, second])

    assert drained == 3
    assert first.heard == [ChangedTrace(project_id, trace_id) for trace_id in trace_ids]
    assert second.heard == first.heard


def test_drained_rows_are_gone() -> None:
    written(3)

    outbox.drain([])

    assert not OutboxRow.objects.exists()


def test_step_takes_the_oldest_rows_up_to_its_limit() -> None:
    _, trace_ids = written(5)
    listener = Listener()

    assert outbox.drain([listener], limit=2) == 2
    assert [changed.trace_id for changed in listener.heard] == trace_ids[:2]
    assert OutboxRow.objects.count() == 3


def test_rows_stay_when_a_consumer_raises() -> None:
    written(2)

    def refuse(changed: Sequence[ChangedTrace]) -> None:
        raise ValueError(len(changed))

    with pytest.raises(ValueError, match="2"):
        outbox.drain([refuse])
    assert OutboxRow.objects.count() == 2


def test_rows_vanish_with_the_transaction_that_wrote_them() -> None:
    with transaction.atomic():
        written(2)
        transaction.set_rollback(True)

    assert not OutboxRow.objects.exists()


def test_an_empty_outbox_costs_one_question(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        outbox.drain([Listener()])


def test_no_trace_writes_no_row(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        outbox.write(project_id=uuid7(), trace_ids=[])
