from uuid import uuid4

import pytest
from django.db import transaction

from tests.job_kinds import REGISTRY, effects_of
from traces_app.models import Job
from traces_app.services import jobs
from traces_app.work import attempts
from traces_app.work.registry import JobRun, at_need

pytestmark = pytest.mark.django_db


def claimed(kind: str) -> Job:
    jobs.enqueue(kind=kind, payload={})
    job = jobs.claim(lane=Job.Lane.SHORT)
    assert job is not None
    return job


def run(kind: str) -> Job:
    """The job after one attempt."""
    job = claimed(kind)
    attempts.run(job, REGISTRY.handlers, lambda: None)
    job.refresh_from_db()
    return job


def test_what_the_handler_returns_is_the_result() -> None:
    job = run("count")

    assert (job.state, job.result) == (Job.State.DONE, "10")
    assert (job.progress_done, job.progress_total) == (10, 10)


def test_handler_is_found_by_its_path_when_a_job_needs_it() -> None:
    job = claimed("count")

    attempts.run(job, {"count": at_need("tests.job_kinds.count")}, lambda: None)

    job.refresh_from_db()
    assert (job.state, job.result) == (Job.State.DONE, "10")


def test_effect_and_outcome_commit_together() -> None:
    job = run("effect")

    assert (job.state, job.result) == (Job.State.DONE, '{"attempt":1}')
    assert effects_of(job) == 1


def test_effect_of_an_overtaken_attempt_is_rolled_back() -> None:
    job = claimed("effect")
    Job.objects.update(lease_token=uuid4())

    attempts.run(job, REGISTRY.handlers, lambda: None)

    assert effects_of(job) == 0
    assert Job.objects.get().state == Job.State.RUNNING


def test_error_is_kept_and_the_job_waits(caplog: pytest.LogCaptureFixture) -> None:
    job = run("error")

    assert (job.state, job.error) == (Job.State.WAITING, "ValueError: no such luck")
    assert "failed in attempt 1" in caplog.text


def test_refusal_is_final() -> None:
    job = run("refusal")

    assert (job.state, job.error) == (Job.State.FAILED, "This cannot be done.")


def test_unknown_kind_waits_for_a_worker_that_knows_it() -> None:
    job = run("unheard-of")

    assert job.state == Job.State.WAITING
    assert "no job of the kind unheard-of" in job.error


def test_fallen_attempt_fails_with_the_reason() -> None:
    job = claimed("effect")

    attempts.mark_fallen(job.pk, job.lease_token, "Its process died.")

    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.WAITING, "Its process died.")


def test_report_in_quick_succession_writes_once() -> None:
    job = claimed("count")
    signs: list[int] = []
    job_run = JobRun(job, lambda: signs.append(1))

    for done in range(5):
        job_run.report(done, 10)

    assert len(signs) == 1


def test_finish_within_a_rolled_back_transaction_leaves_the_job_running() -> None:
    job = claimed("effect")

    with transaction.atomic():
        JobRun(job).finish()
        transaction.set_rollback(True)

    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
