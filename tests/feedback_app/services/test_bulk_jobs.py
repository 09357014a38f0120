"""One action on all that a list finds, by a job."""

from typing import Any
from uuid import uuid4

import pytest

from feedback_app.services import bulk_actions, bulk_jobs
from feedback_app.services.bulk_actions import Action, Outcome, Verb
from tests import factories
from tests.feedback_app.desk import Desk
from traces_app import normal_form
from traces_app.errors import Forbidden, Invalid, NotFound
from traces_app.models import Job, Membership, Role, Score, Trace
from traces_app.services import jobs, traces
from traces_app.work import attempts
from traces_app.work.registry import JobRun

pytestmark = pytest.mark.django_db

TAG = Action(Verb.TAG, tag="hot")


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    access = desk.access
    traces.ingest(access=access, sent=[factories.sent_trace() for _ in range(12)])
    return desk


def ask(desk: Desk, action: Action = TAG, query: str = "") -> Job:
    return bulk_jobs.ask(access=desk.access, action=action, query=query, token=uuid4())


def work(job: Job) -> dict[str, Any]:
    """One attempt; what came of the job so far."""
    claimed = jobs.claim(lane=Job.Lane.LONG)
    assert claimed is not None
    attempts.run(claimed, {bulk_jobs.KIND: bulk_jobs.run}, lambda: None)
    job.refresh_from_db()
    so_far: dict[str, Any] = normal_form.load(job.result or job.checkpoint or "{}")
    return so_far


def tagged() -> int:
    return Trace.objects.filter(tags='["hot"]').count()


def test_all_are_done_in_batches_from_the_newest_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_jobs, "FIRST_BATCH", 2)
    monkeypatch.setattr(bulk_jobs, "LARGEST_BATCH", 5)
    met: list[Any] = []
    perform = bulk_actions.perform

    def watched(**asked: Any) -> Outcome:
        met.append(asked["ids"])
        return perform(**asked)

    monkeypatch.setattr(bulk_actions, "perform", watched)
    result = work(ask(desk))

    flat = [pk for ids in met for pk in ids]
    assert (result["done"], tagged(), max(map(len, met)) <= 5) == (12, 12, True)
    assert flat == sorted(flat, reverse=True)
    assert len(met[0]) == 2


def test_what_arrives_after_it_was_asked_for_is_left_alone(desk: Desk) -> None:
    job = ask(desk)
    late = desk.trace()

    result = work(job)

    late.refresh_from_db()
    assert (result["done"], late.tags) == (12, None)


def test_a_later_attempt_goes_on_where_the_first_was_cut(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_jobs, "FIRST_BATCH", 4)
    job = ask(desk)
    perform, calls = bulk_actions.perform, iter((True, False))

    def cut(**asked: Any) -> Outcome:
        if not next(calls):
            raise RuntimeError("the lights went out")
        return perform(**asked)

    monkeypatch.setattr(bulk_actions, "perform", cut)
    first = work(job)
    monkeypatch.setattr(bulk_actions, "perform", perform)
    Job.objects.update(run_after=job.created_at)
    second = work(job)

    assert (first["done"], tagged()) == (4, 12)
    assert (second["done"], second["there"], job.state) == (12, 0, Job.State.DONE)


def test_it_ends_when_the_one_who_asked_may_no_more(desk: Desk) -> None:
    job = ask(desk)
    Membership.objects.update(role=Role.VIEWER)

    work(job)

    assert (job.state, tagged()) == (Job.State.FAILED, 0)
    assert "only owners and members may" in job.error


def test_it_ends_when_the_one_who_asked_has_left(desk: Desk) -> None:
    job = ask(desk)
    Membership.objects.all().delete()

    work(job)

    assert (job.state, job.error) == (
        Job.State.FAILED,
        "Who asked for this has left the workspace.",
    )


def test_a_running_one_is_cancelled_at_its_next_step(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_jobs, "FIRST_BATCH", 4)
    job = ask(desk)
    go_on = JobRun.go_on

    def cancelled_meanwhile(job_run: JobRun) -> None:
        if job_run.checkpoint:
            jobs.call_off(access=desk.access, job_id=job.pk)
        go_on(job_run)

    monkeypatch.setattr(JobRun, "go_on", cancelled_meanwhile)
    so_far = work(job)

    assert (job.state, so_far["done"], tagged()) == (Job.State.CANCELLED, 4, 4)
    assert jobs.claim(lane=Job.Lane.LONG) is None


def test_what_no_longer_matches_because_of_it_is_no_hurdle(desk: Desk) -> None:
    score = Action(Verb.SCORE, value=Score(value=1).value)

    result = work(ask(desk, score, "scored=no"))

    assert (result["done"], Trace.objects.filter(score=1).count()) == (12, 12)


def test_refused_ones_are_counted_and_the_first_are_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_jobs, "TOLD", 3)

    result = work(ask(desk, Action(Verb.DATASET)))

    assert (result["done"], result["refused"], len(result["first_refused"])) == (0, 12, 3)
    assert "has no score" in result["first_refused"][0][1]


def test_full_tags_and_other_projects_are_refused_one_by_one(desk: Desk) -> None:
    full = desk.trace(tags=normal_form.dump([f"t{n}" for n in range(50)]))
    elsewhere = desk.trace(project=desk.project("elsewhere"))
    queue = factories.queue(desk.access, full.project_id)

    tags = bulk_actions.perform(access=desk.access, action=TAG, ids=[full.pk, elsewhere.pk])
    to_queue = Action(Verb.QUEUE, target=queue.pk)
    items = bulk_actions.perform(access=desk.access, action=to_queue, ids=[full.pk, elsewhere.pk])

    assert (tags.done, tags.refused) == (1, {full.pk: "It has 50 tags already."})
    assert (items.done, items.refused) == (1, {elsewhere.pk: "It is of another project."})


def test_who_may_not_asks_for_nothing(desk: Desk) -> None:
    for role in (Role.VIEWER, Role.REVIEWER):
        with pytest.raises(Forbidden):
            ask(desk.colleague(role))
    with pytest.raises(NotFound):
        ask(desk, Action(Verb.QUEUE, target=uuid4()))
    with pytest.raises(Invalid):
        ask(desk, query="min=abc")

    assert not Job.objects.exists()


def test_a_list_of_another_project_than_the_queue_is_refused(desk: Desk) -> None:
    queue = factories.queue(desk.access, desk.project("elsewhere").pk)
    home = Trace.objects.values_list("project_id", flat=True)[0]

    with pytest.raises(Invalid, match="another project"):
        ask(desk, Action(Verb.QUEUE, target=queue.pk), f"project={home}")


def test_every_action_survives_being_kept() -> None:
    for verb in Verb:
        action = Action(verb, target=uuid4(), tag="x", name="Tone", reason=None)

        assert Action.read(normal_form.load(normal_form.dump(action.payload()))) == action
