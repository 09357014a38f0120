"""What `opik configure` and `opik healthcheck` ask for, and the third prefix."""

import pytest

from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.models import Role, Workspace

pytestmark = pytest.mark.django_db
ACCOUNT = "/api/rest/v2"


def test_account_is_the_keys_author_and_workspace(workspace: Workspace) -> None:
    person = factories.member(workspace)
    client = Opik(factories.key(workspace, person=person), prefix=ACCOUNT)

    details, names = client.get("/account-details").json(), client.get("/workspaces").json()

    assert details == {"userName": person.email, "defaultWorkspaceName": workspace.name}
    assert names == {"workspaceNames": [workspace.name]}


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.OWNER, ["read_workspace", "write_traces", "give_feedback", "manage_workspace"]),
        (Role.MEMBER, ["read_workspace", "write_traces", "give_feedback"]),
        (Role.REVIEWER, ["give_feedback"]),
        (Role.VIEWER, ["read_workspace"]),
    ],
)
def test_permissions_are_those_of_the_role(
    workspace: Workspace, role: Role, allowed: list[str]
) -> None:
    answer = Opik(factories.key(workspace, role)).get("/workspace-permissions").json()

    assert answer["workspace_name"] == workspace.name
    assert [
        each["permission_name"]
        for each in answer["permissions"]
        if each["permission_value"] == "true"
    ] == allowed


@pytest.mark.parametrize("key", [None, "wrong"])
def test_without_a_good_key_there_is_no_account(key: str | None) -> None:
    account, private = Opik(key, prefix=ACCOUNT), Opik(key)

    answers = [
        account.get("/account-details"),
        account.get("/workspaces"),
        private.get("/workspace-permissions"),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert all(answer.json()["code"] == 401 for answer in answers)


def test_permissions_in_another_workspace_are_403(workspace: Workspace) -> None:
    client = Opik(factories.key(workspace), workspace="elsewhere")

    assert client.get("/workspace-permissions").status_code == 403


def test_address_that_opik_configure_writes_serves_the_whole_api(workspace: Workspace) -> None:
    client = Opik(factories.key(workspace), prefix="/opik/api/v1/private")
    sent = trace()

    made = client.post("/traces", sent)

    assert made.status_code == 201
    assert client.get(f"/traces/{sent['id']}").json()["name"] == sent["name"]
    assert client.http.get("/opik/api/is-alive/ping").json()["healthy"] is True


def test_errors_before_a_view_have_opiks_form_there_too(workspace: Workspace) -> None:
    client = Opik(factories.key(workspace), prefix="/opik/api/v1/private")

    answers = [client.get("/nothing"), client.get("/traces/no-uuid"), client.put("/projects", {})]

    assert [answer.status_code for answer in answers] == [404, 404, 405]
    assert all(answer.json()["code"] == answer.status_code for answer in answers)
