"""The worker as a process, and what can befall it."""

import os
import signal
import time

import pytest
from django.db import connection, transaction

from tests.job_kinds import effects_of
from tests.workers import StartWorker, children_of, kill_hard, wait_until
from traces_app.models import Job, OutboxRow
from traces_app.services import jobs, outbox

pytestmark = pytest.mark.process

KINDS = "tests.job_kinds"

State = Job.State


def effect(seconds: float = 0, lane: Job.Lane = Job.Lane.SHORT) -> Job:
    return jobs.enqueue(kind="effect", payload={"seconds": seconds}, lane=lane)


def is_in(state: Job.State, *given: Job) -> bool:
    ids = [job.pk for job in given]
    return Job.objects.filter(pk__in=ids, state=state).count() == len(ids)


def test_job_whose_process_is_killed_runs_again_and_counts_once(start_worker: StartWorker) -> None:
    worker = start_worker(KINDS)
    job = effect(seconds=60)
    wait_until(lambda: is_in(State.RUNNING, job))

    for pid in children_of(worker):
        kill_hard(pid)

    wait_until(lambda: is_in(State.DONE, job))
    job.refresh_from_db()
    assert job.attempts == 2
    assert effects_of(job) == 1


def test_job_of_a_killed_worker_is_done_once_by_the_next(start_worker: StartWorker) -> None:
    first = start_worker(KINDS)
    job = effect(seconds=60, lane=Job.Lane.LONG)
    wait_until(lambda: is_in(State.RUNNING, job))
    orphans = children_of(first)
    first.kill()
    first.wait()

    start_worker(KINDS)

    wait_until(lambda: is_in(State.DONE, job))
    job.refresh_from_db()
    assert job.attempts == 2
    assert effects_of(job) == 1
    assert not any(is_running(pid) for pid in orphans)


def test_two_workers_do_each_of_fifty_jobs_once(start_worker: StartWorker) -> None:
    start_worker(KINDS)
    start_worker(KINDS)
    given = [effect(seconds=0.02) for _ in range(50)]

    wait_until(lambda: is_in(State.DONE, *given))

    assert {effects_of(job) for job in given} == {1}
    assert set(Job.objects.filter(kind="effect").values_list("attempts", flat=True)) == {1}


def test_short_jobs_do_not_wait_for_a_long_one(start_worker: StartWorker) -> None:
    start_worker(KINDS)
    long = effect(seconds=60, lane=Job.Lane.LONG)
    wait_until(lambda: is_in(State.RUNNING, long))

    short = [effect() for _ in range(5)]

    wait_until(lambda: is_in(State.DONE, *short))
    assert is_in(State.RUNNING, long)


def test_job_that_kills_its_process_ends_failed(start_worker: StartWorker) -> None:
    job = jobs.enqueue(kind="poison", payload={})
    Job.objects.filter(pk=job.pk).update(max_attempts=2)
    start_worker(KINDS)

    wait_until(lambda: is_in(State.FAILED, job))

    job.refresh_from_db()
    assert job.attempts == 2
    assert job.error == "Its process died of SIGKILL."


def test_hung_job_is_ended_and_the_next_one_done(start_worker: StartWorker) -> None:
    hung = jobs.enqueue(kind="hang", payload={})
    Job.objects.filter(pk=hung.pk).update(max_attempts=1)
    start_worker(KINDS, JOB_QUIET_SECONDS="1")
    next_one = effect()

    wait_until(lambda: is_in(State.FAILED, hung) and is_in(State.DONE, next_one))

    hung.refresh_from_db()
    assert "no sign of life" in hung.error


def test_job_longer_than_its_lease_is_not_run_twice(start_worker: StartWorker) -> None:
    start_worker(KINDS, JOB_LEASE_SECONDS="1")
    start_worker(KINDS, JOB_LEASE_SECONDS="1")
    job = effect(seconds=2.5)

    wait_until(lambda: is_in(State.DONE, job))

    job.refresh_from_db()
    assert job.attempts == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_stop_lets_a_running_job_end(start_worker: StartWorker, how: signal.Signals) -> None:
    worker = start_worker(KINDS)
    job = effect(seconds=1.5)
    wait_until(lambda: is_in(State.RUNNING, job))

    os.killpg(worker.pid, how)  # to all of them, as Ctrl-C does

    assert worker.wait(timeout=20) == 0
    assert is_in(State.DONE, job)


def test_stop_cuts_a_job_short_in_the_end_and_gives_it_back(start_worker: StartWorker) -> None:
    worker = start_worker(KINDS, JOB_STOP_SECONDS="1")
    job = effect(seconds=60)
    wait_until(lambda: is_in(State.RUNNING, job))

    worker.terminate()

    assert worker.wait(timeout=20) == 0
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.WAITING, 0)


def test_killed_idle_child_is_replaced(start_worker: StartWorker) -> None:
    worker = start_worker(KINDS)
    wait_until(lambda: len(children_of(worker)) == 2)
    before = children_of(worker)

    for pid in before:
        kill_hard(pid)

    wait_until(lambda: len(set(children_of(worker)) - set(before)) == 2)
    job = effect()
    wait_until(lambda: is_in(State.DONE, job))


def test_worker_outlives_a_locked_database(start_worker: StartWorker) -> None:
    worker = start_worker(KINDS, SQLITE_TIMEOUT="2")
    running, waiting = effect(seconds=1), effect()
    wait_until(lambda: is_in(State.RUNNING, running))

    with transaction.atomic(), connection.cursor() as cursor:  # on SQLite this is a lock
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE traces_app_job IN ACCESS EXCLUSIVE MODE")
        time.sleep(10)

    wait_until(lambda: is_in(State.DONE, running, waiting))
    assert worker.poll() is None
    assert (effects_of(running), effects_of(waiting)) == (1, 1)


def test_periodic_job_is_not_run_again_by_a_restart(start_worker: StartWorker) -> None:
    first = start_worker(KINDS)
    wait_until(lambda: Job.objects.filter(kind="tick", finished_at__isnull=False).exists())
    tick = Job.objects.get(kind="tick")
    first.terminate()
    first.wait()

    start_worker(KINDS)
    job = effect()
    wait_until(lambda: is_in(State.DONE, job))

    assert effects_of(tick) == 1


def test_worker_empties_the_outbox(start_worker: StartWorker) -> None:
    job = effect()
    outbox.write(project_id=job.pk, trace_ids=[job.pk])

    start_worker(KINDS)

    wait_until(lambda: not OutboxRow.objects.exists())


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as status:
            return status.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
