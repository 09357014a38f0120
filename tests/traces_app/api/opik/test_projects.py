"""Projects: list, change, delete."""

import json
from typing import Any

import pytest
from django.test import Client
from uuid_utils.compat import uuid7

from feedback_app.models import User
from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from tests.traces_app.api.prem.studio import Studio
from traces_app.models import Project, Role, Trace, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(workspace: Workspace) -> Project:
    return factories.project(workspace, "support")


def names(opik: Opik, field: str, direction: str = "ASC") -> list[str]:
    sorting = json.dumps([{"field": field, "direction": direction}])
    page = opik.get("/projects", sorting=sorting)
    return [each["name"] for each in page.json()["content"]]


@pytest.mark.parametrize(
    ("field", "ascending"),
    [
        ("name", ["ab", "Zwei", "Österreich"]),
        ("created_at", ["ab", "Österreich", "Zwei"]),
        ("id", ["ab", "Österreich", "Zwei"]),
        ("unheard_of", ["Zwei", "Österreich", "ab"]),
    ],
)
def test_list_sorts_alike_on_every_database(
    opik: Opik, workspace: Workspace, field: str, ascending: list[str]
) -> None:
    for name in ("ab", "Österreich", "Zwei"):
        factories.project(workspace, name)

    assert names(opik, field) == ascending


def test_projects_without_traces_come_last_both_ways(opik: Opik, workspace: Workspace) -> None:
    factories.project(workspace, "empty")
    opik.post("/traces", trace(project_name="used"))

    assert names(opik, "last_updated_trace_at") == ["used", "empty"]
    assert names(opik, "last_updated_trace_at", "DESC") == ["used", "empty"]


@pytest.mark.parametrize("raw", ["{", "[1]", '{"field": "name"}', "[" * 5_000, '[{"field": 1}]'])
def test_sorting_that_cannot_be_read_is_400(opik: Opik, raw: str) -> None:
    refused = opik.get("/projects", sorting=raw)

    assert refused.status_code == 400
    assert refused.json()["message"] == f"Invalid sorting query parameter '{raw}'"


def test_patch_changes_what_is_sent(opik: Opik, project: Project) -> None:
    answer = opik.patch(f"/projects/{project.pk}", {"description": "d", "visibility": "private"})
    opik.patch(f"/projects/{project.pk}", {"name": "Help", "description": None})

    read = opik.get(f"/projects/{project.pk}").json()
    assert answer.status_code == 204
    assert (read["name"], read["description"]) == ("Help", "d")
    assert opik.post("/projects/retrieve", {"name": "HELP"}).json()["id"] == str(project.pk)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": ""}, 422),
        ({"name": "x" * 256}, 422),
        ({"name": "TAKEN"}, 409),
        ({"name": 1}, 400),
        ({"visibility": "secret"}, 400),
        ([], 400),
    ],
)
def test_patch_that_cannot_be_is_refused(
    opik: Opik, workspace: Workspace, project: Project, body: Any, status: int
) -> None:
    factories.project(workspace, "taken")

    assert opik.patch(f"/projects/{project.pk}", body).status_code == status
    project.refresh_from_db()
    assert project.name == "support"


def test_patch_of_an_unknown_project_is_404(opik: Opik) -> None:
    assert opik.patch(f"/projects/{uuid7()}", {"description": "x"}).status_code == 404


def test_deleted_project_is_gone_for_every_face(opik: Opik, workspace: Workspace) -> None:
    person = factories.member(workspace, Role.OWNER)
    sent = trace(project_name="support")
    opik.post("/traces", sent)
    project = Project.objects.get()

    assert opik.delete(f"/projects/{project.pk}").status_code == 204

    assert opik.get("/projects").json()["total"] == 0
    assert opik.get(f"/projects/{project.pk}").status_code == 404
    assert opik.post("/projects/retrieve", {"name": "support"}).status_code == 404
    assert opik.get("/traces", project_name="support").status_code == 404
    assert opik.get(f"/traces/{sent['id']}").status_code == 404
    studio = Studio(factories.key(workspace, person=person))
    assert studio.call("get", f"traces/{sent['id']}").status_code == 404
    assert page_of(person, f"/traces/{sent['id']}") == 404
    assert Trace.objects.exists()


def page_of(person: User, address: str) -> int:
    client = Client()
    client.force_login(person)
    return client.get(address).status_code


def test_what_is_sent_to_a_deleted_name_makes_a_fresh_project(opik: Opik) -> None:
    opik.post("/traces", trace(project_name="support"))
    old = Project.objects.get()
    opik.delete(f"/projects/{old.pk}")

    opik.post("/traces/batch", {"traces": [trace(project_name="Support")]})

    fresh = opik.post("/projects/retrieve", {"name": "support"}).json()
    assert fresh["id"] != str(old.pk)
    assert opik.get("/traces", project_id=fresh["id"]).json()["total"] == 1


def test_several_are_deleted_and_unknown_ids_are_no_error(opik: Opik, workspace: Workspace) -> None:
    doomed = [str(factories.project(workspace).pk) for _ in range(2)]
    kept = factories.project(workspace)

    answer = opik.post("/projects/delete", {"ids": [*doomed, str(uuid7())]})

    assert answer.status_code == 204
    assert list(Project.objects.all()) == [kept]


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"ids": []}, 422), ({"ids": [str(uuid7())] * 1001}, 422), ({"ids": "x"}, 400)],
)
def test_deletion_of_no_list_of_ids_is_refused(opik: Opik, body: Any, status: int) -> None:
    assert opik.post("/projects/delete", body).status_code == status


def test_default_project_stays(opik: Opik) -> None:
    opik.post("/traces", trace(project_name=None))
    project = Project.objects.get()

    refused = opik.delete(f"/projects/{project.pk}")

    assert refused.status_code == 409
    assert refused.json() == {"errors": ["Cannot delete default project"]}


def test_stranger_deletes_and_changes_nothing(project: Project) -> None:
    stranger = Opik(factories.key(factories.workspace()))

    assert stranger.delete(f"/projects/{project.pk}").status_code == 204
    assert stranger.post("/projects/delete", {"ids": [str(project.pk)]}).status_code == 204
    assert stranger.patch(f"/projects/{project.pk}", {"name": "mine"}).status_code == 404
    assert Project.objects.get().name == "support"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.REVIEWER, Role.VIEWER])
def test_only_owners_delete(workspace: Workspace, project: Project, role: Role) -> None:
    client = Opik(factories.key(workspace, role))

    assert client.delete(f"/projects/{project.pk}").status_code == 403
    assert client.post("/projects/delete", {"ids": [str(project.pk)]}).status_code == 403
    assert Project.objects.exists()
