"""Who may do what with threads, and what no client should send: never a 500."""

from typing import Any

import pytest

from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.models import NIL, Comment, Project, Role, Score, Thread, Trace, Workspace

pytestmark = pytest.mark.django_db
NAME = "rec proj"
ONE = {"project_name": NAME, "thread_id": "t"}
SCORE = ONE | {"name": "quality", "value": 1, "source": "sdk"}
SCORES = "/traces/threads/feedback-scores"


@pytest.fixture
def model_id(opik: Opik) -> str:
    opik.post("/traces/batch", {"traces": [trace(thread_id="t")]})
    pk = str(Thread.objects.get().pk)
    opik.put(SCORES, {"scores": [SCORE]})
    opik.post(f"/traces/threads/{pk}/comments", {"text": "mine"})
    return pk


def reading(model_id: str) -> list[tuple[str, str, Any]]:
    comment = Comment.objects.get().pk
    at = f"project_id={Project.objects.get(name=NAME).pk}"
    return [
        ("GET", f"/traces/threads?{at}", None),
        ("GET", f"/traces/threads/stats?{at}", None),
        ("GET", f"{SCORES}/names?{at}", None),
        ("POST", "/traces/threads/search", {"project_name": NAME}),
        ("POST", "/traces/threads/retrieve", ONE),
        ("GET", f"/traces/threads/{model_id}/comments/{comment}", None),
    ]


def writing(model_id: str) -> list[tuple[str, str, Any]]:
    comment = Comment.objects.get().pk
    many = {"project_name": NAME, "thread_ids": ["t"]}
    return [
        ("PUT", "/traces/threads/open", ONE),
        ("PUT", "/traces/threads/close", ONE),
        ("PATCH", f"/traces/threads/{model_id}", {"tags": ["x"]}),
        ("PATCH", "/traces/threads/batch", {"ids": [model_id], "update": {"tags": ["x"]}}),
        ("PUT", SCORES, {"scores": [SCORE | {"value": 0}]}),
        ("POST", f"{SCORES}/delete", ONE | {"names": ["quality"]}),
        ("POST", f"/traces/threads/{model_id}/comments", {"text": "x"}),
        ("PATCH", f"/traces/threads/comments/{comment}", {"text": "x"}),
        ("POST", "/traces/threads/comments/delete", {"ids": [str(comment)]}),
        ("POST", "/traces/threads/delete", many),
    ]


def statuses(client: Opik, calls: list[tuple[str, str, Any]]) -> list[int]:
    found = []
    for method, path, body in calls:
        answer = client.send(method, path, body)
        found.append(answer.status_code)
        if answer.streaming:
            list(answer.streaming_content)  # to its end, or its place stays taken
    return found


def assert_untouched() -> None:
    thread = Thread.objects.get(project__name=NAME, thread_id="t")
    assert (thread.status, thread.tags, Trace.objects.count()) == ("active", None, 1)
    assert Score.objects.get().value == 1
    assert Comment.objects.get().text == "mine"


def test_without_a_key_everything_is_401(model_id: str) -> None:
    calls = reading(model_id) + writing(model_id)

    assert set(statuses(Opik(None), calls)) == {401}


def test_member_may_do_everything(workspace: Workspace, model_id: str) -> None:
    client = Opik(factories.key(workspace, Role.MEMBER))

    assert max(statuses(client, reading(model_id) + writing(model_id))) < 300


def test_viewer_reads_and_writes_nothing(workspace: Workspace, model_id: str) -> None:
    client = Opik(factories.key(workspace, Role.VIEWER))

    assert set(statuses(client, reading(model_id))) == {200}
    assert set(statuses(client, writing(model_id))) == {403}
    assert_untouched()


def test_reviewer_without_queues_finds_and_changes_nothing(
    workspace: Workspace, model_id: str
) -> None:
    client = Opik(factories.key(workspace, Role.REVIEWER))

    assert set(statuses(client, reading(model_id))) == {404}
    assert statuses(client, writing(model_id)) == [
        *(403, 403, 403, 403),
        *(404, 204, 404, 404, 204),
        403,
    ]
    assert_untouched()


