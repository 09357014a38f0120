"""An import taken back: what it added goes, what somebody has edited stays."""

import pytest

from feedback_app.example_files.mapping import Mapping, Reading
from feedback_app.jobs import REGISTRY
from feedback_app.models import Datapoint, Dataset, DatasetImport
from feedback_app.services import (
    datapoints,
    dataset_imports,
    named_datasets,
    snapshots,
    splits,
    take_backs,
)
from tests import factories
from traces_app.access import Access
from traces_app.errors import Conflict, Forbidden, NotFound
from traces_app.models import AuditEvent, Job, Membership, Role
from traces_app.services import jobs
from traces_app.work import attempts

pytestmark = pytest.mark.django_db

COLUMNS = Mapping(Reading.COLUMNS, question="q", answer="a")


@pytest.fixture
def access() -> Access:
    return factories.access()


@pytest.fixture
def dataset(access: Access) -> Dataset:
    return factories.dataset(factories.trace(access).project)


def imported(access: Access, dataset: Dataset, lines: int = 3) -> DatasetImport:
    """An import of so many examples that is through."""
    content = b"q,a\n" + b"".join(b"%d?,x\n" % number for number in range(lines))
    task = dataset_imports.upload(
        access=access, dataset_id=dataset.pk, file_name="all.csv", parts=[content]
    )
    dataset_imports.start(access=access, import_id=task.pk, mapping=COLUMNS, is_check=False)
    work()
    task.refresh_from_db()
    return task


def work() -> None:
    while job := jobs.claim(lane=Job.Lane.LONG):
        attempts.run(job, REGISTRY.handlers, lambda: None)


def take_back(access: Access, task: DatasetImport) -> Job:
    job = take_backs.ask(access=access, import_id=task.pk)
    work()
    job.refresh_from_db()
    task.refresh_from_db()
    return job


def edit(access: Access, point: Datapoint) -> None:
    datapoints.edit(access=access, datapoint_id=point.pk, content='{"better":true}')


def test_what_it_added_goes_and_nothing_else(access: Access, dataset: Dataset) -> None:
    before = factories.datapoint(dataset)
    task, other = imported(access, dataset), imported(access, dataset, 1)

    job = take_back(access, task)

    left = set(Datapoint.objects.values_list("pk", flat=True))
    assert left == {before.pk, Datapoint.objects.get(import_id=other.pk).pk}
    assert (task.taken_back, task.kept, job.progress_done) == (3, 0, 3)
    assert AuditEvent.objects.filter(action="datapoint.delete").count() == 3
    assert AuditEvent.objects.get(action="dataset.take_back").entity_id == dataset.pk


def test_what_was_edited_stays_and_is_counted(access: Access, dataset: Dataset) -> None:
    task = imported(access, dataset)
    first = Datapoint.objects.order_by("pk")[0]
    edit(access, first)

    take_back(access, task)

    assert Datapoint.objects.get().pk == first.pk
    assert (task.taken_back, task.kept) == (2, 1)


def test_split_and_snapshot_do_not_hinder_it(access: Access, dataset: Dataset) -> None:
    task = imported(access, dataset)
    splits.split(access=access, dataset_id=dataset.pk, percent=50, generated_too=False)
    kept = snapshots.create(access=access, dataset_id=dataset.pk, asked=snapshots.Asked())

    take_back(access, task)

    assert not Datapoint.objects.exists()
    assert kept.items.count() == 3


def test_it_is_asked_for_once(access: Access, dataset: Dataset) -> None:
    task = imported(access, dataset)
    edit(access, Datapoint.objects.all()[0])
    take_back(access, task)

    with pytest.raises(Conflict, match="was already"):
        take_backs.ask(access=access, import_id=task.pk)


def test_it_goes_on_behind_what_was_done_before_it_was_cancelled(
    access: Access, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = imported(access, dataset, 50)
    job = take_backs.ask(access=access, import_id=task.pk)
    with monkeypatch.context() as patched:
        step = take_backs._step

        def step_and_cancel(*given: object) -> None:
            step(*given)  # type: ignore[arg-type]
            jobs.call_off(access=access, job_id=job.pk)

        patched.setattr(take_backs, "_step", step_and_cancel)
        work()
    task.refresh_from_db()
    was_cut = task.taken_back

    take_back(access, task)

    assert 0 < was_cut < 50
    assert (task.taken_back, Datapoint.objects.count()) == (50, 0)


def test_import_that_is_going_or_added_nothing_has_nothing_to_take_back(
    access: Access, dataset: Dataset
) -> None:
    nothing = imported(access, dataset, 0)
    going = dataset_imports.upload(
        access=access, dataset_id=dataset.pk, file_name="b.csv", parts=[b"q,a\nOne?,1\n"]
    )
    dataset_imports.start(access=access, import_id=going.pk, mapping=COLUMNS, is_check=False)

    for task in (nothing, going):
        with pytest.raises(Conflict, match="added nothing"):
            take_backs.ask(access=access, import_id=task.pk)


def test_who_left_meanwhile_takes_nothing_back(access: Access, dataset: Dataset) -> None:
    task = imported(access, dataset)
    job = take_backs.ask(access=access, import_id=task.pk)
    Membership.objects.filter(user_id=access.user_id).delete()

    work()

    job.refresh_from_db()
    assert (job.state, Datapoint.objects.count()) == ("failed", 3)


def test_restored_datapoint_is_its_imports_again(access: Access, dataset: Dataset) -> None:
    task = imported(access, dataset, 1)
    point = Datapoint.objects.get()
    gone = datapoints.delete(access=access, ids=[point.pk], dataset_id=dataset.pk)
    datapoints.restore(access=access, dataset_id=dataset.pk, deletion=gone.id)

    take_back(access, task)

    assert (task.taken_back, Datapoint.objects.count()) == (1, 0)


def test_strangers_and_viewers_take_nothing_back(access: Access, dataset: Dataset) -> None:
    task = imported(access, dataset)
    room = Membership.objects.get(user_id=access.user_id).workspace

    for role, refusal in ((Role.VIEWER, Forbidden), (Role.REVIEWER, Forbidden)):
        with pytest.raises(refusal):
            take_backs.ask(access=factories.access(room, role), import_id=task.pk)
    with pytest.raises(NotFound):
        take_backs.ask(access=factories.access(), import_id=task.pk)


def test_dataset_that_was_deleted_meanwhile_ends_it(access: Access, dataset: Dataset) -> None:
    task = imported(access, dataset)
    job = take_backs.ask(access=access, import_id=task.pk)
    named_datasets.delete(access=access, ids=[dataset.pk])

    work()

    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "Import not found")
