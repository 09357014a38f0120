"""Annotation queues through Opik's dialect: kept, filled, locked."""

import json
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.api.opik.client import Opik
from tests.traces_app.api.opik.queues import ADDRESS, made, queue, read, sent_traces
from traces_app.models import AnnotationQueue, QueueItem, Role, Thread, Workspace

pytestmark = pytest.mark.django_db


def test_queue_is_read_as_it_was_sent(opik: Opik, project_id: str) -> None:
    sent = queue(
        project_id,
        id=str(uuid7()),
        description="d",
        instructions="# Read",
        comments_enabled=True,
        feedback_definition_names=["quality", "tone"],
        annotators_per_item=3,
        lock_timeout_seconds=60,
        automation={"enabled": True, "conditions": {"groups": []}, "max_items_in_queue": 5},
        annotator_view={"html": "<b>x</b>", "kit_version": 1, "summary": "s"},
    )

    answer = opik.post(ADDRESS, sent)

    found = opik.http.get(answer["Location"], headers=opik.headers).json()
    assert {name: found[name] for name in sent} == sent
    assert (found["items_count"], found["reviewers"], found["feedback_scores"]) == (0, [], [])
    assert (found["project_name"], found["created_by"]) == ("rec proj", found["last_updated_by"])


def test_what_is_not_sent_has_opiks_defaults(opik: Opik, project_id: str) -> None:
    found = read(opik, made(opik, project_id, description=None, automation=None))

    assert found["comments_enabled"] is False
    assert (found["annotators_per_item"], found["lock_timeout_seconds"]) == (1, 300)
    assert found["feedback_definition_names"] == []
    assert not {"description", "instructions", "automation", "annotator_view"} & found.keys()


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"project_id": None}, "projectId must not be null"),
        ({"name": None}, "name must not be blank"),
        ({"name": "  "}, "name must not be blank"),
        ({"name": "n" * 256}, "name size must be between 0 and 255"),
        ({"scope": None}, "scope must not be null"),
        ({"annotators_per_item": 0}, "annotatorsPerItem must be greater than or equal to 1"),
        ({"annotators_per_item": 1001}, "annotatorsPerItem must be less than or equal to 1000"),
        ({"lock_timeout_seconds": 0}, "lockTimeoutSeconds must be greater than or equal to 1"),
        ({"lock_timeout_seconds": 3601}, "lockTimeoutSeconds must be less than or equal to 3600"),
        (
            {"feedback_definition_names": [" "]},
            "feedbackDefinitionNames[].<list element> must not be blank",
        ),
    ],
)
def test_broken_rule_is_a_line(
    opik: Opik, project_id: str, fields: dict[str, Any], line: str
) -> None:
    single = opik.post(ADDRESS, queue(project_id) | fields)
    batch = opik.post(f"{ADDRESS}/batch", {"annotation_queues": [queue(project_id) | fields]})

    assert (single.status_code, batch.status_code) == (422, 422)
    assert single.json() == {"errors": [line]}
    assert batch.json() == {"errors": [f"annotationQueues[0].{line}"]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"name": 5}',
        b'{"scope": "span"}',
        b'{"annotators_per_item": 1.5}',
        b'{"annotators_per_item": ' + b"9" * 40 + b"}",
        b'{"automation": []}',
        b'{"id": "x"}',
        b'{"feedback_definition_names": [null]}',
    ],
)
def test_what_cannot_be_read_is_400(opik: Opik, body: bytes) -> None:
    answers = [
        opik.raw("POST", ADDRESS, body),
        opik.raw("PATCH", f"{ADDRESS}/{uuid7()}", body),
    ]

    for answer in answers:
        assert answer.status_code in (400, 404, 422)
        assert "errors" in answer.json() or answer.json()["code"] == answer.status_code
    assert answers[0].status_code in (400, 422)
    assert not AnnotationQueue.objects.exists()


def test_odd_texts_are_kept_as_text(opik: Opik, project_id: str) -> None:
    raw = json.dumps(queue(project_id, name="a\x00\ud800b", automation={"n": float("nan")}))

    answer = opik.raw("POST", ADDRESS, raw.encode())

    assert answer.status_code == 201
    found = read(opik, str(answer["Location"]).rpartition("/")[2])
    assert (found["name"], found["automation"]) == ("a\ufffd\ufffdb", {})