def test_reviewer_judges_the_threads_of_own_queues_and_makes_none(
    workspace: Workspace, model_id: str
) -> None:
    client = Opik(factories.key(workspace, Role.REVIEWER))
    owner = factories.access(workspace)
    thread = Thread.objects.get()
    factories.queue(owner, thread.project_id, thread, scope="thread")

    assert set(statuses(client, reading(model_id))) == {200}
    assert client.put(SCORES, {"scores": [SCORE]}).status_code == 204
    unknown = [SCORE | {"value": 0}, SCORE | {"thread_id": "new"}]
    refused = client.put(SCORES, {"scores": unknown})
    assert (refused.status_code, Thread.objects.count()) == (404, 1)
    assert {score.value for score in Score.objects.all()} == {1}


def test_stranger_gets_what_a_missing_id_gets(model_id: str) -> None:
    stranger = Opik(factories.key(factories.workspace()))

    assert set(statuses(stranger, reading(model_id))) == {404}
    assert statuses(stranger, writing(model_id)) == [
        *(404, 404, 404, 204),
        *(204, 204, 404, 404, 204),
        204,
    ]
    Thread.objects.exclude(pk=model_id).delete()  # the stranger's own, of the same name
    Score.objects.exclude(entity_id=model_id).delete()
    assert_untouched()


ODD: list[Any] = [
    *([], "x", 5, None, {"thread_id": 5}, {"thread_ids": "t"}, {"project_id": "x"}),
    *({"filters": {}}, {"filters": [5]}, {"limit": "many"}, {"ids": ["x"]}, {"update": []}),
    *({"scores": [5]}, {"scores": {}}, {"names": "x"}, {"tags": [5]}, {"from_time": "now"}),
    ONE | {"thread_id": "a\x00b", "thread_ids": None, "project_name": "\ud800"},
    ONE | {"thread_id": "\ud83d"},
    ONE | {"names": ["a\x00"], "author": "\x00"},
    {"project_name": NAME, "thread_ids": ["\x00", "\ud800"]},
    {"scores": [SCORE | {"thread_id": "\x00", "value": float("nan")}]},
    {"scores": [SCORE | {"value": 10**400}]},
    {"project_name": NAME, "last_retrieved_thread_model_id": "\x00"},
    {"project_name": NAME, "limit": 10**30},
    {"text": 5},
]


@pytest.mark.parametrize("body", ODD, ids=lambda body: repr(body)[:40])
def test_odd_bodies_are_refused_and_never_a_500(opik: Opik, model_id: str, body: Any) -> None:
    calls = [call for call in reading(model_id) + writing(model_id) if call[0] != "GET"]

    answers = statuses(opik, [(method, path, body) for method, path, _ in calls])

    assert max(answers) < 500


@pytest.mark.parametrize(
    "query",
    [
        {"filters": '[{"field":"thread_id","operator":"=","value":"x"}]'},
        {"filters": '[{"field":"status","operator":">","value":"x"}]'},
        {"sorting": "{"},
        {"exclude": "[5]"},
        {"project_id": "x"},
        {"from_time": "x"},
        {"page": "0"},
        {"search": "\x00"},
        {"annotation_queue_id": "x"},
    ],
)
def test_odd_parameters_are_never_a_500(opik: Opik, model_id: str, query: dict[str, str]) -> None:
    asked = {"project_name": NAME} | query

    assert opik.get("/traces/threads", **asked).status_code in (200, 400, 404)
    assert opik.get("/traces/threads/stats", **asked).status_code in (200, 400, 404)


@pytest.mark.parametrize("path", ["no-uuid", "no-uuid/comments", f"{NIL}/comments/no-uuid"])
def test_ids_that_are_none_are_404(opik: Opik, path: str) -> None:
    assert opik.patch(f"/traces/threads/{path}", {}).status_code == 404
