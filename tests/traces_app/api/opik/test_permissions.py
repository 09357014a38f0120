"""Who may do what through Opik's dialect: every role, a stranger, a revoked key, no key."""

from typing import Any

import pytest
from django.utils import timezone
from uuid_utils.compat import uuid7

from feedback_app.models import ApiKey
from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.models import Comment, Project, Role, Score, Trace, Workspace

pytestmark = pytest.mark.django_db
SPAN = {"project_name": "rec proj", "start_time": "2026-11-22T23:12:16Z"}
SCORE = {"name": "quality", "value": 1, "source": "sdk"}


@pytest.fixture
def sent(opik: Opik) -> dict[str, Any]:
    made = trace()
    opik.post("/traces", made)
    opik.post(f"/traces/{made['id']}/comments", {"text": "mine"})
    opik.put(f"/traces/{made['id']}/feedback-scores", SCORE)
    return made


def calls(sent: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """Every endpoint, as (method, path, body)."""
    pk, comment = sent["id"], Comment.objects.get().pk
    project = Project.objects.get().pk
    return [
        ("POST", "/auth", None),
        ("GET", "/auth/workspace", None),
        ("GET", "/projects", None),
        ("POST", "/projects", {"name": "new"}),
        ("GET", f"/projects/{project}", None),
        ("PATCH", f"/projects/{project}", {"description": "x"}),
        ("POST", "/projects/retrieve", {"name": "rec proj"}),
        ("DELETE", f"/projects/{uuid7()}", None),
        ("POST", "/projects/delete", {"ids": [str(uuid7())]}),
        ("POST", "/traces", trace()),
        ("GET", "/traces?project_name=rec+proj", None),
        ("GET", "/traces/stats?project_name=rec+proj", None),
        ("GET", "/traces/exists?project_name=rec+proj", None),
        ("POST", "/traces/search", {"project_name": "rec proj"}),
        ("POST", "/traces/batch", {"traces": [trace()]}),
        ("PATCH", "/traces/batch", {"ids": [pk], "update": {"name": "x"}}),
        ("GET", f"/traces/{pk}", None),
        ("PATCH", f"/traces/{pk}", {"name": "x"}),
        ("DELETE", f"/traces/{pk}", None),
        ("POST", "/traces/delete", {"ids": [pk]}),
        ("PUT", f"/traces/{pk}/feedback-scores", SCORE),
        ("PUT", "/traces/feedback-scores", {"scores": [SCORE | {"id": pk}]}),
        ("POST", f"/traces/{pk}/feedback-scores/delete", {"name": "quality"}),
        ("GET", "/traces/feedback-scores/names", None),
        ("POST", f"/traces/{pk}/comments", {"text": "x"}),
        ("GET", f"/traces/{pk}/comments/{comment}", None),
        ("PATCH", f"/traces/comments/{comment}", {"text": "x"}),
        ("POST", "/traces/comments/delete", {"ids": [str(comment)]}),
        ("POST", "/spans", SPAN | {"trace_id": pk}),
        ("POST", "/spans/batch", {"spans": [SPAN | {"trace_id": pk}]}),
        ("PATCH", "/spans/batch", {"ids": [pk], "update": {"name": "x"}}),
        ("PATCH", f"/spans/{pk}", SPAN | {"trace_id": pk, "name": "x"}),
        ("GET", "/spans?project_name=rec+proj", None),
        ("GET", "/spans/stats?project_name=rec+proj", None),
        ("GET", "/spans/exists?project_name=rec+proj", None),
        ("GET", "/spans/feedback-scores/names", None),
        ("POST", "/spans/search", {"project_name": "rec proj"}),
        ("DELETE", f"/spans/{pk}", None),
        ("POST", f"/spans/{pk}/feedback-scores/delete", {"name": "quality"}),
        ("POST", "/spans/comments/delete", {"ids": [str(comment)]}),
        ("PUT", "/spans/feedback-scores", {"scores": [SCORE | {"id": pk}]}),
    ]


def statuses(client: Opik, wanted: list[tuple[str, str, Any]]) -> dict[str, int]:
    found = {}
    for method, path, body in wanted:
        answer = client.send(method, path, body)
        list(answer)  # a stream gives its place back at its end
        found[f"{method} {path.split('?')[0]}"] = answer.status_code
    return found


def test_without_a_key_everything_is_401(sent: dict[str, Any]) -> None:
    assert set(statuses(Opik(None), calls(sent)).values()) == {401}


@pytest.mark.parametrize("key", ["wrong", "mg_0123456789ab_x", "Bearer", "Bearer wrong", "ключ"])
def test_wrong_key_is_401_in_opiks_form(sent: dict[str, Any], key: str) -> None:
    response = Opik(key).get(f"/traces/{sent['id']}")

    assert response.status_code == 401
    assert response.json()["code"] == 401


def test_revoked_key_is_401(workspace: Workspace, sent: dict[str, Any]) -> None:
    key = factories.key(workspace)
    ApiKey.objects.filter(prefix=key[:15]).update(revoked_at=timezone.now())

    assert set(statuses(Opik(key), calls(sent)).values()) == {401}


def test_key_of_somebody_deactivated_or_removed_is_401(workspace: Workspace) -> None:
    gone, out = factories.member(workspace), factories.member(workspace)
    keys = [factories.key(workspace, person=person) for person in (gone, out)]
    gone.is_active = False
    gone.save()
    out.memberships.all().delete()

    assert [Opik(key).post("/auth").status_code for key in keys] == [401, 401]


def test_bearer_is_accepted_too(workspace: Workspace) -> None:
    assert Opik(f"Bearer {factories.key(workspace)}").post("/auth").status_code == 204


@pytest.mark.parametrize("named", ["", "default", "DEFAULT"])
def test_default_workspace_header_means_the_keys(workspace: Workspace, named: str) -> None:
    assert Opik(factories.key(workspace), workspace=named).post("/auth").status_code == 204


def test_own_workspace_may_be_named_in_any_case(workspace: Workspace) -> None:
    client = Opik(factories.key(workspace), workspace=workspace.name.upper())

    assert client.post("/auth").status_code == 204


def test_other_workspace_is_403_whether_or_not_it_exists(
    workspace: Workspace, sent: dict[str, Any]
) -> None:
    other = factories.workspace()
    key = factories.key(workspace)
    answers = [Opik(key, workspace=name).post("/auth") for name in (other.name, "no-such")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].content == answers[1].content
    assert answers[0].json()["message"] == "Workspace not found or not allowed"


def test_member_may_do_everything_here(workspace: Workspace, sent: dict[str, Any]) -> None:
    client = Opik(factories.key(workspace, Role.MEMBER))
    wanted = [call for call in calls(sent) if "delete" not in call[1].lower() + call[0].lower()]

    assert {
        name: status for name, status in statuses(client, wanted).items() if status >= 400
    } == {}


def test_viewer_reads_and_writes_nothing(workspace: Workspace, sent: dict[str, Any]) -> None:
    client = Opik(factories.key(workspace, Role.VIEWER))

    answers = statuses(client, calls(sent))

    reading = {name for name, status in answers.items() if status != 403}
    assert reading == {
        "POST /auth",
        "GET /auth/workspace",
        "GET /projects",
        f"GET /projects/{Project.objects.get().pk}",
        "POST /projects/retrieve",
        "GET /traces",
        "GET /traces/stats",
        "GET /traces/feedback-scores/names",
        "GET /traces/exists",
        "POST /traces/search",
        "GET /spans",
        "GET /spans/stats",
        "GET /spans/exists",
        "GET /spans/feedback-scores/names",
        "POST /spans/search",
        f"GET /traces/{sent['id']}",
        f"GET /traces/{sent['id']}/comments/{Comment.objects.get().pk}",
    }
    assert all(answers[name] < 300 for name in reading)
    assert (Trace.objects.count(), Score.objects.count(), Comment.objects.count()) == (1, 1, 1)


def test_reviewer_without_queues_sees_and_writes_nothing(
    workspace: Workspace, sent: dict[str, Any]
) -> None:
    client = Opik(factories.key(workspace, Role.REVIEWER))
    pk = sent["id"]

    assert client.post("/traces", trace()).status_code == 403
    assert client.delete(f"/traces/{pk}").status_code == 403
    assert client.get(f"/traces/{pk}").status_code == 404
    assert client.get("/projects").json()["total"] == 0
    assert client.get(f"/projects/{Project.objects.get().pk}").status_code == 404
    assert client.get("/traces", project_name="rec proj").status_code == 404
    assert client.put(f"/traces/{pk}/feedback-scores", SCORE).status_code == 404
    batch = {"scores": [SCORE | {"id": pk}]}
    assert client.put("/traces/feedback-scores", batch).status_code == 404
    assert client.post(f"/traces/{pk}/comments", {"text": "x"}).status_code == 404
    assert (Score.objects.count(), Comment.objects.count()) == (1, 1)


def test_stranger_gets_what_a_missing_id_gets(sent: dict[str, Any]) -> None:
    stranger = Opik(factories.key(factories.workspace()))
    pk, comment = sent["id"], Comment.objects.get().pk

    assert stranger.get(f"/traces/{pk}").status_code == 404
    assert stranger.put(f"/traces/{pk}/feedback-scores", SCORE).status_code == 404
    assert stranger.get(f"/traces/{pk}/comments/{comment}").status_code == 404
    assert stranger.patch(f"/traces/comments/{comment}", {"text": "x"}).status_code == 404
    assert stranger.get("/traces", project_name="rec proj").status_code == 404
    assert stranger.get(f"/projects/{Project.objects.get().pk}").status_code == 404
    for path, body in (
        ("/traces/delete", {"ids": [pk]}),
        ("/traces/comments/delete", {"ids": [str(comment)]}),
        (f"/traces/{pk}/feedback-scores/delete", {"name": "quality"}),
    ):
        assert stranger.post(path, body).status_code == 204
    assert stranger.delete(f"/traces/{pk}").status_code == 204
    assert (Trace.objects.count(), Score.objects.count(), Comment.objects.count()) == (1, 1, 1)


def test_strangers_write_to_a_taken_id_is_a_mismatch_and_touches_nothing(
    sent: dict[str, Any],
) -> None:
    stranger = Opik(factories.key(factories.workspace()))
    stolen = sent | {"name": "stolen"}

    answers = [
        stranger.post("/traces", stolen),
        stranger.post("/traces/batch", {"traces": [stolen]}),
        stranger.patch(f"/traces/{sent['id']}", {"name": "stolen"}),
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert len({answer.content for answer in answers}) == 1
    assert Trace.objects.get().name == sent["name"]


def test_one_person_with_keys_in_two_workspaces_keeps_them_apart() -> None:
    here, there = factories.workspace(), factories.workspace()
    person = factories.member(here, Role.OWNER)
    factories.member(there, Role.OWNER, person)
    one, other = (Opik(factories.key(each, person=person)) for each in (here, there))
    mine = trace()
    one.post("/traces", mine)

    assert other.get(f"/traces/{mine['id']}").status_code == 404
    assert other.put(f"/traces/{mine['id']}/feedback-scores", SCORE).status_code == 404
    batch = {"scores": [SCORE | {"id": mine["id"]}]}
    assert other.put("/traces/feedback-scores", batch).status_code == 204
    assert "feedback_scores" not in one.get(f"/traces/{mine['id']}").json()
    assert other.delete(f"/traces/{mine['id']}").status_code == 204
    assert Trace.objects.count() == 1


def test_browser_session_opens_no_api(workspace: Workspace, sent: dict[str, Any]) -> None:
    client = Opik(None)
    client.http.force_login(factories.member(workspace))

    assert client.get(f"/traces/{sent['id']}").status_code == 401


@pytest.mark.parametrize("prefix", ["/v1/private", "/api/v1/private"])
def test_errors_before_a_view_have_opiks_form(opik: Opik, prefix: str) -> None:
    opik.prefix = prefix

    answers = [opik.get("/nothing"), opik.get("/traces/no-uuid"), opik.put("/projects", {})]

    assert [answer.status_code for answer in answers] == [404, 404, 405]
    assert all(answer.json()["code"] == answer.status_code for answer in answers)


def test_alive_needs_no_key() -> None:
    client = Opik(None, prefix="")

    assert client.get("/api/is-alive/ping").json()["healthy"] is True
    assert client.get("/is-alive/ver").json() == {"version": "2.2.122"}
