"""Datapoints: stored, moved, edited, deleted and brought back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from uuid_utils.compat import uuid7

from feedback_app.models import Datapoint, Dataset, DeletedDatapoint
from feedback_app.models.datasets import digest_of
from feedback_app.services import corrections, datapoints, datasets
from feedback_app.services.datapoints import NewDatapoint
from tests import factories
from traces_app.access import Access
from traces_app.errors import Conflict, Forbidden, Invalid, NotFound
from traces_app.models import AuditEvent, Role, Trace, Workspace

pytestmark = pytest.mark.django_db

Bucket = Datapoint.Bucket


@pytest.fixture
def room() -> Workspace:
    return factories.workspace()


@pytest.fixture
def access(room: Workspace) -> Access:
    return factories.access(room)


@pytest.fixture
def dataset(room: Workspace) -> Dataset:
    return factories.dataset(factories.project(room))


def corrected(access: Access) -> Trace:
    trace = factories.trace(access, input='"Is it?"', output='"Perhaps."')
    corrections.submit(access=access, trace_id=trace.pk, output="Yes.")
    datasets.add_trace(access=access, trace_id=trace.pk)
    return Trace.objects.get(pk=trace.pk)


def test_equal_json_has_one_digest_whatever_the_order_of_its_keys(dataset: Dataset) -> None:
    one = factories.datapoint(dataset, content='{"a":1,"b":[2]}')
    other = factories.datapoint(dataset, content='{"b":[2],"a":1}')
    third = factories.datapoint(dataset, content='{"a":1,"b":[3]}')

    assert one.digest == other.digest != third.digest
    assert set(Datapoint.objects.duplicates()) == {one, other}


def test_the_same_content_in_another_dataset_is_no_duplicate(dataset: Dataset) -> None:
    factories.datapoint(dataset)
    factories.datapoint(factories.dataset(dataset.project))

    assert not Datapoint.objects.duplicates().exists()


def test_put_stores_new_ones_and_writes_over_those_that_are_there(
    access: Access, dataset: Dataset
) -> None:
    pk = uuid7()
    datapoints.put(access=access, dataset_id=dataset.pk, rows=[NewDatapoint('{"a":1}', pk)])
    rows = [NewDatapoint('{"a":2}', pk), NewDatapoint('{"b":1}')]

    new = datapoints.put(access=access, dataset_id=dataset.pk, rows=rows)

    assert new == 1
    point = Datapoint.objects.get(pk=pk)
    assert (point.content, point.digest) == ('{"a":2}', digest_of('{"a":2}'))
    assert AuditEvent.objects.get(action="datapoint.edit").before == r'{"content":"{\"a\":1}"}'


def test_put_never_touches_an_id_of_another_dataset(access: Access, dataset: Dataset) -> None:
    strange = factories.datapoint(factories.dataset(factories.project()))

    with pytest.raises(Conflict):
        datapoints.put(
            access=access,
            dataset_id=dataset.pk,
            rows=[NewDatapoint('{"a":1}'), NewDatapoint("{}", strange.pk)],
        )

    assert not Datapoint.objects.filter(dataset=dataset).exists()
    strange.refresh_from_db()
    assert strange.content != "{}"


def test_put_asks_the_same_however_many_there_are(access: Access, dataset: Dataset) -> None:
    numbers = []
    assert access.project_ids
    for size in (2, 40):
        rows = [NewDatapoint("{}") for _ in range(size)]
        with CaptureQueriesContext(connection) as queries:
            datapoints.put(access=access, dataset_id=dataset.pk, rows=rows)
        numbers.append(len(queries))

    assert numbers[0] == numbers[1]


def test_edit_is_refused_to_whom_saw_an_older_one(access: Access, dataset: Dataset) -> None:
    point = factories.datapoint(dataset)
    seen = point.digest

    datapoints.edit(access=access, datapoint_id=point.pk, content='{"a": 1}', digest=seen)

    with pytest.raises(Conflict, match="changed this datapoint meanwhile"):
        datapoints.edit(access=access, datapoint_id=point.pk, content='{"a":2}', digest=seen)
    point.refresh_from_db()
    dataset.refresh_from_db()
    assert (point.content, dataset.revision) == ('{"a":1}', 1)


@pytest.mark.parametrize("content", ["", "[1]", "{", '"text"', "null", "NaN"])
def test_edit_takes_objects_alone(access: Access, dataset: Dataset, content: str) -> None:
    point = factories.datapoint(dataset)

    with pytest.raises(Invalid):
        datapoints.edit(access=access, datapoint_id=point.pk, content=content)


def test_move_counts_those_that_were_elsewhere(access: Access, dataset: Dataset) -> None:
    points = [factories.datapoint(dataset, bucket=bucket) for bucket in Bucket]
    ids = [point.pk for point in points]

    moved = datapoints.move(access=access, dataset_id=dataset.pk, ids=ids, bucket=Bucket.TRAINING)

    assert moved == 2
    assert set(Datapoint.objects.values_list("bucket", flat=True)) == {"training"}
    assert AuditEvent.objects.filter(action="datapoint.move").count() == 2


def test_what_was_deleted_comes_back_as_it_was(access: Access) -> None:
    trace = corrected(access)
    point = Datapoint.objects.get()
    before: dict[str, Any] = {**Datapoint.objects.values().get()}

    gone = datapoints.delete(access=access, dataset_id=point.dataset_id, ids=[point.pk])
    trace.refresh_from_db()
    was_unmarked = not trace.added_to_dataset
    datapoints.restore(access=access, dataset_id=point.dataset_id, deletion=gone.id)

    after: dict[str, Any] = {**Datapoint.objects.values().get()}
    trace.refresh_from_db()
    changed = {name for name, value in before.items() if after[name] != value}
    assert changed <= {"created_at", "last_updated_at"}
    assert (gone.number, was_unmarked, trace.added_to_dataset) == (1, True, True)


def test_a_trace_that_was_added_again_is_not_restored_beside_it(access: Access) -> None:
    trace = corrected(access)
    point = Datapoint.objects.get()
    gone = datapoints.delete(access=access, dataset_id=point.dataset_id, ids=[point.pk])
    datasets.add_trace(access=access, trace_id=trace.pk)

    number = datapoints.restore(access=access, dataset_id=point.dataset_id, deletion=gone.id)

    assert number == 0
    assert Datapoint.objects.count() == 1


def test_a_deletion_is_restored_once_and_never_by_a_stranger(
    access: Access, dataset: Dataset
) -> None:
    point = factories.datapoint(dataset)
    gone = datapoints.delete(access=access, dataset_id=dataset.pk, ids=[point.pk])
    wanted = {"dataset_id": dataset.pk, "deletion": gone.id}

    with pytest.raises(NotFound):
        datapoints.restore(access=factories.access(), **wanted)
    datapoints.restore(access=access, **wanted)
    with pytest.raises(NotFound, match="nothing to restore"):
        datapoints.restore(access=access, **wanted)


def test_a_final_deletion_keeps_no_copy(access: Access, dataset: Dataset) -> None:
    point = factories.datapoint(dataset)

    datapoints.delete(access=access, dataset_id=dataset.pk, ids=[point.pk], is_final=True)

    assert not Datapoint.objects.exists()
    assert not DeletedDatapoint.objects.exists()


def test_purge_forgets_what_is_older_than_thirty_days(access: Access, dataset: Dataset) -> None:
    for days in (29, 31):
        point = factories.datapoint(dataset)
        gone = datapoints.delete(access=access, dataset_id=dataset.pk, ids=[point.pk])
        old = DeletedDatapoint.objects.filter(deletion=gone.id)
        old.update(deleted_at=timezone.now() - timedelta(days=days))

    assert datapoints.purge() == 1
    assert DeletedDatapoint.objects.count() == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_who_may_not_write_changes_nothing(room: Workspace, dataset: Dataset, role: Role) -> None:
    access = factories.access(room, role)
    ids = [factories.datapoint(dataset).pk]

    with pytest.raises(Forbidden):
        datapoints.put(access=access, dataset_id=dataset.pk, rows=[NewDatapoint("{}")])
    with pytest.raises(Forbidden):
        datapoints.edit(access=access, datapoint_id=ids[0], content="{}")
    with pytest.raises(Forbidden):
        datapoints.move(access=access, dataset_id=dataset.pk, ids=ids, bucket=Bucket.TRAINING)
    with pytest.raises(Forbidden):
        datapoints.delete(access=access, dataset_id=dataset.pk, ids=ids)


def test_a_stranger_finds_nothing_to_change(dataset: Dataset) -> None:
    access = factories.access()
    ids = [factories.datapoint(dataset).pk]

    with pytest.raises(NotFound):
        datapoints.put(access=access, dataset_id=dataset.pk, rows=[NewDatapoint("{}")])
    with pytest.raises(NotFound):
        datapoints.edit(access=access, datapoint_id=ids[0], content="{}")
    with pytest.raises(NotFound):
        datapoints.move(access=access, dataset_id=dataset.pk, ids=ids, bucket=Bucket.TRAINING)
    with pytest.raises(NotFound):
        datapoints.delete(access=access, dataset_id=dataset.pk, ids=ids)