def test_id_that_is_no_version_7_is_400(opik: Opik, project_id: str) -> None:
    answer = opik.post(ADDRESS, queue(project_id, id="0190babc-62a0-41d2-832a-0feffa4676eb"))

    assert answer.status_code == 400
    assert answer.json()["details"] == "Annotation queue id must be a version 7 UUID"


def test_id_that_is_taken_is_409(opik: Opik, project_id: str) -> None:
    pk = made(opik, project_id)

    answer = opik.post(ADDRESS, queue(project_id, id=pk))

    assert answer.status_code == 409
    assert answer.json() == {"errors": ["Annotation queue already exists"]}


def test_unknown_project_and_that_of_others_are_404_alike(opik: Opik) -> None:
    theirs = factories.project().pk
    answers = [opik.post(ADDRESS, queue(str(pk))) for pk in (theirs, uuid7())]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()["message"] == f"Project id: {theirs} not found"


def test_batch_makes_all_or_none(opik: Opik, project_id: str) -> None:
    good = [queue(project_id, name=name) for name in "ab"]

    answers = [
        opik.post(f"{ADDRESS}/batch", {"annotation_queues": body}).status_code
        for body in ([*good, queue(str(uuid7()))], good, [], None)
    ]

    assert answers == [404, 204, 422, 422]
    assert sorted(AnnotationQueue.objects.values_list("name", flat=True)) == ["a", "b"]


def test_patch_keeps_what_is_null(opik: Opik, project_id: str) -> None:
    pk = made(opik, project_id, description="d", feedback_definition_names=["quality"])

    answer = opik.patch(
        f"{ADDRESS}/{pk}",
        {
            "name": "queue B",
            "description": "d2",
            "instructions": None,
            "comments_enabled": None,
            "feedback_definition_names": None,
        },
    )

    found = read(opik, pk)
    assert answer.status_code == 204
    assert (found["name"], found["description"]) == ("queue B", "d2")
    assert found["feedback_definition_names"] == ["quality"]


def test_patch_replaces_the_questions(opik: Opik, project_id: str) -> None:
    pk = made(opik, project_id, feedback_definition_names=["quality"])

    opik.patch(f"{ADDRESS}/{pk}", {"feedback_definition_names": ["tone", "quality"]})

    assert read(opik, pk)["feedback_definition_names"] == ["tone", "quality"]


def test_automation_is_changed_in_parts_and_its_ceiling_cleared(
    opik: Opik, project_id: str
) -> None:
    pk = made(opik, project_id, automation={"enabled": True, "max_items_in_queue": 5})

    opik.patch(f"{ADDRESS}/{pk}", {"automation": {"enabled": False, "conditions": None}})
    partly = read(opik, pk)["automation"]
    opik.patch(f"{ADDRESS}/{pk}", {"automation": {"clear_max_items_in_queue": True}})

    assert partly == {"enabled": False, "max_items_in_queue": 5}
    assert read(opik, pk)["automation"] == {"enabled": False}


def test_deleted_queue_is_404_and_unknown_ids_are_no_error(opik: Opik, project_id: str) -> None:
    pk = made(opik, project_id)

    answer = opik.post(f"{ADDRESS}/delete", {"ids": [pk, str(uuid7())]})

    assert answer.status_code == 204
    gone = opik.get(f"{ADDRESS}/{pk}")
    assert gone.status_code == 404
    assert gone.json() == {"code": 404, "message": f"Annotation queue id: {pk} not found"}


def test_items_are_added_once_counted_and_taken_out(opik: Opik, project_id: str) -> None:
    ids = sent_traces(opik, 3)
    pk = made(opik, project_id)

    added = [opik.post(f"{ADDRESS}/{pk}/items/add", {"ids": ids}).status_code for _ in range(2)]
    count = read(opik, pk)["items_count"]
    gone = opik.post(f"{ADDRESS}/{pk}/items/delete", {"ids": [ids[0], str(uuid7())]})

    assert (added, count, gone.status_code) == ([204, 204], 3, 204)
    assert read(opik, pk)["items_count"] == 2


def test_threads_are_items_by_their_model_id(opik: Opik, project_id: str) -> None:
    sent_traces(opik, 2, thread_id="thr-1")
    pk = made(opik, project_id, scope="thread")
    thread = Thread.objects.get()

    by_name = opik.post(f"{ADDRESS}/{pk}/items/add", {"ids": ["thr-1"]})
    by_id = opik.post(f"{ADDRESS}/{pk}/items/add", {"ids": [str(thread.pk)]})

    assert (by_name.status_code, by_id.status_code) == (400, 204)
    assert QueueItem.objects.get().entity_id == thread.pk


