"""What is done to threads through Opik's dialect: opened, closed, tagged, commented, deleted."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests.traces_app.api.opik.client import Opik, trace
from tests.traces_app.api.opik.threads import NAME, PLACE, found, listed, retrieved, send
from traces_app.models import Comment, Score, Thread, Trace

pytestmark = pytest.mark.django_db


def test_open_and_close_change_the_status(opik: Opik) -> None:
    send(opik, trace(thread_id="a"), trace(thread_id="b"), trace(thread_id="c"))

    assert opik.put("/traces/threads/close", PLACE | {"thread_id": "a"}).status_code == 204
    closing = PLACE | {"thread_ids": ["a", "b", "b"]}
    assert opik.put("/traces/threads/close", closing).status_code == 204
    statuses = {each["id"]: each["status"] for each in found(opik)}
    assert statuses == {"a": "inactive", "b": "inactive", "c": "active"}

    assert opik.put("/traces/threads/open", PLACE | {"thread_id": "a"}).status_code == 204
    assert retrieved(opik, "a").json()["status"] == "active"


def test_close_of_unknown_threads_closes_none(opik: Opik) -> None:
    send(opik, trace(thread_id="a"))
    opik.put("/traces/threads/open", PLACE | {"thread_id": "empty"})

    answer = opik.put("/traces/threads/close", PLACE | {"thread_ids": ["a", "x", "empty"]})

    assert (answer.status_code, answer.json()) == (
        404,
        {"code": 404, "message": "Thread '[x, empty]' not found:"},
    )
    assert retrieved(opik, "a").json()["status"] == "active"


@pytest.mark.parametrize(("path", "status"), [("open", 404), ("close", 404), ("retrieve", 404)])
def test_unknown_project_is_404(opik: Opik, path: str, status: int) -> None:
    method = "POST" if path == "retrieve" else "PUT"
    body = {"project_name": "nowhere", "thread_id": "t"}

    answer = opik.send(method, f"/traces/threads/{path}", body)

    assert (answer.status_code, answer.json()["message"]) == (
        404,
        "Project name: nowhere not found",
    )


def test_delete_takes_all_of_a_thread_and_nothing_else(opik: Opik) -> None:
    doomed = [trace(thread_id="t") for _ in range(3)]
    kept = [trace(thread_id="t", project_name="other"), trace(thread_id="u")]
    send(opik, *doomed, *kept)
    said = {"name": "quality", "value": 1, "source": "sdk"}
    opik.put(f"/traces/{doomed[0]['id']}/feedback-scores", said)
    opik.put("/traces/threads/feedback-scores", {"scores": [PLACE | said | {"thread_id": "t"}]})
    model_id = retrieved(opik, "t").json()["thread_model_id"]
    opik.post(f"/traces/threads/{model_id}/comments", {"text": "x"})

    answer = opik.post("/traces/threads/delete", PLACE | {"thread_ids": ["t", "unknown"]})

    assert answer.status_code == 204
    assert {str(pk) for pk in Trace.objects.values_list("pk", flat=True)} == {
        each["id"] for each in kept
    }
    assert sorted(Thread.objects.values_list("thread_id", "project__name")) == [
        ("t", "other"),
        ("u", NAME),
    ]
    assert (Score.objects.count(), Comment.objects.count()) == (0, 0)


def test_delete_in_an_unknown_project_is_no_error(opik: Opik) -> None:
    body = {"project_name": "nowhere", "thread_ids": ["t"]}

    assert opik.post("/traces/threads/delete", body).status_code == 204


@pytest.fixture
def model_id(opik: Opik) -> str:
    send(opik, trace(thread_id="t"))
    return str(Thread.objects.get().pk)


def tags(opik: Opik) -> list[str] | None:
    read: list[str] | None = retrieved(opik, "t").json().get("tags")
    return read


def test_tags_are_replaced_added_removed_and_cleared(opik: Opik, model_id: str) -> None:
    path = f"/traces/threads/{model_id}"

    assert opik.patch(path, {"tags": ["a", "b", "a"]}).status_code == 204
    assert tags(opik) == ["a", "b"]
    opik.patch(path, {"tags": ["ignored"], "tags_to_add": ["c"], "tags_to_remove": ["a"]})
    assert tags(opik) == ["b", "c"]
    opik.patch(path, {"tags": None})
    assert tags(opik) == ["b", "c"]
    opik.patch(path, {"tags": []})
    assert tags(opik) is None


def test_batch_of_tags_skips_unknown_ids(opik: Opik, model_id: str) -> None:
    body = {"ids": [model_id, str(uuid7())], "update": {"tags": ["a"]}}
    assert opik.patch("/traces/threads/batch", body).status_code == 204
    merged = body | {"update": {"tags": ["b"]}, "merge_tags": True}

    assert opik.patch("/traces/threads/batch", merged).status_code == 204

    assert tags(opik) == ["a", "b"]


@pytest.mark.parametrize(
    ("path", "body", "line"),
    [
        ("batch", {"ids": [], "update": {}}, "ids size must be between 1 and 1000"),
        ("batch", {"update": {}}, "ids must not be null"),
        ("batch", {"ids": [str(uuid7())]}, "update must not be null"),
        (
            "batch",
            {"ids": [str(uuid7())], "update": {"tags": [" "]}},
            "update.tags[].<iterable element> must not be blank",
        ),
        ("one", {"tags": ["x"] * 51}, "tags size must be between 0 and 50"),
        (
            "one",
            {"tags_to_add": ["x" * 101]},
            "tagsToAdd[].<iterable element> size must be between 0 and 100",
        ),
    ],
)
def test_broken_rules_of_tags_are_named(
    opik: Opik, model_id: str, path: str, body: Any, line: str
) -> None:
    answer = opik.patch(f"/traces/threads/{model_id if path == 'one' else path}", body)

    assert (answer.status_code, answer.json()) == (422, {"errors": [line]})


def test_more_than_50_tags_are_refused(opik: Opik, model_id: str) -> None:
    path = f"/traces/threads/{model_id}"
    opik.patch(path, {"tags": [f"t{number}" for number in range(50)]})

    answer = opik.patch(path, {"tags_to_add": ["one more"]})

    line = "Tag limit exceeded: maximum 50 tags per item"
    assert (answer.status_code, answer.json()) == (422, {"errors": [line]})


def test_tags_of_an_unknown_thread_are_404(opik: Opik) -> None:
    pk = uuid7()

    answer = opik.patch(f"/traces/threads/{pk}", {"tags": []})

    assert answer.json() == {"code": 404, "message": f"Thread id: {pk} not found"}


def test_comments_are_those_of_the_model_id(opik: Opik, model_id: str) -> None:
    made = opik.post(f"/traces/threads/{model_id}/comments", {"text": "So so."})
    pk = made.json()["id"]
    at = f"/traces/threads/{model_id}/comments/{pk}"

    assert (made.status_code, made["Location"]) == (201, f"http://testserver{opik.prefix}{at}")
    assert opik.get(at).json()["text"] == "So so."
    assert opik.patch(f"/traces/threads/comments/{pk}", {"text": "Good."}).status_code == 204
    assert [each["text"] for each in retrieved(opik, "t").json()["comments"]] == ["Good."]
    assert opik.get(f"/traces/threads/{uuid7()}/comments/{pk}").status_code == 404
    assert opik.post("/traces/threads/comments/delete", {"ids": [pk]}).status_code == 204
    assert "comments" not in retrieved(opik, "t").json()


def test_comments_of_threads_and_traces_do_not_mix(opik: Opik, model_id: str) -> None:
    pk = opik.post(f"/traces/threads/{model_id}/comments", {"text": "x"}).json()["id"]

    assert opik.patch(f"/traces/comments/{pk}", {"text": "y"}).status_code == 404
    assert opik.post("/traces/comments/delete", {"ids": [pk]}).status_code == 204
    assert Comment.objects.get().text == "x"


def test_comment_on_an_unknown_thread_is_404(opik: Opik) -> None:
    pk = uuid7()

    answer = opik.post(f"/traces/threads/{pk}/comments", {"text": "x"})

    assert answer.json() == {"code": 404, "message": f"thread id: {pk} not found"}


def test_both_prefixes_answer(opik: Opik, model_id: str) -> None:
    opik.prefix = "/v1/private"

    assert listed(opik) == ["t"]
    assert UUID(retrieved(opik, "t").json()["thread_model_id"]) == UUID(model_id)
