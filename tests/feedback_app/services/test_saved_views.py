"""Saved views go with their project, and no others do."""

from importlib import import_module

import pytest
from django.apps import apps

from feedback_app.jobs import REGISTRY
from feedback_app.models import DefaultView, SavedView
from feedback_app.services import saved_views
from tests import factories
from traces_app.access import Access
from traces_app.models import Face, Job, Project, Workspace
from traces_app.services import jobs, projects
from traces_app.work import attempts

pytestmark = pytest.mark.django_db


@pytest.fixture
def access() -> Access:
    return factories.access(face=Face.PAGE)


@pytest.fixture
def project(access: Access) -> Project:
    return factories.project(Workspace.objects.get(pk=access.workspace_id), "support")


def view(access: Access, name: str, project: Project | None) -> SavedView:
    """A view with which its owner's list opens."""
    pk = project.pk if project else None
    made = saved_views.save(access=access, name=name, query="tag=a", project_id=pk)
    DefaultView.objects.update_or_create(
        workspace_id=access.workspace_id, user_id=access.user_id, defaults={"view": made}
    )
    return made


def test_views_of_a_deleted_project_go_with_it(access: Access, project: Project) -> None:
    everywhere = view(access, "everywhere", None)
    view(access, "of the project", project)

    projects.delete(access=access, ids=[project.pk])
    job = jobs.claim(lane=Job.Lane.LONG)
    assert job is not None
    attempts.run(job, REGISTRY.handlers, lambda: None)

    assert list(SavedView.objects.all()) == [everywhere]
    assert not DefaultView.objects.exists()
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def test_views_left_behind_before_are_forgotten(access: Access, project: Project) -> None:
    kept = [view(access, "everywhere", None), view(access, "of the project", project)]
    left = view(access, "of another", project)
    SavedView.objects.filter(pk=left.pk).update(project_id=left.pk)

    import_module("feedback_app.migrations.0022_forget_views").forget(apps, None)

    assert set(SavedView.objects.all()) == set(kept)
    assert not DefaultView.objects.exists()
