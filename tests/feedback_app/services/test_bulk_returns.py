"""What a job did to many traces, taken back by another."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from feedback_app.models import BulkChange, Datapoint
from feedback_app.services import (
    bulk_actions,
    bulk_changes,
    bulk_jobs,
    bulk_returns,
    corrections,
    datapoints,
    datasets,
    reviews,
)
from feedback_app.services.bulk_actions import Action, Verb
from tests import factories
from tests.feedback_app.desk import Desk
from traces_app import normal_form
from traces_app.errors import Conflict, Forbidden, NotFound
from traces_app.models import AuditEvent, Job, Membership, QueueItem, Role, Score, ScoreMean, Trace
from traces_app.services import jobs, queue_items, queues, reservations, trace_tags, traces
from traces_app.work import attempts

pytestmark = pytest.mark.django_db

TAG = Action(Verb.TAG, tag="hot")
SCORE = Action(Verb.SCORE, value=Decimal("0.9"))
HANDLERS = {bulk_jobs.KIND: bulk_jobs.run, bulk_returns.KIND: bulk_returns.run}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def work(job: Job) -> dict[str, Any]:
    claimed = jobs.claim(lane=Job.Lane.LONG)
    assert claimed is not None
    attempts.run(claimed, HANDLERS, lambda: None)
    job.refresh_from_db()
    so_far: dict[str, Any] = normal_form.load(job.result or job.checkpoint or "{}")
    so_far.pop("home", None)
    return so_far


def done(desk: Desk, action: Action) -> Job:
    """A job that did this to all traces."""
    job = bulk_jobs.ask(access=desk.access, action=action, query="", token=uuid4())
    work(job)
    return job


def back(desk: Desk, job: Job) -> dict[str, Any]:
    return work(bulk_returns.ask(access=desk.access, job_id=job.pk))


def test_a_tag_goes_where_the_job_had_put_it(desk: Desk) -> None:
    had, bare = desk.trace(tags='["hot"]'), desk.trace(tags='["cold"]')

    result = back(desk, done(desk, TAG))

    had.refresh_from_db()
    bare.refresh_from_db()
    assert (had.tags, bare.tags, result) == ('["hot"]', '["cold"]', {"back": 1, "left": 0})
    assert not BulkChange.objects.exists()


def test_a_tag_that_was_taken_off_is_put_on_again(desk: Desk) -> None:
    had, bare = desk.trace(tags='["hot"]'), desk.trace()

    back(desk, done(desk, Action(Verb.UNTAG, tag="hot")))

    had.refresh_from_db()
    bare.refresh_from_db()
    assert (had.tags, bare.tags) == ('["hot"]', None)


def test_what_was_changed_since_is_left_alone(desk: Desk) -> None:
    first, second = desk.trace(), desk.trace()
    tagged = done(desk, TAG)
    trace_tags.change(access=desk.access, ids=[first.pk], tag="hot", is_taken_off=True)
    scored = done(desk, SCORE)
    desk.score(second, "0.2")

    assert back(desk, tagged) == {"back": 1, "left": 1}
    assert back(desk, scored) == {"back": 1, "left": 1}
    assert Score.objects.get().value == Decimal("0.2")


def test_own_scores_are_what_they_were_and_others_stay(desk: Desk) -> None:
    fresh, judged = desk.trace(), desk.trace()
    desk.score(judged, "0.4", "cold")
    said_at = Score.objects.get().last_updated_at
    other = desk.colleague()
    other.score(judged, "0.6")

    back(desk, done(desk, SCORE))

    mine = Score.objects.get(author=desk.person)
    assert (mine.value, mine.reason, mine.last_updated_at) == (Decimal("0.4"), "cold", said_at)
    assert ScoreMean.objects.get().value == Decimal("0.5")
    scores = dict(Trace.objects.values_list("pk", "score"))
    assert scores == {fresh.pk: None, judged.pk: Decimal("0.6")}
    assert AuditEvent.objects.filter(action="score.delete").get().entity_id == fresh.pk


def test_it_is_done_once(desk: Desk) -> None:
    desk.trace()
    job = done(desk, TAG)
    back(desk, job)

    with pytest.raises(Conflict):
        bulk_returns.ask(access=desk.access, job_id=job.pk)


def test_a_later_attempt_goes_on_where_the_first_was_cut(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_jobs, "FIRST_BATCH", 2)
    for _ in range(5):
        desk.trace()
    job = bulk_returns.ask(access=desk.access, job_id=done(desk, TAG).pk)
    change, calls = trace_tags.change, iter((True, False))

    def cut(**asked: Any) -> Any:
        if not next(calls):
            raise RuntimeError("the lights went out")
        return change(**asked)

    monkeypatch.setattr(trace_tags, "change", cut)
    first = work(job)
    left = Trace.objects.filter(tags='["hot"]').count()
    monkeypatch.setattr(trace_tags, "change", change)
    Job.objects.update(run_after=job.created_at)

    assert (first["back"], left) == (2, 3)
    assert work(job) == {"back": 5, "left": 0}
    assert not Trace.objects.filter(tags='["hot"]').exists()


def test_a_job_that_was_cut_is_taken_back_as_far_as_it_came(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_jobs, "FIRST_BATCH", 2)
    for _ in range(5):
        desk.trace()
    job = bulk_jobs.ask(access=desk.access, action=TAG, query="", token=uuid4())
    perform = bulk_actions.perform

    def once(**asked: Any) -> Any:
        jobs.call_off(access=desk.access, job_id=job.pk)
        return perform(**asked)

    monkeypatch.setattr(bulk_actions, "perform", once)
    work(job)

    assert job.state == Job.State.CANCELLED
    assert back(desk, job) == {"back": 2, "left": 0}


def test_a_score_is_taken_back_by_its_author_and_a_tag_by_owners_too(desk: Desk) -> None:
    desk.trace()
    scored, tagged = done(desk, SCORE), done(desk, TAG)
    owner, member = desk.colleague(Role.OWNER), desk.colleague()

    for person, job in ((owner, scored), (member, scored), (member, tagged), (Desk(), tagged)):
        with pytest.raises(NotFound):
            bulk_returns.ask(access=person.access, job_id=job.pk)
    with pytest.raises(Forbidden):
        bulk_returns.ask(access=desk.colleague(Role.VIEWER).access, job_id=tagged.pk)
    assert back(owner, tagged)["back"] == 1


def test_what_runs_still_or_keeps_nothing_is_not_taken_back(desk: Desk) -> None:
    desk.trace()
    waiting = bulk_jobs.ask(access=desk.access, action=TAG, query="", token=uuid4())

    with pytest.raises(NotFound):
        bulk_returns.ask(access=desk.access, job_id=waiting.pk)
    work(waiting)
    again = done(desk, TAG)
    deleted = done(desk, Action(Verb.DELETE, target=uuid4()))

    for job in (again, deleted):
        with pytest.raises(NotFound):
            bulk_returns.ask(access=desk.access, job_id=job.pk)


def test_it_ends_when_the_one_who_asked_may_no_more(desk: Desk) -> None:
    trace = desk.trace()
    job = bulk_returns.ask(access=desk.access, job_id=done(desk, TAG).pk)
    Membership.objects.update(role=Role.VIEWER)

    work(job)

    trace.refresh_from_db()
    assert (job.state, trace.tags) == (Job.State.FAILED, '["hot"]')


def test_a_trace_that_is_gone_or_moved_is_met_where_it_is(desk: Desk) -> None:
    gone, moved = desk.trace(), desk.trace()
    job, to = done(desk, TAG), desk.project("elsewhere")
    traces.delete(access=desk.access, ids=[gone.pk])
    traces.move(access=desk.access, trace_id=moved.pk, to=to)

    assert back(desk, job) == {"back": 1, "left": 0}


def test_traces_of_all_projects_go_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_jobs, "FIRST_BATCH", 2)
    monkeypatch.setattr(bulk_jobs, "LARGEST_BATCH", 2)
    for name in ("one", "two", "three"):
        home = desk.project(name)
        for trace in [desk.trace() for _ in range(3)]:
            traces.move(access=desk.access, trace_id=trace.pk, to=home)

    assert back(desk, done(desk, TAG)) == {"back": 9, "left": 0}
    assert not Trace.objects.filter(tags='["hot"]').exists()


def test_old_changes_are_forgotten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.trace()
    done(desk, TAG)

    assert bulk_changes.purge() == 0
    monkeypatch.setattr(bulk_changes, "KEPT", -bulk_changes.KEPT)
    assert bulk_changes.purge() == 1


class Filled:
    """A queue that a job has put four traces into, of which one was there already."""

    def __init__(self, desk: Desk) -> None:
        self.there = desk.trace()
        self.queue = factories.queue(desk.access, self.there.project_id, self.there)
        self.new = [desk.trace() for _ in range(3)]
        self.job = done(desk, Action(Verb.QUEUE, target=self.queue.pk))
        self.anna = desk.colleague(Role.REVIEWER).access

    @property
    def standing(self) -> set[UUID]:
        return set(QueueItem.objects.values_list("entity_id", flat=True))


def test_items_that_nobody_has_begun_leave_the_queue(desk: Desk) -> None:
    filled = Filled(desk)

    assert back(desk, filled.job) == {"back": 3, "left": 0}

    filled.queue.refresh_from_db()
    assert (filled.standing, filled.queue.item_count) == ({filled.there.pk}, 1)


def test_items_that_somebody_has_begun_stay(desk: Desk) -> None:
    filled = Filled(desk)
    held, drafted, again = filled.new
    here: dict[str, Any] = {"access": desk.access, "queue_id": filled.queue.pk}
    reservations.claim(access=filled.anna, queue_id=filled.queue.pk, entity_id=held.pk)
    reviews.keep_draft(access=filled.anna, queue=filled.queue, judged_id=drafted.pk, draft="{}")
    queue_items.remove(**here, entity_ids=[again.pk])
    queue_items.add(**here, entity_ids=[again.pk])

    assert back(desk, filled.job) == {"back": 0, "left": 3}

    assert filled.standing == {each.pk for each in (filled.there, *filled.new)}


def test_an_item_that_was_reviewed_stays_and_a_queue_that_is_gone_is_no_mistake(
    desk: Desk,
) -> None:
    first, second = Filled(desk), Filled(desk)
    factories.score(first.anna, first.new[0], 1, queue_id=first.queue.pk)
    queues.delete(access=desk.access, ids=[second.queue.pk])

    assert back(desk, first.job)["left"] == 1
    assert back(desk, second.job)["back"] == 0


def test_pairs_leave_their_queue(desk: Desk) -> None:
    trace = desk.trace()
    corrections.submit(access=desk.access, trace_id=trace.pk, output="Better.")
    queue = factories.queue(desk.access, trace.project_id, scope="pair")

    job = done(desk, Action(Verb.PAIR, target=queue.pk))

    assert back(desk, job) == {"back": 1, "left": 0}
    assert not QueueItem.objects.exists()


def test_conversations_come_in_once_and_leave_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_jobs, "FIRST_BATCH", 1)
    monkeypatch.setattr(bulk_jobs, "LARGEST_BATCH", 2)
    talks = [desk.trace(thread_id=name) for name in ("old", "new", "new", "begun", "old", "new")]
    desk.trace()
    old, new, _, begun, *_ = [factories.thread_of(each) for each in talks]
    queue = factories.queue(desk.access, old.project_id, old, scope="thread")

    job = done(desk, Action(Verb.THREAD, target=queue.pk))
    came = normal_form.load(job.result or "")
    assert (came["done"], came["there"], came["refused"]) == (2, 4, 1)
    assert set(QueueItem.objects.values_list("entity_id", flat=True)) == {old.pk, new.pk, begun.pk}

    reviews.keep_draft(access=desk.access, queue=queue, judged_id=begun.pk, draft="{}")
    assert back(desk, job) == {"back": 1, "left": 1}
    assert set(QueueItem.objects.values_list("entity_id", flat=True)) == {old.pk, begun.pk}


def test_datapoints_that_nobody_has_changed_leave_the_dataset(desk: Desk) -> None:
    plain, edited, moved = (desk.trace() for _ in range(3))
    for each in (plain, edited, moved):
        desk.score(each, "1")
    job = done(desk, Action(Verb.DATASET))
    points = {each.trace_id: each for each in Datapoint.objects.all()}
    datapoints.edit(access=desk.access, datapoint_id=points[edited.pk].pk, content='{"a":1}')
    datapoints.move(
        access=desk.access,
        dataset_id=points[moved.pk].dataset_id,
        ids=[points[moved.pk].pk],
        bucket=Datapoint.Bucket.TRAINING,
    )

    assert back(desk, job) == {"back": 1, "left": 2}

    marks = dict(Trace.objects.values_list("pk", "added_to_dataset"))
    assert marks == {plain.pk: False, edited.pk: True, moved.pk: True}
    assert set(Datapoint.objects.values_list("trace_id", flat=True)) == {edited.pk, moved.pk}


def test_a_trace_that_was_in_the_dataset_before_stays_in_it(desk: Desk) -> None:
    before, new = desk.trace(), desk.trace()
    for each in (before, new):
        desk.score(each, "1")
    datasets.add_trace(access=desk.access, trace_id=before.pk)

    back(desk, done(desk, Action(Verb.DATASET)))

    assert Datapoint.objects.get().trace_id == before.pk
