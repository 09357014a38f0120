"""Environments: create, list, get, change, delete."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.api.opik.client import Opik
from traces_app.models import Environment, Role, Workspace

pytestmark = pytest.mark.django_db
ADDRESS = "/environments"
LIVE = {"name": "production", "description": "Live.", "color": "#2f7d4f", "position": 3}


def made(opik: Opik, name: str = "production", **fields: Any) -> str:
    answer = opik.post(ADDRESS, {"name": name} | fields)
    assert answer.status_code == 201, answer.content
    return str(answer["Location"]).rpartition("/")[2]


def test_environment_is_read_as_it_was_sent(opik: Opik) -> None:
    pk = str(uuid7())

    answer = opik.post(ADDRESS, LIVE | {"id": pk})

    read = opik.http.get(answer["Location"], headers=opik.headers).json()
    assert {name: read[name] for name in LIVE} == LIVE
    assert (answer.status_code, read["id"]) == (201, pk)
    assert read["created_by"] == read["last_updated_by"]


def test_all_are_listed_by_position(opik: Opik) -> None:
    for number, name in enumerate(("c", "b", "a")):
        made(opik, name, position=5 - number)

    page = opik.get(ADDRESS).json()

    assert [each["name"] for each in page["content"]] == ["a", "b", "c"]
    assert (page["page"], page["size"], page["total"]) == (1, 3, 3)


def test_list_takes_as_many_queries_for_ten_as_for_one(opik: Opik) -> None:
    made(opik)
    opik.get(ADDRESS)
    with CaptureQueriesContext(connection) as few:
        opik.get(ADDRESS)
    for number in range(9):
        made(opik, f"other {number}")

    with CaptureQueriesContext(connection) as many:
        assert opik.get(ADDRESS).json()["size"] == 10

    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": None}, 422),
        ({"name": " "}, 422),
        ({"name": "x" * 151}, 422),
        ({"name": "taken"}, 409),
        ({"name": 1}, 400),
        ({"position": -1}, 422),
        ({"position": 10**40}, 422),
        ({"position": float("nan")}, 201),
        ({"position": "1"}, 400),
        ({"color": "x" * 31}, 422),
        ({"description": "x" * 1001}, 422),
        ({"description": "a\x00b\ud83d"}, 201),
        ({"id": "no uuid"}, 400),
        ({"id": "5f0a1e0c-7f0f-4c53-8f43-bd1c3c1d9d35"}, 400),
    ],
)
def test_what_cannot_be_is_refused(opik: Opik, fields: dict[str, Any], status: int) -> None:
    made(opik, "taken")

    answer = opik.post(ADDRESS, LIVE | fields)

    assert answer.status_code == status, answer.content
    assert Environment.objects.count() == 1 + (status == 201)


def test_id_of_a_stranger_is_a_conflict(opik: Opik) -> None:
    pk = made(Opik(factories.key(factories.workspace())))

    assert opik.post(ADDRESS, LIVE | {"id": pk}).status_code == 409


def test_patch_changes_what_is_sent(opik: Opik) -> None:
    pk = made(opik, description="old", color="#fff")

    answer = opik.patch(f"{ADDRESS}/{pk}", {"description": "new", "color": None})

    read = opik.get(f"{ADDRESS}/{pk}").json()
    assert answer.status_code == 204
    assert (read["name"], read["description"], read["color"]) == ("production", "new", "#fff")


def test_patch_is_refused_for_unknown_ids_and_taken_names(opik: Opik) -> None:
    pk = made(opik, "one")
    made(opik, "two")

    assert opik.patch(f"{ADDRESS}/{uuid7()}", {"color": "#000"}).status_code == 404
    assert opik.patch(f"{ADDRESS}/{pk}", {"name": "two"}).status_code == 409
    assert opik.patch(f"{ADDRESS}/{pk}", {"name": ""}).status_code == 422


def test_deleted_ones_are_gone_and_unknown_ids_are_no_error(opik: Opik) -> None:
    one, two = made(opik, "one"), made(opik, "two")

    answers = [opik.post(f"{ADDRESS}/delete", {"ids": [one, str(uuid7())]}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert opik.get(f"{ADDRESS}/{one}").status_code == 404
    assert str(Environment.objects.get().pk) == two


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
    pk = made(opik)
    key = factories.key(workspace, role) if role else factories.key(factories.workspace())
    client = Opik(key)

    answers = [
        client.get(f"{ADDRESS}/{pk}"),
        client.patch(f"{ADDRESS}/{pk}", {"color": "#000"}),
        client.post(f"{ADDRESS}/delete", {"ids": [pk]}),
        client.post(ADDRESS, {"name": "new"}),
    ]

    assert [answer.status_code for answer in answers] == statuses


def test_without_a_key_everything_is_401(opik: Opik) -> None:
    nobody, pk = Opik(None), made(opik)

    answers = [
        nobody.get(ADDRESS),
        nobody.post(ADDRESS, LIVE),
        nobody.patch(f"{ADDRESS}/{pk}", LIVE),
        nobody.post(f"{ADDRESS}/delete", {"ids": [pk]}),
    ]

    assert {answer.status_code for answer in answers} == {401}
