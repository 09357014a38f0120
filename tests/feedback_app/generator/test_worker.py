"""Answers written by workers as processes, which are killed at it."""

from collections.abc import Callable

import pytest

from feedback_app.models import Datapoint
from tests.chat_endpoint import ChatEndpoint
from tests.feedback_app.desk import Desk
from tests.feedback_app.generator.asked import add, low, state
from tests.workers import StartWorker, children_of, kill_hard, wait_until
from traces_app.models import AuditEvent, Job

pytestmark = pytest.mark.process


def comes_true(fact: Callable[[], bool]) -> None:
    wait_until(fact, seconds=120)  # workers start slowly on a busy machine


def number_of(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()


def is_done() -> bool:
    return not Job.objects.filter(lane="asking").exclude(state="done").exists()


def test_an_answer_whose_worker_is_killed_in_the_middle_counts_once(
    start_worker: StartWorker, endpoint: ChatEndpoint
) -> None:
    desk = Desk()
    trace = low(desk)
    endpoint.may_answer.clear()
    first = start_worker(**endpoint.environment)
    add(desk, trace)
    comes_true(lambda: len(endpoint.asked) == 1)

    for pid in [*children_of(first), first.pid]:
        kill_hard(pid)
    endpoint.may_answer.set()
    start_worker(**endpoint.environment)

    comes_true(is_done)
    assert state(trace) == (True, "none", "")
    assert (Datapoint.objects.count(), number_of("trace.add_to_dataset")) == (1, 1)
    assert len(endpoint.asked) == 2


def test_all_workers_together_keep_to_the_bound_and_to_other_work(
    start_worker: StartWorker, endpoint: ChatEndpoint
) -> None:
    desk = Desk()
    for _ in range(2):
        start_worker(GENERATOR_AT_ONCE="2", **endpoint.environment)
    endpoint.may_answer.clear()
    for _ in range(6):
        add(desk, low(desk))
    comes_true(lambda: endpoint.most_at_once == 2)
    comes_true(lambda: Job.objects.filter(kind="jobs.purge", finished_at__isnull=False).exists())

    endpoint.may_answer.set()

    comes_true(is_done)
    assert (Datapoint.objects.count(), endpoint.most_at_once) == (6, 2)
