"""``PATCH /traces/batch``, and what both PATCHes do to tags."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.models import Role, Trace, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(opik: Opik) -> list[str]:
    """The ids of two traces, tagged a and b."""
    made = [trace(tags=["a", "b"]) for _ in range(2)]
    opik.post("/traces/batch", {"traces": made})
    return [each["id"] for each in made]


def tags(opik: Opik, pk: str) -> list[str] | None:
    found: list[str] | None = opik.get(f"/traces/{pk}").json().get("tags")
    return found


def batch(opik: Opik, ids: list[str], update: Any, **more: Any) -> Any:
    return opik.patch("/traces/batch", {"ids": ids, "update": update} | more)


def test_update_is_set_on_all_and_unknown_ids_are_passed_over(opik: Opik, two: list[str]) -> None:
    unknown = str(uuid7())

    response = batch(opik, [*two, unknown, two[0]], {"name": "new", "metadata": {"z": 1}})

    assert (response.status_code, response.content) == (204, b"")
    read = [opik.get(f"/traces/{pk}").json() for pk in two]
    assert [(each["name"], each["metadata"]) for each in read] == [("new", {"z": 1})] * 2
    assert opik.get(f"/traces/{unknown}").status_code == 404


@pytest.mark.parametrize(
    ("update", "merge", "left"),
    [
        ({"tags": ["c"]}, False, ["c"]),
        ({"tags": ["c"]}, None, ["c"]),
        ({"tags": ["c", "a"]}, True, ["a", "b", "c"]),
        ({"tags": []}, False, None),
        ({"tags": []}, True, ["a", "b"]),
        ({"tags": None}, False, ["a", "b"]),
        ({"tags_to_add": ["c", "a"]}, False, ["a", "b", "c"]),
        ({"tags_to_remove": ["a", "x"]}, False, ["b"]),
        ({"tags_to_remove": ["a", "b"]}, False, None),
        ({"tags_to_add": ["a", "c"], "tags_to_remove": ["a"]}, False, ["b", "a", "c"]),
        ({"tags": ["z"], "tags_to_add": ["c"]}, False, ["a", "b", "c"]),
        ({"tags": ["z"], "tags_to_remove": ["b"]}, True, ["a"]),
    ],
)
def test_tags_are_replaced_merged_added_or_removed(
    opik: Opik, two: list[str], update: dict[str, Any], merge: bool | None, left: list[str] | None
) -> None:
    assert batch(opik, two, update, merge_tags=merge).status_code == 204
    assert [tags(opik, pk) for pk in two] == [left, left]
    if merge is not True:
        alone = trace(tags=["a", "b"])
        opik.post("/traces", alone)
        opik.patch(f"/traces/{alone['id']}", update)
        assert tags(opik, alone["id"]) == left


def test_union_over_50_tags_is_422_and_changes_nothing(opik: Opik, two: list[str]) -> None:
    many = {"tags": [f"t{number}" for number in range(49)]}

    merged = batch(opik, two, many, merge_tags=True)
    single = opik.patch(f"/traces/{two[0]}", {"tags_to_add": many["tags"]})

    line = "Tag limit exceeded: maximum 50 tags per item"
    assert [answer.status_code for answer in (merged, single)] == [422, 422]
    assert merged.json() == single.json() == {"errors": [line]}
    assert tags(opik, two[0]) == ["a", "b"]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ({"update": {}}, "ids must not be null"),
        ({"ids": None, "update": {}}, "ids must not be null"),
        ({"ids": [], "update": {}}, "ids size must be between 1 and 1000"),
        ({"ids": [str(uuid7())] * 1001, "update": {}}, "ids size must be between 1 and 1000"),
        ({"ids": [str(uuid7())]}, "update must not be null"),
        (
            {"ids": [str(uuid7())], "update": {"tags": ["x" * 101]}},
            "update.tags[].<iterable element> size must be between 0 and 100",
        ),
        (
            {"ids": [str(uuid7())], "update": {"tags_to_add": [" "]}},
            "update.tagsToAdd[].<iterable element> must not be blank",
        ),
        (
            {"ids": [str(uuid7())], "update": {"environment": "x" * 151}},
            "update.environment size must be between 0 and 150",
        ),
    ],
)
def test_broken_rule_is_422(opik: Opik, body: dict[str, Any], line: str) -> None:
    response = opik.patch("/traces/batch", body)

    assert (response.status_code, response.json()) == (422, {"errors": [line]})


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"null", b'{"ids": "x", "update": {}}', b'{"ids": [1], "update": {}}'),
        *(b'{"ids": ["x"], "update": {}}', b'{"ids": [], "update": []}'),
    ],
)
def test_odd_body_is_400(opik: Opik, body: bytes) -> None:
    response = opik.raw("PATCH", "/traces/batch", body)

    assert (response.status_code, response.json()["code"]) == (400, 400)


def test_only_those_who_may_write_change_what_they_see(
    opik: Opik, workspace: Workspace, two: list[str]
) -> None:
    stranger = Opik(factories.key(factories.workspace()))
    statuses = [
        batch(client, two, {"name": "stolen"}).status_code
        for client in (
            stranger,
            Opik(factories.key(workspace, Role.REVIEWER)),
            Opik(factories.key(workspace, Role.VIEWER)),
            Opik(None),
        )
    ]

    assert statuses == [204, 403, 403, 401]
    assert not Trace.objects.filter(name="stolen").exists()
