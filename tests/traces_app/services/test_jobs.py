from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from uuid_utils.compat import uuid7

from traces_app.models import AuditEvent, Face, Job
from traces_app.services import ended_jobs, jobs
from traces_app.services.jobs import LeaseLost

pytestmark = pytest.mark.django_db

State, Lane = Job.State, Job.Lane
HOUR = timedelta(hours=1)


def enqueued(key: str | None = None, **fields: Any) -> Job:
    job = jobs.enqueue(kind="test", payload={"n": 1}, key=key)
    change(job, **fields)
    return job


def claimed(**fields: Any) -> Job:
    enqueued(**fields)
    job = jobs.claim(lane=Lane.SHORT)
    assert job is not None
    return job


def change(job: Job, **fields: Any) -> None:
    if fields:
        Job.objects.filter(pk=job.pk).update(**fields)
        job.refresh_from_db()


def let_lease_run_out(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - HOUR)


class TestEnqueue:
    def test_job_waits_with_what_was_asked(self) -> None:
        job = jobs.enqueue(kind="test", payload={"name": "ü"}, lane=Lane.LONG)

        job.refresh_from_db()
        assert (job.state, job.lane, job.attempts) == (State.WAITING, Lane.LONG, 0)
        assert job.payload == '{"name":"ü"}'

    def test_same_key_gives_the_same_job(self) -> None:
        first = enqueued(key="once")

        assert enqueued(key="once").pk == first.pk

    def test_job_is_rolled_back_with_its_caller(self) -> None:
        with transaction.atomic():
            enqueued()
            transaction.set_rollback(True)

        assert not Job.objects.exists()


class TestClaim:
    def test_claimed_job_runs_under_a_lease_and_counts_the_attempt(self) -> None:
        job = claimed()

        job.refresh_from_db()
        assert (job.state, job.attempts) == (State.RUNNING, 1)
        assert job.lease_until is not None
        assert job.lease_until > timezone.now()

    def test_job_is_claimed_once(self) -> None:
        claimed()

        assert jobs.claim(lane=Lane.SHORT) is None

    def test_job_of_the_other_lane_is_left(self) -> None:
        enqueued(lane=Lane.LONG)

        assert jobs.claim(lane=Lane.SHORT) is None

    def test_job_of_later_is_left(self) -> None:
        enqueued(run_after=timezone.now() + HOUR)

        assert jobs.claim(lane=Lane.SHORT) is None

    def test_oldest_job_comes_first(self) -> None:
        enqueued()
        older = enqueued(run_after=timezone.now() - HOUR)

        assert jobs.claim(lane=Lane.SHORT) == older

    def test_job_whose_lease_ran_out_is_claimed_again(self) -> None:
        job = claimed()
        let_lease_run_out(job)

        again = jobs.claim(lane=Lane.SHORT)

        assert again is not None
        assert (again.pk, again.attempts) == (job.pk, 2)
        assert again.lease_token != job.lease_token

    @override_settings(JOBS_AT_ONCE={"asking": 2})
    def test_lane_with_places_gives_no_more_than_these(self) -> None:
        for _ in range(3):
            enqueued(lane=Lane.ASKING)
        first, second = (jobs.claim(lane=Lane.ASKING) for _ in range(2))

        assert first is not None
        assert second is not None
        assert {first.place, second.place} == {0, 1}
        assert jobs.claim(lane=Lane.ASKING) is None
        jobs.finish(job=first)
        assert jobs.claim(lane=Lane.ASKING) is not None

    @override_settings(JOBS_AT_ONCE={"asking": 1})
    def test_place_of_a_job_whose_lease_ran_out_goes_with_it(self) -> None:
        enqueued(lane=Lane.ASKING)
        lost = jobs.claim(lane=Lane.ASKING)
        enqueued(lane=Lane.ASKING)
        assert lost is not None
        let_lease_run_out(lost)

        assert jobs.claim(lane=Lane.ASKING) == lost
        assert jobs.claim(lane=Lane.ASKING) is None

    @override_settings(JOBS_AT_ONCE={"asking": 1})
    def test_place_that_another_worker_took_at_the_same_moment_is_left_to_it(self) -> None:
        enqueued(lane=Lane.ASKING)
        mine = enqueued(lane=Lane.ASKING)
        mine.place = 0
        jobs.claim(lane=Lane.ASKING)

        assert not jobs._take(mine, timezone.now())

    def test_job_that_never_came_back_ends_failed(self) -> None:
        job = claimed(max_attempts=1)
        let_lease_run_out(job)

        assert jobs.claim(lane=Lane.SHORT) is None
        job.refresh_from_db()
        assert job.state == State.FAILED
        assert "without a word" in job.error


