"""A snapshot is the dataset at one moment, and nothing changes it afterwards."""

import hashlib
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from feedback_app.jobs import REGISTRY
from feedback_app.models import Datapoint, Dataset, Snapshot, SnapshotItem
from feedback_app.services import datapoints, named_datasets, snapshots
from feedback_app.services.snapshots import Asked
from feedback_app.snapshot_files import reading
from tests import factories
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Forbidden, Invalid, NotFound
from traces_app.models import Job, Role, Workspace
from traces_app.services import jobs
from traces_app.work import attempts

pytestmark = pytest.mark.django_db

AT_ONCE = 100
"""In place of the product's thousand: what matters is that a job copies several pages."""
Bucket = Datapoint.Bucket
State = Snapshot.State


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "AT_ONCE", AT_ONCE)
    monkeypatch.setattr(snapshots, "PAGE", AT_ONCE // 2)


@pytest.fixture
def room() -> Workspace:
    return factories.workspace()


@pytest.fixture
def access(room: Workspace) -> Access:
    return factories.access(room)


@pytest.fixture
def dataset(room: Workspace) -> Dataset:
    return factories.dataset(factories.project(room), "support")


def frozen(access: Access, dataset: Dataset, **asked: Any) -> Snapshot:
    return snapshots.create(access=access, dataset_id=dataset.pk, asked=Asked(**asked))


def manifest_of(snapshot: Snapshot) -> dict[str, Any]:
    manifest: dict[str, Any] = normal_form.load(Snapshot.objects.get(pk=snapshot.pk).manifest)
    return manifest


def large(dataset: Dataset) -> None:
    Datapoint.objects.bulk_create(
        Datapoint(
            id=uuid7(),
            project_id=dataset.project_id,
            dataset=dataset,
            content=f'{{"n":{number}}}',
            source="imported",
        )
        for number in range(AT_ONCE + 1)
    )


def claimed() -> Job:
    job = jobs.claim(lane=Job.Lane.LONG)
    assert job is not None
    return job


def test_manifest_says_who_when_what_and_how_many(access: Access, dataset: Dataset) -> None:
    for number in range(10):
        factories.datapoint(dataset, str(number))
    factories.datapoint(dataset, content='{"input":1}', source="imported", bucket=Bucket.TRAINING)

    manifest = manifest_of(frozen(access, dataset))

    assert manifest["version"] == "v1"
    assert manifest["name"] == "support v1"
    assert manifest["filters"] == {
        "training_percent": 80,
        "generated_in_validation": False,
        "without_duplicates": False,
    }
    assert manifest["counts"] == {
        "datapoints": 11,
        "not_chats": 1,
        "bucket": {"training": 9, "validation": 2},
        "source": {"output": 10, "imported": 1},
    }
    assert manifest["files"]["training.jsonl"]["lines"] == 8


def test_files_stay_as_the_manifest_says_whatever_becomes_of_the_dataset(
    access: Access, dataset: Dataset
) -> None:
    points = [factories.datapoint(dataset, str(n), rejected="worse") for n in range(5)]
    snapshot = frozen(access, dataset)
    files = manifest_of(snapshot)["files"]

    datapoints.edit(access=access, datapoint_id=points[0].pk, content='{"a":1}')
    datapoints.delete(access=access, dataset_id=dataset.pk, ids=[points[1].pk])
    named_datasets.delete(access=access, ids=[dataset.pk])

    for name, facts in files.items():
        sent = b"".join(reading.stream(snapshot, name))
        assert (hashlib.sha256(sent).hexdigest(), len(sent)) == (facts["sha256"], facts["bytes"])


def test_nothing_writes_to_a_frozen_item(access: Access, dataset: Dataset) -> None:
    factories.datapoint(dataset)
    frozen(access, dataset)
    item = SnapshotItem.objects.get()
    item.content = "{}"

    with pytest.raises(Conflict):
        item.save()
    with pytest.raises(Conflict):
        SnapshotItem.objects.update(content="{}")


def test_the_split_of_a_snapshot_leaves_the_dataset_alone(access: Access, dataset: Dataset) -> None:
    factories.datapoint(dataset)

    frozen(access, dataset, percent=99)

    assert Datapoint.objects.get().bucket == Bucket.UNCATEGORIZED
    assert SnapshotItem.objects.get().bucket == Bucket.TRAINING


def test_generated_ones_are_for_training_unless_allowed(access: Access, dataset: Dataset) -> None:
    for number in range(10):
        factories.datapoint(dataset, str(number), source="generated")

    kept, mixed = (frozen(access, dataset, percent=50, generated_too=too) for too in (False, True))

    assert manifest_of(kept)["counts"]["bucket"] == {"training": 10}
    assert manifest_of(mixed)["counts"]["bucket"] == {"training": 5, "validation": 5}


def test_duplicates_can_be_left_out(access: Access, dataset: Dataset) -> None:
    first = factories.datapoint(dataset)
    factories.datapoint(dataset)

    frozen(access, dataset, without_duplicates=True)

    assert SnapshotItem.objects.get().datapoint_id == first.pk


def test_numbers_go_on_and_names_are_free(access: Access, dataset: Dataset) -> None:
    factories.datapoint(dataset)

    made = [frozen(access, dataset), frozen(access, dataset, name=" before the talk ")]

    assert [(each.number, each.name) for each in made] == [
        (1, "support v1"),
        (2, "before the talk"),
    ]


def test_an_empty_dataset_and_bad_shares_are_refused(access: Access, dataset: Dataset) -> None:
    with pytest.raises(Invalid, match="no datapoints"):
        frozen(access, dataset)
    with pytest.raises(Invalid):
        frozen(access, dataset, percent=100)
    assert not Snapshot.objects.exists()


def test_a_large_one_is_made_by_a_job(access: Access, dataset: Dataset) -> None:
    large(dataset)

    snapshot = frozen(access, dataset)
    before = snapshot.state
    attempts.run(claimed(), REGISTRY.handlers, on_life=lambda: None)

    snapshot.refresh_from_db()
    assert (before, snapshot.state) == (State.MAKING, State.READY)
    assert manifest_of(snapshot)["counts"]["datapoints"] == AT_ONCE + 1
    assert Job.objects.get(kind=snapshots.KIND).state == Job.State.DONE


def test_a_copy_begins_anew_when_the_dataset_changes_meanwhile(
    access: Access, dataset: Dataset
) -> None:
    large(dataset)
    snapshot = frozen(access, dataset)
    pending = [Datapoint.objects.order_by("pk")[0].pk]

    def change_once(done: int) -> None:
        if pending:
            datapoints.delete(access=access, dataset_id=dataset.pk, ids=[pending.pop()])

    finished: list[bool] = []
    snapshots.make(
        snapshot_id=snapshot.pk, report=change_once, finish=lambda: finished.append(True)
    )

    assert finished == [True]
    assert SnapshotItem.objects.count() == AT_ONCE
    assert manifest_of(snapshot)["counts"]["datapoints"] == AT_ONCE


def test_a_dataset_that_never_stands_still_fails_in_words(access: Access, dataset: Dataset) -> None:
    large(dataset)
    snapshot = frozen(access, dataset)

    def change(done: int) -> None:
        named_datasets.changed(project_id=dataset.project_id, dataset_ids=[dataset.pk])

    with pytest.raises(Conflict, match="kept changing"):
        snapshots.make(snapshot_id=snapshot.pk, report=change, finish=lambda: None)

    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.error) == (State.FAILED, snapshots.RESTLESS)


