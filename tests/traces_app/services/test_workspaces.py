import pytest

from tests import factories
from traces_app import normal_form
from traces_app.errors import Conflict, Forbidden, Invalid
from traces_app.models import AuditEvent, FeedbackDefinition, Role, Workspace
from traces_app.services import workspaces

pytestmark = pytest.mark.django_db


def test_new_workspace_has_the_verdict_as_built_in_definition() -> None:
    workspace = workspaces.get_or_create(name="team")

    definition = FeedbackDefinition.objects.get(workspace=workspace)
    assert (definition.name, definition.type) == ("User feedback", "numerical")
    assert normal_form.load(definition.details) == {"min": 0, "max": 1}


def test_name_is_found_again_without_regard_to_case_and_space() -> None:
    first = workspaces.get_or_create(name="Team")

    assert workspaces.get_or_create(name=" tEAM ") == first
    assert Workspace.objects.count() == 1
    assert AuditEvent.objects.filter(action="workspace.create").count() == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 256])
def test_empty_and_too_long_names_are_refused(name: str) -> None:
    with pytest.raises(Invalid, match="at most 255"):
        workspaces.get_or_create(name=name)

    assert not Workspace.objects.exists()


def test_rename_keeps_names_unique_without_regard_to_case() -> None:
    workspace = factories.workspace("one")
    factories.workspace("Two")

    with pytest.raises(Conflict):
        workspaces.rename(access=factories.access(workspace), name="TWO")
    assert workspaces.rename(access=factories.access(workspace), name="ONE").name == "ONE"


def test_workspace_of_the_first_start_keeps_its_name() -> None:
    workspace = workspaces.get_or_create(name=workspaces.DEFAULT_WORKSPACE)

    with pytest.raises(Conflict):
        workspaces.rename(access=factories.access(workspace), name="ours")


def test_only_owners_rename() -> None:
    with pytest.raises(Forbidden):
        workspaces.rename(access=factories.access(role=Role.MEMBER), name="ours")


def test_workspace_that_is_there_is_not_made_again() -> None:
    workspace = factories.workspace("Team")

    with pytest.raises(Conflict):
        workspaces.create(by=factories.access(workspace), name="team")
