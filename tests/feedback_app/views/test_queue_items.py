"""Putting traces into queues from the list and from a trace's page."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback_app.jobs import REGISTRY
from feedback_app.services import queue_fills
from tests import factories
from tests.feedback_app.desk import HTMX, Desk, words
from traces_app.models import AnnotationQueue, Job, Membership, QueueItem, Role, Trace
from traces_app.services import jobs
from traces_app.work import attempts

pytestmark = pytest.mark.django_db


class Stock:
    """Five traces, two of them tagged, and an empty queue."""

    def __init__(self, scope: str = "trace") -> None:
        self.desk = Desk()
        tags = ['["hot"]', "[]", '["hot"]', "[]", "[]"]
        self.traces = [self.desk.trace(name=f"n {n}", tags=tag) for n, tag in enumerate(tags)]
        self.queue: AnnotationQueue = factories.queue(
            self.desk.access, self.traces[0].project_id, name="Warranty", scope=scope
        )

    def fill(self, by: Desk | None = None, query: str = "", **fields: Any) -> Any:
        sent = {"queue": str(self.queue.pk)} | fields
        return (by or self.desk).browser.post(f"/queues/fill?{query}", sent)

    @property
    def inside(self) -> set[UUID]:
        return set(QueueItem.objects.values_list("entity_id", flat=True))


@pytest.fixture
def stock() -> Stock:
    return Stock()


def run_all() -> None:
    while job := jobs.claim(lane=Job.Lane.LONG):
        attempts.run(job, REGISTRY.handlers, lambda: None)


def test_picked_rows_are_added_once(stock: Stock) -> None:
    ids = [str(each.pk) for each in stock.traces[:2]]

    first = stock.fill(id=ids, do="picked", query="tag=hot")
    second = stock.fill(id=ids, do="picked")

    assert first["Location"] == "/traces?tag=hot"
    assert stock.inside == {each.pk for each in stock.traces[:2]}
    assert "in it already" in words(stock.desk.browser.get(second["Location"]))
    stock.queue.refresh_from_db()
    assert stock.queue.item_count == 2


def test_the_list_offers_the_queues_of_what_it_shows(stock: Stock) -> None:
    text = stock.desk.browser.get("/traces").text

    assert f'<option value="{stock.queue.pk}">Warranty' in text
    assert text.count("data-pick>") == 5
    assert "data-pick>" not in stock.desk.colleague(Role.VIEWER).browser.get("/traces").text


def test_without_a_queue_the_list_leads_to_setting_one_up() -> None:
    desk = Desk()
    desk.trace()

    text = desk.browser.get("/traces").text

    assert "Set up a queue to judge these" in text
    assert "data-pick>" not in text


def test_all_that_match_are_added_by_a_job_with_progress(stock: Stock) -> None:
    answer = stock.fill(do="all", query="tag=hot", token=str(uuid4()))
    board = words(stock.desk.browser.get(answer["Location"]))
    run_all()
    after = words(stock.desk.browser.get(answer["Location"]))

    job = Job.objects.get()
    assert "being filled" in board
    assert f'hx-get="/queues/{stock.queue.pk}/filling/{job.pk}"' in board
    assert stock.inside == {stock.traces[0].pk, stock.traces[2].pk}
    assert "2 traces matched, 2 were new." in after


def test_the_job_may_run_twice_and_in_small_batches(
    stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_fills, "AT_ONCE", 2)
    told: list[int] = []
    asked: dict[str, Any] = {"queue_id": stock.queue.pk, "query": "", "report": told.append}

    first = queue_fills.fill(access=stock.desk.access, **asked)
    second = queue_fills.fill(access=stock.desk.access, **asked)

    assert (first, second) == (queue_fills.Filled(5, 5), queue_fills.Filled(5, 0))
    assert told[:3] == [2, 4, 5]
    assert len(stock.inside) == 5


def test_an_impatient_press_is_one_job(stock: Stock) -> None:
    token = str(uuid4())

    answers = {stock.fill(do="all", token=token)["Location"] for _ in range(2)}

    assert len(answers) == Job.objects.count() == 1


def test_who_may_not_any_more_fills_nothing(stock: Stock) -> None:
    stock.fill(do="all")
    Membership.objects.filter(user=stock.desk.person).update(role=Role.VIEWER)

    run_all()

    assert Job.objects.get().state == Job.State.FAILED
    assert not stock.inside


@pytest.mark.parametrize("do", ["picked", "all"])
def test_only_owners_and_members_fill(stock: Stock, do: str) -> None:
    fields = {"id": str(stock.traces[0].pk), "do": do}
    roles = (Role.VIEWER, Role.REVIEWER)

    refused = [stock.fill(stock.desk.colleague(role), **fields).status_code for role in roles]

    assert refused == [403, 404]
    assert stock.fill(Desk(Role.OWNER), **fields).status_code == 404
    assert not stock.inside
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"do": "picked"}, "Pick at least one row."),
        ({"do": "picked", "id": str(UUID(int=7))}, "None of these belongs into"),
    ],
)
def test_what_cannot_be_added_is_said(stock: Stock, fields: dict[str, Any], said: str) -> None:
    answer = stock.fill(**fields)

    assert said in words(stock.desk.browser.get(answer["Location"]))


def test_a_queue_of_threads_takes_no_traces() -> None:
    stock = Stock("thread")

    stock.fill(do="all")
    stock.fill(do="picked", id=str(stock.traces[0].pk))

    assert not stock.inside
    assert not Job.objects.exists()


@pytest.mark.parametrize("queue", ["", "zz", str(UUID(int=9))])
def test_no_such_queue(stock: Stock, queue: str) -> None:
    assert stock.fill(queue=queue, do="all").status_code == 404


def test_a_trace_is_added_from_its_page(stock: Stock) -> None:
    trace: Trace = stock.traces[0]
    path, fields = f"/traces/{trace.pk}/queue", {"queue": str(stock.queue.pk)}
    before = words(stock.desk.open(trace))

    part = stock.desk.browser.post(path, fields, headers=HTMX)
    again = stock.desk.browser.post(path, fields)

    assert "Add to queue" in before
    assert 'waiting</span> in <a class="link"' in words(part)
    assert again["Location"] == f"/traces/{trace.pk}#queues"
    assert QueueItem.objects.count() == 1


def test_only_owners_and_members_add_from_the_page(stock: Stock) -> None:
    trace, fields = stock.traces[0], {"queue": str(stock.queue.pk)}
    desks = [stock.desk.colleague(Role.VIEWER), stock.desk.colleague(Role.REVIEWER), Desk()]

    found = [each.browser.post(f"/traces/{trace.pk}/queue", fields).status_code for each in desks]

    assert found == [403, 404, 404]
    assert "Add to queue" not in desks[0].open(trace).text
    assert not stock.inside


def test_a_reviewer_is_not_told_of_queues(stock: Stock) -> None:
    stock.fill(do="picked", id=str(stock.traces[0].pk))

    page = stock.desk.colleague(Role.REVIEWER).open(stock.traces[0])

    assert page.status_code == 200
    assert 'id="queues"' not in page.text


def test_the_list_takes_as_many_queries_for_many_queues(stock: Stock) -> None:
    with CaptureQueriesContext(connection) as one:
        stock.desk.browser.get("/traces")
    for _ in range(4):
        factories.queue(stock.desk.access, stock.traces[0].project_id)
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