class TestOutcome:
    def test_finished_job_is_done_with_its_result(self) -> None:
        job = claimed()

        jobs.finish(job=job, result='{"rows":3}')

        job.refresh_from_db()
        assert (job.state, job.result) == (State.DONE, '{"rows":3}')
        assert job.finished_at is not None

    def test_failed_attempt_waits_ten_seconds_then_twenty(self) -> None:
        waits = []
        job = claimed()
        for attempt in (1, 2):
            job.attempts = attempt
            jobs.fail(job=job, error="no luck")
            again = Job.objects.get()
            waits.append(round((again.run_after - timezone.now()).total_seconds()))
            change(again, run_after=timezone.now())
            job = jobs.claim(lane=Lane.SHORT) or job

        assert waits == [10, 20]

    def test_last_attempt_ends_failed_with_its_error(self) -> None:
        job = claimed(max_attempts=1)

        jobs.fail(job=job, error="no luck\x00")

        job.refresh_from_db()
        assert (job.state, job.error) == (State.FAILED, "no luck\ufffd")

    def test_final_failure_is_not_tried_again(self) -> None:
        job = claimed()

        jobs.fail(job=job, error="This cannot be done.", is_final=True)

        job.refresh_from_db()
        assert job.state == State.FAILED

    def test_overtaken_attempt_changes_nothing(self) -> None:
        overtaken = claimed()
        let_lease_run_out(overtaken)
        jobs.claim(lane=Lane.SHORT)

        for write in (jobs.finish, jobs.renew):
            with pytest.raises(LeaseLost):
                write(job=overtaken)
        with pytest.raises(LeaseLost):
            jobs.fail(job=overtaken, error="late")
        overtaken.refresh_from_db()
        assert (overtaken.state, overtaken.attempts) == (State.RUNNING, 2)

    def test_renewed_lease_lasts_longer(self) -> None:
        job = claimed()
        let_lease_run_out(job)

        jobs.renew(job=job)

        assert jobs.claim(lane=Lane.SHORT) is None

    def test_report_saves_the_progress(self) -> None:
        job = claimed()

        jobs.report(job=job, done=3, total=10)

        job.refresh_from_db()
        assert (job.progress_done, job.progress_total) == (3, 10)

    def test_released_job_waits_without_counting_the_attempt(self) -> None:
        job = claimed(attempts=2)

        jobs.release(job_id=job.pk, token=job.lease_token)

        job.refresh_from_db()
        assert (job.state, job.attempts) == (State.WAITING, 2)


class TestPeriodic:
    def test_periodic_kind_has_one_row_however_often_it_is_scheduled(self) -> None:
        jobs.schedule(periodic={"tick": HOUR})
        first = Job.objects.get()

        jobs.schedule(periodic={"tick": 2 * HOUR})

        again = Job.objects.get()
        assert (again.pk, again.run_after) == (first.pk, first.run_after)
        assert again.every_seconds == 7200

    def test_row_of_a_kind_that_is_gone_goes(self) -> None:
        enqueued()
        jobs.schedule(periodic={"tick": HOUR})

        jobs.schedule(periodic={})

        assert Job.objects.get().kind == "test"

    @pytest.mark.parametrize("is_good", [True, False])
    def test_periodic_job_waits_for_its_next_time_however_it_ended(self, is_good: bool) -> None:
        job = claimed(every_seconds=3600, max_attempts=1)

        if is_good:
            jobs.finish(job=job)
        else:
            jobs.fail(job=job, error="no luck")

        job.refresh_from_db()
        assert (job.state, job.attempts) == (State.WAITING, 0)
        assert job.run_after > timezone.now() + HOUR / 2


class TestRetryAndPurge:
    def test_failed_job_starts_over_and_who_asked_is_recorded(self) -> None:
        actor = uuid7()
        job = enqueued(state=State.FAILED, attempts=5, error="no luck")

        assert ended_jobs.retry(job_ids=[job.pk], actor_id=actor, face=Face.ADMIN) == 1

        assert jobs.claim(lane=Lane.SHORT) == job
        event = AuditEvent.objects.get()
        assert (event.action, event.actor_id, event.entity_id) == ("job.retry", actor, job.pk)

    def test_only_failed_jobs_are_retried(self) -> None:
        job = claimed()

        assert ended_jobs.retry(job_ids=[job.pk], actor_id=uuid7(), face=Face.ADMIN) == 0
        job.refresh_from_db()
        assert job.state == State.RUNNING

    def test_purge_removes_what_ended_long_ago(self) -> None:
        long_ago = timezone.now() - 365 * 24 * HOUR
        for state in (State.DONE, State.FAILED):
            enqueued(state=state, finished_at=long_ago)
        kept = {
            enqueued(state=State.DONE, finished_at=timezone.now()).pk,
            enqueued(state=State.WAITING, finished_at=long_ago).pk,
        }

        assert ended_jobs.purge() == 2
        assert set(Job.objects.values_list("pk", flat=True)) == kept
