"""Annotation queues through Opik's dialect: kept, listed, filled, locked."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.models import AnnotationQueue, Project, QueueItem, Role, Thread, Workspace
from traces_app.services import queues
from traces_app.services.queues import Wishes

pytestmark = pytest.mark.django_db
ADDRESS = "/annotation-queues"


@pytest.fixture
def project_id(opik: Opik) -> str:
    opik.post("/projects", {"name": "rec proj"})
    return str(Project.objects.get().pk)


def queue(project_id: str, **fields: Any) -> dict[str, Any]:
    return {"project_id": project_id, "name": "queue A", "scope": "trace"} | fields


def made(opik: Opik, project_id: str, **fields: Any) -> str:
    answer = opik.post(ADDRESS, queue(project_id, **fields))
    assert answer.status_code == 201, answer.content
    return str(answer["Location"]).rpartition("/")[2]


def sent_traces(opik: Opik, number: int, **fields: Any) -> list[str]:
    ids = [uuid7() for _ in range(number)]
    opik.post("/traces/batch", {"traces": [trace(pk, **fields) for pk in ids]})
    return [str(pk) for pk in ids]


def read(opik: Opik, queue_id: str) -> dict[str, Any]:
    found: dict[str, Any] = opik.get(f"{ADDRESS}/{queue_id}").json()
    return found


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


def test_list_is_paged_newest_first(opik: Opik, project_id: str) -> None:
    ids = [made(opik, project_id, name=f"q{n}") for n in range(3)]

    page = opik.get(ADDRESS, size="2").json()
    last = opik.get(ADDRESS, size="2", page="2").json()

    assert [row["id"] for row in page["content"] + last["content"]] == ids[::-1]
    assert (page["page"], page["size"], page["total"]) == (1, 2, 3)
    assert "name" in page["sortable_by"]
    assert opik.get(ADDRESS, page="3").json()["content"] == []


def test_list_is_narrowed_by_name_and_filters(opik: Opik, project_id: str) -> None:
    made(opik, project_id, name="Ärger 1")
    made(opik, project_id, name="other", scope="thread", description="about money")
    opik.post("/projects", {"name": "second"})
    second = str(Project.objects.get(name="second").pk)
    made(opik, second, name="third")

    def names(**query: Any) -> list[str]:
        if "filters" in query:
            field, operator, value = query["filters"]
            clause = {"field": field, "type": "string", "operator": operator, "value": value}
            query["filters"] = json.dumps([clause])
        answer = opik.get(ADDRESS, **query)
        assert answer.status_code == 200, answer.content
        return sorted(row["name"] for row in answer.json()["content"])

    assert names(name="äRG") == ["Ärger 1"]
    assert names(filters=("project_id", "=", second)) == ["third"]
    assert names(filters=("project_id", "=", str(uuid7()))) == []
    assert names(filters=("scope", "=", "thread")) == ["other"]
    assert names(filters=("description", "contains", "MONEY")) == ["other"]
    assert names(filters=("created_at", ">", "2020-01-01T00:00:00Z")) == [
        "other",
        "third",
        "Ärger 1",
    ]
    assert names(filters=("created_by", "contains", "nobody")) == []


@pytest.mark.parametrize(
    "query",
    [
        {"filters": "x"},
        {"filters": '[{"field": "feedback_scores", "operator": ">", "value": "0", "key": "a"}]'},
        {"filters": '[{"field": "name", "operator": "in", "value": "x"}]'},
        {"sorting": "x"},
        {"page": "0"},
    ],
)
def test_what_the_list_cannot_read_is_400(opik: Opik, query: dict[str, str]) -> None:
    assert opik.get(ADDRESS, **query).status_code == 400


@pytest.mark.parametrize("field", ["id", "name", "items_count", "created_at", "created_by"])
def test_list_is_sorted_both_ways(opik: Opik, project_id: str, field: str) -> None:
    ids = [made(opik, project_id, name=name) for name in ("b", "a", "c")]

    def order(direction: str) -> list[str]:
        sorting = json.dumps([{"field": field, "direction": direction}])
        content = opik.get(ADDRESS, sorting=sorting).json()["content"]
        return [row["id"] for row in content]

    assert {*order("ASC")} == {*order("DESC")} == {*ids}
    if field == "name":
        assert order("ASC") == [ids[1], ids[0], ids[2]] == order("DESC")[::-1]


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


def test_list_and_one_take_a_fixed_number_of_queries(opik: Opik, project_id: str) -> None:
    ids = sent_traces(opik, 3)

    def queries() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as of_list:
            content = opik.get(ADDRESS, size="100").json()["content"]
        with CaptureQueriesContext(connection) as of_one:
            read(opik, content[0]["id"])
        return len(of_list), len(of_one)

    def add_one() -> None:
        pk = made(opik, project_id, feedback_definition_names=["a", "b"])
        opik.post(f"{ADDRESS}/{pk}/items/add", {"ids": ids})
        for trace_id in ids:
            said = {"name": "a", "value": 1, "source": "ui", "source_queue_id": pk}
            opik.put(f"/traces/{trace_id}/feedback-scores", said)

    add_one()
    few = queries()
    for _ in range(4):
        add_one()

    assert queries() == few


def calls(queue_id: str, item: str, project_id: str) -> list[tuple[str, str, Any]]:
    """Every endpoint, as (method, path, body); what changes most comes last."""
    here, ids = f"{ADDRESS}/{queue_id}", {"ids": [item]}
    return [
        ("GET", ADDRESS, None),
        ("GET", here, None),
        ("GET", f"{here}/locks", None),
        ("POST", f"{here}/items/search", ids),
        ("PUT", f"{here}/items/{item}/lock", None),
        ("POST", ADDRESS, queue(project_id)),
        ("POST", f"{ADDRESS}/batch", {"annotation_queues": [queue(project_id)]}),
        ("PATCH", here, {"name": "x"}),
        ("POST", f"{here}/items/add", ids),
        ("POST", f"{here}/items/delete", ids),
        ("POST", f"{ADDRESS}/delete", {"ids": [queue_id]}),
    ]


@pytest.fixture
def everything(opik: Opik, project_id: str) -> list[tuple[str, str, Any]]:
    (item,) = sent_traces(opik, 1)
    queue_id = made(opik, project_id)
    opik.post(f"{ADDRESS}/{queue_id}/items/add", {"ids": [item]})
    return calls(queue_id, item, project_id)


def statuses(client: Opik, wanted: list[tuple[str, str, Any]]) -> list[int]:
    return [client.send(*call).status_code for call in wanted]


@pytest.mark.parametrize(
    ("role", "wanted"),
    [
        (Role.MEMBER, [200] * 5 + [201, 204, 204, 204, 204, 204]),
        (Role.REVIEWER, [200] * 5 + [403] * 6),
        (Role.VIEWER, [200] * 4 + [403] * 7),
    ],
)
def test_each_role_may_do_what_it_may(
    workspace: Workspace, everything: list[Any], role: Role, wanted: list[int]
) -> None:
    assert statuses(Opik(factories.key(workspace, role)), everything) == wanted


@pytest.mark.parametrize("prefix", ["/v1/private", "/api/v1/private"])
def test_without_a_key_everything_is_401_under_both_prefixes(
    everything: list[Any], prefix: str
) -> None:
    assert set(statuses(Opik(None, prefix=prefix), everything)) == {401}


def test_stranger_gets_what_unknown_ids_get_and_changes_nothing(
    everything: list[Any], project_id: str
) -> None:
    stranger = Opik(factories.key(factories.workspace()))
    nowhere = calls(str(uuid7()), str(uuid7()), str(uuid7()))

    theirs, unknown = statuses(stranger, everything), statuses(stranger, nowhere)

    assert theirs == unknown == [200, *[404] * 9, 204]
    assert stranger.get(ADDRESS).json()["total"] == 0
    assert AnnotationQueue.objects.get().item_count == 1


def test_reviewer_sees_own_queues_only(
    opik: Opik, workspace: Workspace, everything: list[Any], project_id: str
) -> None:
    hidden = AnnotationQueue.objects.get()
    access = factories.access(workspace)
    queues.edit(access=access, queue_id=hidden.pk, wishes=Wishes(is_for_everyone=False))
    own = made(opik, project_id, name="own")
    reviewer = Opik(factories.key(workspace, Role.REVIEWER))

    answers = statuses(reviewer, everything)

    assert [row["id"] for row in reviewer.get(ADDRESS).json()["content"]] == [own]
    assert answers == [200, 404, 404, 404, 404, *[403] * 6]


def test_reviewer_of_a_blind_queue_sees_no_averages(
    opik: Opik, workspace: Workspace, everything: list[Any]
) -> None:
    blind = AnnotationQueue.objects.get()
    access = factories.access(workspace)
    queues.edit(access=access, queue_id=blind.pk, wishes=Wishes(is_blind=True))
    item = QueueItem.objects.get().entity_id
    said = {"name": "tone", "value": 1, "source": "ui", "source_queue_id": str(blind.pk)}
    opik.put(f"/traces/{item}/feedback-scores", said)
    reviewer = Opik(factories.key(workspace, Role.REVIEWER))

    assert "feedback_scores" not in read(reviewer, str(blind.pk))
    assert "feedback_scores" not in reviewer.get(ADDRESS).json()["content"][0]
    assert read(opik, str(blind.pk))["feedback_scores"] == [{"name": "tone", "value": 1}]
