"""An export whose worker is killed in the middle, with real processes."""

import json
from uuid import uuid4

import pytest

from feedback_app.models import ListExport
from feedback_app.services import list_exports
from tests import factories
from tests.workers import StartWorker, children_of, kill_hard, wait_until
from traces_app.models import Face, Job
from traces_app.services import attachment_files, traces

pytestmark = pytest.mark.process

TRACES = 3_000


def test_killed_export_is_written_whole(start_worker: StartWorker) -> None:
    access = factories.access(face=Face.PAGE)
    sent = [factories.sent_trace(input=f'"{number}"') for number in range(TRACES)]
    traces.ingest(access=access, sent=sent)
    made = list_exports.ask(access=access, query="", form="jsonl", token=uuid4())
    worker = start_worker()

    wait_until(lambda: Job.objects.get(kind=list_exports.KIND).state == Job.State.RUNNING)
    for pid in children_of(worker):
        kill_hard(pid)
    was_cut = ListExport.objects.get(pk=made.pk).state == ListExport.State.MAKING
    wait_until(lambda: ListExport.objects.get(pk=made.pk).state == "ready", seconds=60)

    assert was_cut
    made.refresh_from_db()
    with attachment_files.opened(made.storage_name) as file:
        inputs = {json.loads(line)["input"] for line in file}
    assert made.rows == len(inputs) == TRACES