def test_unknown_item_is_404_and_nothing_is_added(opik: Opik, project_id: str) -> None:
    (pk,) = sent_traces(opik, 1)
    queue_id, unknown = made(opik, project_id), str(uuid7())

    answer = opik.post(f"{ADDRESS}/{queue_id}/items/add", {"ids": [pk, unknown]})

    assert answer.status_code == 404
    assert answer.json() == {"code": 404, "message": f"Trace id: {unknown} not found"}
    assert read(opik, queue_id)["items_count"] == 0


@pytest.mark.parametrize("verb", ["add", "delete", "search"])
def test_items_come_by_1_to_1000_ids(opik: Opik, project_id: str, verb: str) -> None:
    pk = made(opik, project_id)

    answers = [
        opik.post(f"{ADDRESS}/{pk}/items/{verb}", {"ids": ids})
        for ids in ([], None, [str(uuid7())] * 1001)
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert answers[2].json() == {"errors": ["ids size must be between 1 and 1000"]}


def test_search_tells_of_the_items_that_are_there(opik: Opik, project_id: str) -> None:
    one, two = sent_traces(opik, 2)
    pk = made(opik, project_id)
    opik.post(f"{ADDRESS}/{pk}/items/add", {"ids": [one]})

    answer = opik.post(f"{ADDRESS}/{pk}/items/search", {"ids": [one, two]})

    assert answer.json() == {"content": [{"id": one, "source": "manual"}]}


def test_item_is_locked_for_one_and_shown_to_all(
    opik: Opik, workspace: Workspace, project_id: str
) -> None:
    (item,) = sent_traces(opik, 1)
    pk = made(opik, project_id, lock_timeout_seconds=60)
    opik.post(f"{ADDRESS}/{pk}/items/add", {"ids": [item]})
    other = Opik(factories.key(workspace))

    mine = opik.put(f"{ADDRESS}/{pk}/items/{item}/lock").json()
    theirs = other.put(f"{ADDRESS}/{pk}/items/{item}/lock").json()
    again = opik.put(f"{ADDRESS}/{pk}/items/{item}/lock").json()

    assert (mine["acquired"], theirs["acquired"], again["acquired"]) == (True, False, True)
    assert theirs | {"acquired": True} == mine
    assert mine["item_id"] == item
    assert again["expires_at"] > mine["expires_at"]
    assert other.get(f"{ADDRESS}/{pk}/locks").json() == {
        "locks": {item: {"active_locks": 1, "locked_by": [mine["locked_by"]]}}
    }


def test_lock_of_what_is_not_in_the_queue_is_404(opik: Opik, project_id: str) -> None:
    (item,) = sent_traces(opik, 1)
    pk = made(opik, project_id)

    answers = [
        opik.put(f"{ADDRESS}/{queue_id}/items/{entity_id}/lock").status_code
        for queue_id, entity_id in ((pk, item), (pk, uuid7()), (uuid7(), item))
    ]

    assert answers == [404, 404, 404]


def test_reviewers_and_averages_are_those_of_the_queue(
    opik: Opik, workspace: Workspace, project_id: str
) -> None:
    one, two = sent_traces(opik, 2)
    pk, other = made(opik, project_id), made(opik, project_id)
    opik.post(f"{ADDRESS}/{pk}/items/add", {"ids": [one, two]})
    busy = factories.member(workspace, Role.MEMBER, factories.user("busy@example.com"))
    client = Opik(factories.key(workspace, person=busy))

    def score(by: Opik, trace_id: str, name: str, value: float, queue_id: str | None) -> None:
        said = {"name": name, "value": value, "source": "ui", "source_queue_id": queue_id}
        assert by.put(f"/traces/{trace_id}/feedback-scores", said).status_code == 204

    score(client, one, "tone", 1, pk)
    score(client, two, "tone", 0, pk)
    score(client, two, "quality", 0.25, pk)
    score(opik, two, "tone", 0.5, pk)
    score(opik, one, "tone", 100, other)
    score(opik, one, "tone", 100, None)

    found = read(opik, pk)
    assert found["reviewers"][0] == {"username": "busy@example.com", "status": 2}
    assert [row["status"] for row in found["reviewers"]] == [2, 1]
    assert found["feedback_scores"] == [
        {"name": "quality", "value": 0.25},
        {"name": "tone", "value": 0.5},
    ]
