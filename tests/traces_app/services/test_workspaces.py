import pytest

from traces_app import normal_form
from traces_app.errors import Invalid
from traces_app.models import AuditEvent, FeedbackDefinition, Workspace
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
