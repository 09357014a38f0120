"""A split is exact, always the same, and keeps generated answers out of validation."""

import pytest

from feedback_app.models import Datapoint, Dataset
from feedback_app.services import splits
from feedback_app.services.splits import Split
from tests import factories
from traces_app.access import Access
from traces_app.errors import Forbidden, Invalid, NotFound
from traces_app.models import AuditEvent, Role, Workspace

pytestmark = pytest.mark.django_db

Bucket = Datapoint.Bucket
Source = Datapoint.Source


@pytest.fixture
def room() -> Workspace:
    return factories.workspace()


@pytest.fixture
def access(room: Workspace) -> Access:
    return factories.access(room)


@pytest.fixture
def dataset(room: Workspace) -> Dataset:
    return factories.dataset(factories.project(room))


@pytest.mark.parametrize(("percent", "training"), [(80, 8), (1, 0), (99, 10), (50, 5)])
def test_share_of_training_is_rounded_to_whole_datapoints(
    access: Access, dataset: Dataset, percent: int, training: int
) -> None:
    for number in range(10):
        factories.datapoint(dataset, str(number))

    made = splits.split(access=access, dataset_id=dataset.pk, percent=percent, generated_too=False)

    assert made == Split(training, 10 - training)
    assert Datapoint.objects.filter(bucket=Bucket.TRAINING).count() == training


def test_the_same_contents_are_split_alike_each_time(room: Workspace, access: Access) -> None:
    sides = []
    project = factories.project(room)
    for dataset in (factories.dataset(project), factories.dataset(project)):
        for number in range(20):
            factories.datapoint(dataset, str(number))
        splits.split(access=access, dataset_id=dataset.pk, percent=70, generated_too=False)
        inside = Datapoint.objects.filter(dataset=dataset, bucket=Bucket.VALIDATION)
        sides.append(set(inside.values_list("content", flat=True)))

    assert sides[0] == sides[1]


def test_duplicates_land_on_one_side(access: Access, dataset: Dataset) -> None:
    for _ in range(4):
        factories.datapoint(dataset)

    made = splits.split(access=access, dataset_id=dataset.pk, percent=50, generated_too=False)

    assert made in (Split(4, 0), Split(0, 4))


def test_generated_ones_stay_out_of_validation_unless_allowed(
    access: Access, dataset: Dataset
) -> None:
    for number in range(10):
        factories.datapoint(dataset, str(number), source=Source.GENERATED)

    kept = splits.split(access=access, dataset_id=dataset.pk, percent=50, generated_too=False)
    Datapoint.objects.update(bucket=Bucket.UNCATEGORIZED)
    mixed = splits.split(access=access, dataset_id=dataset.pk, percent=50, generated_too=True)

    assert (kept, mixed) == (Split(10, 0), Split(5, 5))


def test_what_has_a_bucket_stays_there(access: Access, dataset: Dataset) -> None:
    factories.datapoint(dataset, bucket=Bucket.VALIDATION)

    made = splits.split(access=access, dataset_id=dataset.pk, percent=99, generated_too=True)

    assert made == Split(0, 0)
    assert Datapoint.objects.get().bucket == Bucket.VALIDATION
    assert AuditEvent.objects.filter(action="dataset.split").exists()


@pytest.mark.parametrize("percent", [0, 100, -1])
def test_a_share_leaves_something_for_both_sides(
    access: Access, dataset: Dataset, percent: int
) -> None:
    with pytest.raises(Invalid):
        splits.split(access=access, dataset_id=dataset.pk, percent=percent, generated_too=False)


def test_viewers_and_strangers_split_nothing(room: Workspace, dataset: Dataset) -> None:
    wanted = {"dataset_id": dataset.pk, "percent": 80, "generated_too": False}

    with pytest.raises(Forbidden):
        splits.split(access=factories.access(room, Role.VIEWER), **wanted)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        splits.split(access=factories.access(), **wanted)  # type: ignore[arg-type]
