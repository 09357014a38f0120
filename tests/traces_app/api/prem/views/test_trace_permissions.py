"""Who may what with Prem's traces, and what the others are told."""

import json

import pytest

from feedback_app.models import ApiKey
from feedback_app.services import api_keys
from tests import factories
from tests.traces_app.api.prem.studio import MISSING, TRACE, Studio, studio
from traces_app.models import Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_unknown_malformed_and_foreign_ids_are_answered_alike(method: str) -> None:
    prem, stranger = studio(), studio()
    foreign = stranger.create(score=0.5)
    body = {"score": 1} if method == "put" else None

    answers = [prem.call(method, f"traces/{pk}", body) for pk in (MISSING, "nonsense", foreign)]

    bodies = [json.loads(answer.content) for answer in answers]
    assert {answer.status_code for answer in answers} == {404}
    assert len({(one["error"], str(one["details"])) for one in bodies}) == 1
    assert stranger.read("get", f"traces/{foreign}")["score"] == 0.5


def test_one_user_with_two_keys_sees_each_workspace_through_its_own() -> None:
    one, other = factories.workspace(), factories.workspace()
    person = factories.member(one, Role.OWNER)
    factories.member(other, Role.OWNER, person)
    here, there = (Studio(factories.key(place, person=person)) for place in (one, other))
    pk = here.create()

    assert there.read("get", "traces")["total"] == 0
    for method in ("get", "delete"):
        assert there.call(method, f"traces/{pk}").status_code == 404
    assert here.read("get", f"traces/{pk}")["id"] == pk


@pytest.mark.parametrize(
    ("role", "create", "read", "put", "delete"),
    [
        (Role.OWNER, 200, 200, 200, 200),
        (Role.MEMBER, 200, 200, 200, 200),
        (Role.VIEWER, 403, 200, 403, 403),
        (Role.REVIEWER, 403, 404, 404, 403),
    ],
)
def test_what_each_role_may(role: Role, create: int, read: int, put: int, delete: int) -> None:
    workspace = factories.workspace()
    pk = studio(workspace).create()
    prem = studio(workspace, role)

    assert prem.call("post", "traces", [TRACE]).status_code == create
    assert prem.call("get", f"traces/{pk}").status_code == read
    assert prem.call("put", f"traces/{pk}", {"score": 1}).status_code == put
    assert prem.call("delete", f"traces/{pk}").status_code == delete


def test_reviewer_without_queues_has_an_empty_list() -> None:
    workspace = factories.workspace()
    studio(workspace).create()

    assert studio(workspace, Role.REVIEWER).read("get", "traces") == {"results": [], "total": 0}


@pytest.mark.parametrize("key", [None, "mg_nonsense", "mg_0123456789ab_wrong"])
@pytest.mark.parametrize(
    ("method", "where"),
    [
        ("get", "traces"),
        ("post", "traces"),
        ("get", f"traces/{MISSING}"),
        ("put", "traces/nonsense"),
        ("delete", f"traces/{MISSING}"),
    ],
)
def test_no_key_or_a_wrong_one_is_401(key: str | None, method: str, where: str) -> None:
    answer = Studio(key).call(method, where)

    assert answer.status_code == 401
    assert json.loads(answer.content)["status"] == 401


def test_revoked_key_is_401() -> None:
    workspace = factories.workspace()
    prem = studio(workspace)
    key = ApiKey.objects.get(workspace=workspace)
    owner = factories.access(workspace)

    api_keys.revoke(access=owner, key_id=key.pk)

    assert prem.call("get", "traces").status_code == 401


def test_key_without_the_word_bearer_is_taken() -> None:
    prem = studio()
    prem.headers = {"Authorization": prem.headers["Authorization"].removeprefix("Bearer ")}

    assert prem.read("get", "traces")["total"] == 0


def test_browsers_get_no_html() -> None:
    prem = studio()
    prem.headers |= {"Accept": "text/html"}

    answer = prem.call("get", "traces")

    assert answer.status_code == 406
    assert answer["Content-Type"] == "application/json"
