"""A job over many traces whose process is killed half way."""

from collections import Counter
from uuid import uuid4

import pytest
from django.db import transaction

from feedback_app.services import bulk_jobs
from feedback_app.services.bulk_actions import Action, Verb
from tests import factories
from tests.workers import StartWorker, children_of, kill_hard, wait_until
from traces_app import normal_form
from traces_app.models import AuditEvent, Job, Trace
from traces_app.services import traces

pytestmark = pytest.mark.process

NUMBER = 600


def test_each_trace_counts_once_when_the_worker_is_killed(start_worker: StartWorker) -> None:
    access = factories.access()
    traces.ingest(access=access, sent=[factories.sent_trace() for _ in range(NUMBER)])
    tag = Action(Verb.TAG, tag="hot")
    job = bulk_jobs.ask(access=access, action=tag, query="", token=uuid4())
    worker = start_worker()
    wait_until(lambda: Job.objects.filter(pk=job.pk, progress_done__gt=0).exists())

    with transaction.atomic():  # which holds the job up, on either database
        Trace.objects.select_for_update().earliest("pk")
        for pid in children_of(worker):
            kill_hard(pid)
        job.refresh_from_db()
    reached = job.progress_done

    wait_until(lambda: Job.objects.filter(pk=job.pk, state=Job.State.DONE).exists(), 120)
    job.refresh_from_db()
    told = AuditEvent.objects.filter(action="trace.tag").values_list("entity_id", flat=True)
    assert 0 < reached < NUMBER
    assert normal_form.load(job.result)["done"] == NUMBER
    assert set(Counter(told).values()) == {1}
    assert len(told) == NUMBER
