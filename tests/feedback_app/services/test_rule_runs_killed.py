"""Rules of queues in the hands of a worker process that is killed."""

from decimal import Decimal
from uuid import uuid4

import pytest

from feedback_app.models import QueueRuleRun
from feedback_app.services import queue_rules
from feedback_app.services.queue_rules import Settings
from tests import factories
from tests.workers import StartWorker, children_of, kill_hard, wait_until
from traces_app.models import Job, Project, QueueItem
from traces_app.services import outbox, traces

pytestmark = pytest.mark.process

MANY = 4_000


def test_a_run_over_what_is_there_outlives_its_worker_and_adds_each_once(
    start_worker: StartWorker,
) -> None:
    access = factories.access()
    traces.ingest(access=access, sent=[factories.sent_trace("much") for _ in range(MANY)])
    outbox.drain([], limit=MANY)  # before there is a rule
    queue = factories.queue(access, Project.objects.get().pk)
    half = Settings(query="", percent=Decimal(50))
    rule = queue_rules.create(access=access, queue_id=queue.pk, settings=half)
    job = queue_rules.ask_backfill(access=access, queue_id=queue.pk, rule_id=rule.pk, token=uuid4())
    runs = QueueRuleRun.objects.filter(job_id=job.pk)
    worker = start_worker()

    wait_until(lambda: runs.get().place is not None)
    for pid in children_of(worker):
        kill_hard(pid)

    wait_until(lambda: runs.get().is_over, seconds=90)
    run = runs.get()
    wait_until(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE)
    assert (run.looked_at, run.matched) == (MANY, MANY)
    assert QueueItem.objects.count() == run.added == run.chosen
    queue.refresh_from_db()
    assert queue.item_count == run.added
