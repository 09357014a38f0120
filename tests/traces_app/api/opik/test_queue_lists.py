"""Opik's list of annotation queues: paged, narrowed, sorted."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from tests.traces_app.api.opik.client import Opik
from tests.traces_app.api.opik.queues import ADDRESS, made, read, sent_traces
from traces_app.models import Project

pytestmark = pytest.mark.django_db


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
