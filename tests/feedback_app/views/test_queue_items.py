"""Putting traces and conversations into queues from their pages."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.feedback_app.desk import HTMX, Desk, words
from traces_app.models import QueueItem, Role
from traces_app.services import queue_items

pytestmark = pytest.mark.django_db


class Stock:
    """A trace and an empty queue."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.trace = self.desk.trace()
        self.queue = factories.queue(self.desk.access, self.trace.project_id, name="Warranty")

    @property
    def inside(self) -> set[UUID]:
        return set(QueueItem.objects.values_list("entity_id", flat=True))


@pytest.fixture
def stock() -> Stock:
    return Stock()


def test_a_trace_is_added_from_its_page(stock: Stock) -> None:
    trace = stock.trace
    path, fields = f"/traces/{trace.pk}/queue", {"queue": str(stock.queue.pk)}
    before = words(stock.desk.open(trace))

    part = stock.desk.browser.post(path, fields, headers=HTMX)
    again = stock.desk.browser.post(path, fields)

    assert "Add to queue" in before
    assert 'waiting</span> in <a class="link"' in words(part)
    assert again["Location"] == f"/traces/{trace.pk}#queues"
    assert QueueItem.objects.count() == 1


def test_only_owners_and_members_add_from_the_page(stock: Stock) -> None:
    trace, fields = stock.trace, {"queue": str(stock.queue.pk)}
    desks = [stock.desk.colleague(Role.VIEWER), stock.desk.colleague(Role.REVIEWER), Desk()]

    found = [each.browser.post(f"/traces/{trace.pk}/queue", fields).status_code for each in desks]

    assert found == [403, 404, 404]
    assert "Add to queue" not in desks[0].open(trace).text
    assert not stock.inside


def test_a_reviewer_is_not_told_of_queues(stock: Stock) -> None:
    queue_items.add(access=stock.desk.access, queue_id=stock.queue.pk, entity_ids=[stock.trace.pk])

    page = stock.desk.colleague(Role.REVIEWER).open(stock.trace)

    assert page.status_code == 200
    assert 'id="queues"' not in page.text


def test_the_list_takes_as_many_queries_for_many_queues(stock: Stock) -> None:
    with CaptureQueriesContext(connection) as one:
        stock.desk.browser.get("/traces")
    for _ in range(4):
        factories.queue(stock.desk.access, stock.trace.project_id)
    with CaptureQueriesContext(connection) as many:
        stock.desk.browser.get("/traces")

    assert len(many) == len(one)


def test_a_conversation_is_added_from_its_page() -> None:
    desk = Desk()
    thread = factories.thread_of(desk.trace(thread_id="t-1"))
    queue = factories.queue(desk.access, thread.project_id, scope="thread")
    path, fields = f"/threads/{thread.pk}/queue", {"queue": str(queue.pk)}
    others = [desk.colleague(Role.VIEWER), desk.colleague(Role.REVIEWER), Desk(Role.OWNER)]

    before = words(desk.browser.get(f"/threads/{thread.pk}"))
    refused = [each.browser.post(path, fields).status_code for each in others]
    after = words(desk.browser.post(path, fields, follow=True))

    assert f'action="{path}"' in before
    assert refused == [403, 404, 404]
    assert 'waiting</span> in <a class="link"' in after
    assert QueueItem.objects.get().entity_id == thread.pk
