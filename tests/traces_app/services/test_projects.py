from decimal import Decimal

import pytest

from tests import factories
from traces_app.access import Access
from traces_app.errors import Conflict, Forbidden, Invalid, NotFound
from traces_app.models import DEFAULT_PROJECT, AuditEvent, Job, Project, Role
from traces_app.services import projects

pytestmark = pytest.mark.django_db


def edit(access: Access, project: Project, name: str = "new", threshold: str = "0.5") -> Project:
    return projects.edit(
        access=access,
        project_id=project.pk,
        name=name,
        description="",
        dataset_threshold=Decimal(threshold),
    )


def test_edited_project_is_found_by_its_new_name_only() -> None:
    workspace = factories.workspace()
    project = factories.project(workspace, "Old")
    access = factories.access(workspace)

    edit(access, project, " New ")

    assert projects.find(access=access, name="NEW").name == "New"
    with pytest.raises(NotFound):
        projects.find(access=access, name="old")


def test_edit_leaves_the_counter_alone() -> None:
    project = factories.project()
    stale = factories.access(project.workspace)
    Project.objects.filter(pk=project.pk).update(trace_count=5)

    edit(stale, project)

    project.refresh_from_db()
    assert (project.trace_count, project.dataset_threshold) == (5, Decimal("0.5"))


def test_edit_that_changes_nothing_leaves_no_event() -> None:
    project = factories.project(name="same")

    edit(factories.access(project.workspace), project, "same", "0.7")

    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("threshold", ["-0.1", "1.1"])
def test_threshold_is_between_0_and_1(threshold: str) -> None:
    project = factories.project()

    with pytest.raises(Invalid):
        edit(factories.access(project.workspace), project, threshold=threshold)


def test_default_project_keeps_its_name() -> None:
    project = factories.project(name=DEFAULT_PROJECT)

    with pytest.raises(Conflict):
        edit(factories.access(project.workspace), project)


def test_project_of_another_workspace_is_not_found() -> None:
    with pytest.raises(NotFound):
        edit(factories.access(), factories.project())


def test_viewer_edits_none() -> None:
    project = factories.project()

    with pytest.raises(Forbidden):
        edit(factories.access(project.workspace, Role.VIEWER), project)


def test_edit_keeps_what_is_not_given() -> None:
    project = factories.project(name="kept")

    projects.edit(
        access=factories.access(project.workspace), project_id=project.pk, description="d"
    )

    project.refresh_from_db()
    assert (project.name, project.description) == ("kept", "d")
    assert project.dataset_threshold == Decimal("0.7")


def test_name_of_a_deleted_project_is_free_at_once() -> None:
    project = factories.project(name="again")
    access = factories.access(project.workspace)

    projects.delete(access=access, ids=[project.pk])
    made, is_new = projects.create(access=access, name="AGAIN")

    assert is_new
    assert made.pk != project.pk


def test_deletion_is_on_record_and_leaves_one_job() -> None:
    project = factories.project(name="gone")
    access = factories.access(project.workspace)

    for _ in range(2):
        projects.delete(access=access, ids=[project.pk])

    event = AuditEvent.objects.get(action="project.delete")
    assert (event.entity_id, event.actor_id) == (project.pk, access.author_id)
    assert '"name":"gone"' in event.before
    assert Job.objects.count() == 1


def test_default_project_is_not_deleted_and_nothing_beside_it() -> None:
    workspace = factories.workspace()
    both = [factories.project(workspace, name) for name in ("other", DEFAULT_PROJECT.upper())]

    with pytest.raises(Conflict, match="Cannot delete default project"):
        projects.delete(access=factories.access(workspace), ids=[each.pk for each in both])

    assert Project.objects.count() == 2
    assert not Job.objects.exists()


def test_project_of_another_workspace_is_not_deleted() -> None:
    project = factories.project()

    projects.delete(access=factories.access(), ids=[project.pk])

    assert Project.objects.count() == 1


@pytest.mark.parametrize("role", [Role.MEMBER, Role.REVIEWER, Role.VIEWER])
def test_only_owners_delete(role: Role) -> None:
    project = factories.project()

    with pytest.raises(Forbidden):
        projects.delete(access=factories.access(project.workspace, role), ids=[project.pk])
