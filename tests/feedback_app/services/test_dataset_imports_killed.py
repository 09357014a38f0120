"""An import whose worker is killed in the middle, with real processes."""

import pytest

from feedback_app.example_files.mapping import Mapping, Reading
from feedback_app.models import Datapoint, DatasetImport
from feedback_app.services import dataset_imports
from tests import factories
from tests.workers import StartWorker, children_of, kill_hard, wait_until

pytestmark = pytest.mark.process

LINES = 6_000


def test_killed_import_ends_with_each_line_once(start_worker: StartWorker) -> None:
    access = factories.access()
    dataset = factories.dataset(factories.trace(access).project)
    content = b"q,a\n" + b"".join(b"Question %d?,x\n" % number for number in range(LINES))
    task = dataset_imports.upload(
        access=access, dataset_id=dataset.pk, file_name="all.csv", parts=[content]
    )
    mapping = Mapping(Reading.COLUMNS, question="q", answer="a")
    dataset_imports.start(access=access, import_id=task.pk, mapping=mapping, is_check=False)
    worker = start_worker()

    wait_until(lambda: DatasetImport.objects.get(pk=task.pk).good > 0)
    for pid in children_of(worker):
        kill_hard(pid)
    was_cut = DatasetImport.objects.get(pk=task.pk).is_going
    wait_until(lambda: not DatasetImport.objects.get(pk=task.pk).is_going, seconds=60)

    assert was_cut
    done = DatasetImport.objects.get(pk=task.pk)
    assert (done.state, done.good) == ("done", LINES)
    contents = Datapoint.objects.filter(dataset=dataset).values_list("content", flat=True)
    assert len(contents) == len(set(contents)) == LINES
