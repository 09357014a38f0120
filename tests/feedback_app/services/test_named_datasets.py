"""Datasets by name: made, renamed, deleted with what they hold."""

import pytest

from feedback_app.models import Datapoint, Dataset
from feedback_app.services import datasets, named_datasets
from tests import factories
from traces_app.access import Access
from traces_app.errors import Conflict, Forbidden, Invalid, NotFound
from traces_app.models import AuditEvent, Role, Trace, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Workspace:
    return factories.workspace()


@pytest.fixture
def access(room: Workspace) -> Access:
    return factories.access(room)


def test_a_name_is_taken_once_in_a_project(room: Workspace, access: Access) -> None:
    project = factories.project(room)

    made = named_datasets.create(access=access, project=project, name=" support ")

    assert made.name == "support"
    with pytest.raises(Conflict):
        named_datasets.create(access=access, project=project, name="support")
    named_datasets.create(access=access, project=factories.project(room), name="support")


@pytest.mark.parametrize("name", ["", "  ", "n" * 256])
def test_a_name_has_1_to_255_characters(room: Workspace, access: Access, name: str) -> None:
    with pytest.raises(Invalid):
        named_datasets.create(access=access, project=factories.project(room), name=name)


def test_edit_tells_before_and_after_and_refuses_a_taken_name(
    room: Workspace, access: Access
) -> None:
    project = factories.project(room)
    first, other = (factories.dataset(project, name) for name in ("first", "other"))

    named_datasets.edit(access=access, dataset_id=first.pk, name="best", description="d")

    event = AuditEvent.objects.get(action="dataset.edit")
    assert event.before == '{"name":"first","description":""}'
    with pytest.raises(Conflict):
        named_datasets.edit(access=access, dataset_id=other.pk, name="best", description="")


def test_delete_takes_the_datapoints_and_the_marks_of_their_traces(access: Access) -> None:
    trace = factories.trace(access, input='"q"', output='"a"')
    factories.score(access, trace, 1, "User feedback")
    datasets.add_trace(access=access, trace_id=trace.pk)
    assert Trace.objects.get(pk=trace.pk).added_to_dataset

    gone = named_datasets.delete(access=access, ids=[Dataset.objects.get().pk])

    assert gone == 1
    assert not Datapoint.objects.exists()
    assert not Trace.objects.get(pk=trace.pk).added_to_dataset


def test_strangers_delete_nothing_and_viewers_are_refused(room: Workspace) -> None:
    dataset = factories.dataset(factories.project(room))

    assert named_datasets.delete(access=factories.access(), ids=[dataset.pk]) == 0
    with pytest.raises(Forbidden):
        named_datasets.delete(access=factories.access(room, Role.VIEWER), ids=[dataset.pk])
    with pytest.raises(NotFound):
        named_datasets.find(access=factories.access(), dataset_id=dataset.pk)
