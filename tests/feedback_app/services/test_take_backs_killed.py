"""An import that is being taken back by a worker which is killed, with real processes."""

import pytest

from feedback_app.models import Datapoint, DatasetImport
from feedback_app.models.datasets import digest_of
from feedback_app.services import take_backs
from tests import factories
from tests.workers import StartWorker, children_of, kill_hard, wait_until
from traces_app.models import Job

pytestmark = pytest.mark.process

LINES = 3_000


def test_killed_taking_back_counts_each_datapoint_once(start_worker: StartWorker) -> None:
    access = factories.access()
    dataset = factories.dataset(factories.trace(access).project)
    task = DatasetImport.objects.create(
        project_id=dataset.project_id,
        dataset=dataset,
        file_name="all.csv",
        size=1,
        state="done",
        good=LINES,
        created_by_id=access.user_id,
    )
    contents = [f'{{"n":{number}}}' for number in range(LINES)]
    Datapoint.objects.bulk_create(
        Datapoint(
            project_id=dataset.project_id,
            dataset=dataset,
            content=content,
            made_digest=digest_of(content),
            import_id=task.pk,
            source="imported",
        )
        for content in contents
    )
    job = take_backs.ask(access=access, import_id=task.pk)
    worker = start_worker()

    wait_until(lambda: DatasetImport.objects.get(pk=task.pk).taken_back > 0)
    for pid in children_of(worker):
        kill_hard(pid)
    was_cut = Datapoint.objects.exists()
    wait_until(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE, seconds=120)

    task.refresh_from_db()
    assert was_cut
    assert (task.taken_back, task.kept, Datapoint.objects.count()) == (LINES, 0, 0)