def test_one_whose_job_has_given_up_is_given_up_too(access: Access, dataset: Dataset) -> None:
    large(dataset)
    lost, going = frozen(access, dataset), frozen(access, dataset)
    jobs.fail(job=claimed(), error="Its worker was killed.", is_final=True)

    assert snapshots.sweep() == 1

    lost.refresh_from_db()
    going.refresh_from_db()
    assert (lost.state, lost.error) == (State.FAILED, snapshots.CUT_SHORT)
    assert going.state == State.MAKING


def test_a_second_run_of_the_job_changes_nothing(access: Access, dataset: Dataset) -> None:
    factories.datapoint(dataset)
    snapshot = frozen(access, dataset)
    before = manifest_of(snapshot)

    snapshots.make(snapshot_id=snapshot.pk, report=lambda done: None, finish=lambda: None)

    assert manifest_of(snapshot) == before


def test_viewers_make_none_and_strangers_find_none(
    room: Workspace, access: Access, dataset: Dataset
) -> None:
    factories.datapoint(dataset)
    snapshot = frozen(access, dataset)

    with pytest.raises(Forbidden):
        frozen(factories.access(room, Role.VIEWER), dataset)
    with pytest.raises(NotFound):
        frozen(factories.access(), dataset)
    with pytest.raises(NotFound):
        snapshots.find(access=factories.access(), snapshot_id=snapshot.pk)
    with pytest.raises(NotFound):
        snapshots.find(access=factories.access(room, Role.REVIEWER), snapshot_id=snapshot.pk)
