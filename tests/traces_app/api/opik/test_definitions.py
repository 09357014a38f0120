"""Feedback definitions: create, list, get, replace, delete."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.api.opik.client import Opik
from traces_app.models import FeedbackDefinition, Role, Workspace
from traces_app.services import definitions, workspaces

pytestmark = pytest.mark.django_db
ADDRESS = "/feedback-definitions"
NUMERICAL = {"name": "tone", "type": "numerical", "details": {"min": 0, "max": 5}}
OF_EACH_TYPE = [
    NUMERICAL,
    {"name": "mood", "type": "categorical", "details": {"categories": {"good": 1, "bad": 0.5}}},
    {"name": "ok", "type": "boolean", "details": {"true_label": "Yes", "false_label": "No"}},
]


def made(opik: Opik, **fields: Any) -> str:
    answer = opik.post(ADDRESS, NUMERICAL | fields)
    assert answer.status_code == 201, answer.content
    return str(answer["Location"]).rpartition("/")[2]


@pytest.mark.parametrize("sent", OF_EACH_TYPE, ids=lambda sent: str(sent["type"]))
def test_each_type_is_read_as_it_was_sent(opik: Opik, sent: dict[str, Any]) -> None:
    answer = opik.post(ADDRESS, sent | {"description": "What it is."})

    read = opik.http.get(answer["Location"], headers=opik.headers).json()
    assert {name: read[name] for name in sent} == sent
    assert read["description"] == "What it is."
    assert read["created_by"] == read["last_updated_by"]


def test_id_that_was_sent_is_kept(opik: Opik) -> None:
    pk = str(uuid7())

    assert made(opik, id=pk) == pk
    assert opik.get(f"{ADDRESS}/{pk}").json()["id"] == pk


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": None}, 422),
        ({"name": " "}, 422),
        ({"name": "x" * 256}, 422),
        ({"description": "x" * 256}, 422),
        ({"details": None}, 422),
        ({"details": []}, 422),
        ({"details": {"min": 5, "max": 0}}, 422),
        ({"details": {"min": "0", "max": 1}}, 422),
        ({"details": {"min": float("nan"), "max": 1}}, 422),
        ({"type": "categorical"}, 422),
        ({"type": "stars"}, 400),
        ({"type": None}, 400),
        ({"id": "no uuid"}, 400),
        ({"id": "5f0a1e0c-7f0f-4c53-8f43-bd1c3c1d9d35"}, 400),
        ({"name": "TAKEN"}, 201),
        ({"name": "taken"}, 409),
        ({"name": "a\x00b\ud83d"}, 201),
        ({"details": {"min": 0, "max": 10**400}}, 422),
        ({"details": {"min": 0, "max": 999_999_999}}, 201),
    ],
)
def test_what_cannot_be_is_refused(opik: Opik, fields: dict[str, Any], status: int) -> None:
    made(opik, name="taken")

    answer = opik.post(ADDRESS, NUMERICAL | fields)

    assert answer.status_code == status, answer.content
    assert FeedbackDefinition.objects.count() == 1 + (status == 201)


def test_taken_name_is_409_in_opiks_words(opik: Opik) -> None:
    made(opik)

    assert opik.post(ADDRESS, NUMERICAL).json() == {"errors": ["Feedback already exists"]}


def test_list_is_paged_and_narrowed(opik: Opik) -> None:
    names = ["Größe", "tone", "TONE of voice"]
    for name in names:
        made(opik, name=name)
    made(opik, name="ok", type="boolean", details={"true_label": "1", "false_label": "0"})

    page = opik.get(ADDRESS, page="2", size="1").json()
    assert (page["page"], page["size"], page["total"]) == (2, 1, 4)
    assert page["content"][0]["name"] == "TONE of voice"
    assert listed(opik, name="ton") == ["TONE of voice", "tone"]
    assert listed(opik, name="GRÖ") == ["Größe"]
    assert listed(opik, type="boolean") == ["ok"]
    assert (
        listed(opik, type="stars") == listed(opik, type="\x00") == listed(opik, name="\x00") == []
    )


def listed(opik: Opik, **query: str) -> list[str]:
    return [each["name"] for each in opik.get(ADDRESS, **query).json()["content"]]


def test_list_takes_as_many_queries_for_ten_as_for_one(opik: Opik) -> None:
    made(opik)
    opik.get(ADDRESS)
    with CaptureQueriesContext(connection) as few:
        opik.get(ADDRESS)
    for number in range(9):
        made(opik, name=f"tone {number}")

    with CaptureQueriesContext(connection) as many:
        assert opik.get(ADDRESS).json()["size"] == 10

    assert len(many) == len(few)


def test_put_replaces(opik: Opik) -> None:
    pk = made(opik, description="old")

    answer = opik.put(f"{ADDRESS}/{pk}", OF_EACH_TYPE[1])

    read = opik.get(f"{ADDRESS}/{pk}").json()
    assert answer.status_code == 204
    assert {name: read[name] for name in OF_EACH_TYPE[1]} == OF_EACH_TYPE[1]
    assert "description" not in read


def test_put_is_refused_for_unknown_ids_and_taken_names(opik: Opik) -> None:
    pk = made(opik, name="one")
    made(opik, name="two")

    assert opik.put(f"{ADDRESS}/{uuid7()}", NUMERICAL).status_code == 404
    assert opik.put(f"{ADDRESS}/{pk}", NUMERICAL | {"name": "two"}).status_code == 409


def test_built_in_definition_is_neither_replaced_nor_deleted() -> None:
    workspace = workspaces.get_or_create(name="w")
    built_in = workspace.definitions.get()
    opik = Opik(factories.key(workspace))
    address = f"{ADDRESS}/{built_in.pk}"

    answers = [
        opik.put(address, NUMERICAL),
        opik.delete(address),
        opik.post(f"{ADDRESS}/delete", {"ids": [str(built_in.pk)]}),
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert workspace.definitions.get().name == "User feedback"


def test_deleted_ones_are_gone_and_unknown_ids_are_no_error(opik: Opik) -> None:
    one, two, three = (made(opik, name=name) for name in ("one", "two", "three"))

    answers = [
        opik.delete(f"{ADDRESS}/{one}"),
        opik.delete(f"{ADDRESS}/{one}"),
        opik.post(f"{ADDRESS}/delete", {"ids": [two, str(uuid7())]}),
    ]

    assert [answer.status_code for answer in answers] == [204, 204, 204]
    assert opik.get(f"{ADDRESS}/{one}").status_code == 404
    assert [str(each.pk) for each in FeedbackDefinition.objects.all()] == [three]


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": [str(uuid7())] * 1001}])
def test_deletion_of_no_list_of_ids_is_422(opik: Opik, body: Any) -> None:
    assert opik.post(f"{ADDRESS}/delete", body).status_code == 422


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        (None, [404, 404, 204, 201]),
        (Role.MEMBER, [200, 204, 204, 201]),
        (Role.VIEWER, [200, 403, 403, 403]),
        (Role.REVIEWER, [404, 403, 403, 403]),
    ],
    ids=["stranger", "member", "viewer", "reviewer"],
)
def test_who_may_do_what(
    workspace: Workspace, opik: Opik, role: Role | None, statuses: list[int]
) -> None:
    address = f"{ADDRESS}/{made(opik)}"
    key = factories.key(workspace, role) if role else factories.key(factories.workspace())
    client = Opik(key)

    answers = [
        client.get(address),
        client.put(address, NUMERICAL),
        client.delete(address),
        client.post(ADDRESS, NUMERICAL | {"name": "new"}),
    ]

    assert [answer.status_code for answer in answers] == statuses


def test_without_a_key_everything_is_401(opik: Opik) -> None:
    nobody, pk = Opik(None), made(opik)

    answers = [
        nobody.get(ADDRESS),
        nobody.post(ADDRESS, NUMERICAL),
        nobody.delete(f"{ADDRESS}/{pk}"),
        nobody.post(f"{ADDRESS}/delete", {"ids": [pk]}),
    ]

    assert {answer.status_code for answer in answers} == {401}


def test_types_that_opik_does_not_know_are_not_there_for_it(
    workspace: Workspace, opik: Opik
) -> None:
    shown = made(opik)
    said = definitions.Definition("Faults", "multiple", '{"categories":{"late":1,"rude":1}}')
    hidden = definitions.create(access=factories.access(workspace), said=said)
    address = f"{ADDRESS}/{hidden.pk}"

    page = opik.get(ADDRESS).json()
    answers = [opik.get(address), opik.put(address, NUMERICAL), opik.delete(address)]
    taken = opik.post(ADDRESS, NUMERICAL | {"name": "Faults"})

    assert (page["total"], [each["id"] for each in page["content"]]) == (1, [shown])
    assert listed(opik, type="multiple") == []
    assert [answer.status_code for answer in answers] == [404, 404, 204]
    assert taken.status_code == 409
    assert FeedbackDefinition.objects.filter(pk=hidden.pk, type="multiple").exists()
