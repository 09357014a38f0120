"""What is done to picked rows of the list, and to all that it finds."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from feedback_app.jobs import REGISTRY
from feedback_app.models import Datapoint
from tests import factories
from tests.feedback_app.desk import HTMX, Desk, words
from traces_app.models import AnnotationQueue, AuditEvent, Job, QueueItem, Role, Score, Trace
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

    def do(self, do: str, by: Desk | None = None, query: str = "", **fields: Any) -> Any:
        """To the first two rows, unless ``fields`` say otherwise."""
        sent = {"do": do, "id": [str(each.pk) for each in self.traces[:2]]} | fields
        return (by or self.desk).browser.post(f"/traces/do?{query}", sent)

    def to_queue(self, **fields: Any) -> Any:
        return self.do("queue", queue=str(self.queue.pk), **fields)

    def to_threads(self, **fields: Any) -> Any:
        return self.do("thread", threads=str(self.queue.pk), **fields)

    def told(self, answer: Any) -> str:
        return words(self.desk.browser.get(answer["Location"]))

    @property
    def inside(self) -> set[UUID]:
        return set(QueueItem.objects.values_list("entity_id", flat=True))


@pytest.fixture
def stock() -> Stock:
    return Stock()


def run_all() -> None:
    while job := jobs.claim(lane=Job.Lane.LONG):
        attempts.run(job, REGISTRY.handlers, lambda: None)


def test_picked_rows_are_added_to_a_queue_once(stock: Stock) -> None:
    first = stock.to_queue(query="tag=hot")
    second = stock.to_queue()

    assert first["Location"] == "/traces?tag=hot"
    assert stock.inside == {each.pk for each in stock.traces[:2]}
    assert "0 added, 2 were in it already." in stock.told(second)
    stock.queue.refresh_from_db()
    assert stock.queue.item_count == 2


def test_picked_rows_are_tagged_and_untagged(stock: Stock) -> None:
    tagged = stock.told(stock.do("tag", tag=" hot "))
    untagged = stock.told(stock.do("untag", tag="hot"))

    assert "Tag “hot”: 1 tagged, 1 had it already." in tagged
    assert "Take off the tag “hot”: 2 untagged." in untagged
    told = AuditEvent.objects.filter(action__in=("trace.tag", "trace.untag")).order_by("pk")
    assert [each.action for each in told] == ["trace.tag", "trace.untag", "trace.untag"]
    assert "tagged it" in words(stock.desk.open(stock.traces[1]))


def test_picked_rows_get_a_verdict_or_a_score_of_a_name(stock: Stock) -> None:
    stock.do("score", value="0.8", reason="Fits.")
    stock.do("score", value="3", name="Tone")

    stock.traces[0].refresh_from_db()
    assert (stock.traces[0].score, stock.traces[0].feedback) == (Decimal("0.8"), "Fits.")
    assert Score.objects.filter(name="Tone", value=3).count() == 2


def test_picked_rows_are_added_to_the_default_dataset_by_its_rule(stock: Stock) -> None:
    stock.desk.score(stock.traces[0], "0.9")

    told = stock.told(stock.do("dataset"))

    assert Datapoint.objects.get().trace_id == stock.traces[0].pk
    assert "1 added, 1 refused (The trace has no score and no correction" in told


def test_htmx_gets_the_list_with_what_came_of_it(stock: Stock) -> None:
    sent = {"do": "tag", "tag": "x", "id": str(stock.traces[0].pk)}

    part = stock.desk.browser.post("/traces/do", sent, headers=HTMX, follow=True)

    assert part.text.lstrip().startswith('<div id="traces"')
    assert "Tag “x”: 1 tagged." in part.text


def test_all_that_match_are_done_by_a_job_with_a_page(stock: Stock) -> None:
    answer = stock.to_queue(all="1", query="tag=hot", token=str(uuid4()))
    before = stock.told(answer)
    offered = stock.desk.browser.get("/traces").text
    run_all()

    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}"
    assert "waiting" in before
    assert f'hx-get="/jobs/{job.pk}"' in before
    assert f'href="/jobs/{job.pk}"' in offered
    assert stock.inside == {stock.traces[0].pk, stock.traces[2].pk}
    assert "2 matched: 2 added." in stock.told(answer)


def test_scoring_all_is_asked_first_with_the_number(stock: Stock) -> None:
    sent: dict[str, Any] = {"all": "1", "value": "1", "reason": "Good.", "query": "tag=hot"}
    page = stock.do("score", **sent)
    part = stock.desk.browser.post(
        "/traces/do?tag=hot", {"do": "score", "value": "1", "all": "1"}, headers=HTMX
    )

    assert "Score 1: 2 traces?" in words(page)
    assert '<input type="hidden" name="reason" value="Good.">' in page.text
    assert part.text.lstrip().startswith('<div id="traces"')
    assert not Job.objects.exists()
    stock.do("score", **sent, confirmed="1")
    run_all()
    assert Trace.objects.filter(score=1).count() == 2


def test_an_impatient_press_is_one_job(stock: Stock) -> None:
    token = str(uuid4())

    answers = {stock.to_queue(all="1", token=token)["Location"] for _ in range(2)}

    assert len(answers) == Job.objects.count() == 1


@pytest.mark.parametrize("fields", [{}, {"all": "1"}])
@pytest.mark.parametrize("do", ["queue", "thread", "dataset", "tag", "untag", "score"])
def test_only_owners_and_members_may(stock: Stock, do: str, fields: dict[str, Any]) -> None:
    queue = str(stock.queue.pk)
    sent = {"queue": queue, "threads": queue, "tag": "x", "value": "1"} | fields
    roles = (Role.VIEWER, Role.REVIEWER)

    refused = [stock.do(do, stock.desk.colleague(role), **sent).status_code for role in roles]

    assert refused == [403, 404]
    assert not any(model.objects.exists() for model in (Job, QueueItem, Score))


def test_a_stranger_changes_nothing(stock: Stock) -> None:
    stranger = Desk(Role.OWNER)

    for do in ("dataset", "tag", "score"):
        stock.do(do, stranger, tag="x", value="1")

    assert stock.to_queue(by=stranger).status_code == 404
    assert stock.to_threads(by=stranger).status_code == 404
    assert not AuditEvent.objects.filter(actor=stranger.person).exists()


def test_nobody_is_sent_to_sign_in(stock: Stock) -> None:
    stock.desk.browser.logout()

    assert stock.do("tag", tag="x")["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("do", "fields", "said"),
    [
        ("tag", {"tag": "x", "id": []}, "Pick at least one row."),
        ("tag", {"tag": "x", "id": [str(UUID(int=7))]}, "None of these is there any more."),
        ("tag", {}, "Write a tag."),
        ("tag", {"tag": "x" * 101}, "at most 100 characters"),
        ("tag", {"tag": "a\x00b"}, "Null characters are not allowed."),
        ("score", {}, "Give a score."),
        ("score", {"value": "good"}, "A score is a number"),
        ("score", {"value": "1.5"}, "A verdict is a number from 0 to 1."),
        ("queue", {}, "Choose a queue."),
        ("thread", {}, "Choose a queue of conversations."),
        ("queue", {"queue": "zz"}, "Enter a valid UUID."),
        ("", {}, "Say what shall be done"),
        ("burn", {}, "Say what shall be done"),
        ("tag", {"tag": "x", "all": "1", "query": "min=abc"}, "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said(
    stock: Stock, do: str, fields: dict[str, Any], said: str
) -> None:
    answer = stock.do(do, **fields)

    assert said in words(stock.desk.browser.get("/traces"))
    assert answer.status_code == 302
    assert not Job.objects.exists()


@pytest.mark.parametrize("sent", [{"id": ["zz"]}, {"id": ["a\x00"]}, {"id": [""]}])
def test_ids_that_are_none_are_not_found(stock: Stock, sent: dict[str, Any]) -> None:
    assert stock.do("tag", tag="x", **sent).status_code == 404


def test_a_queue_of_threads_takes_each_conversation_once() -> None:
    stock = Stock("thread")
    talks = [stock.desk.trace(thread_id=name) for name in ("one", "two", "one")]
    picked = [str(each.pk) for each in (*talks, stock.traces[0])]

    first = stock.told(stock.to_threads(id=picked))
    second = stock.told(stock.to_threads(id=picked[:2]))

    assert "2 conversations added, 1 came with another or was in it, 1 refused" in first
    assert "(It is of no conversation.)" in first
    assert "0 conversations added, 2 came with others or were in it." in second
    assert stock.inside == {factories.thread_of(each).pk for each in talks[:2]}
    assert "Add conversations" in stock.desk.browser.get("/traces").text


def test_traces_of_no_conversation_leave_a_queue_of_threads_empty() -> None:
    stock = Stock("thread")

    told = stock.told(stock.to_threads())

    assert "0 conversations added, 2 refused (It is of no conversation.)" in told
    assert not stock.inside


@pytest.mark.parametrize(
    ("scope", "do", "field"),
    [
        ("thread", "queue", "queue"),
        ("pair", "queue", "queue"),
        ("trace", "thread", "threads"),
        ("pair", "thread", "threads"),
        ("trace", "pair", "pairs"),
        ("thread", "pair", "pairs"),
    ],
)
def test_a_queue_of_another_kind_is_refused(scope: str, do: str, field: str) -> None:
    stock = Stock(scope)
    sent: dict[str, Any] = {field: str(stock.queue.pk)}
    every: tuple[dict[str, Any], ...] = ({}, {"all": "1"})

    told = [stock.told(stock.do(do, **sent, **more)) for more in every]

    assert all(f"This queue takes {scope}s, not" in each for each in told)
    assert not stock.inside


@pytest.mark.parametrize("do", ["queue", "dataset"])
def test_a_target_of_nobody_is_not_found(stock: Stock, do: str) -> None:
    sent: dict[str, Any] = {do: str(UUID(int=9))}

    assert stock.do(do, **sent).status_code == 404
    assert stock.do(do, all="1", **sent).status_code == 404


def test_the_list_offers_what_can_be_done_to_writers_only(stock: Stock) -> None:
    text = stock.desk.browser.get("/traces").text
    read = stock.desk.colleague(Role.VIEWER).browser.get("/traces").text

    assert f'<option value="{stock.queue.pk}">Warranty' in text
    assert text.count("data-pick>") == 5
    assert "data-pick>" not in read
    assert 'id="picked"' not in read
