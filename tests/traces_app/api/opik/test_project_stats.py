"""What projects add up to, and the names of their scores."""

import json
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.models import Project, Role, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(opik: Opik) -> list[Project]:
    """A project with two traces, scored and with an error, and an empty one."""
    failed = trace(error_info={"exception_type": "E", "traceback": "t"}, thread_id=None)
    made = [trace(), failed]
    opik.post("/traces/batch", {"traces": made})
    for each, value in zip(made, (1, 0.5), strict=True):
        score = {"name": "quality", "value": value, "source": "sdk"}
        opik.put(f"/traces/{each['id']}/feedback-scores", score)
    opik.post("/projects", {"name": "empty"})
    return list(Project.objects.order_by("pk"))


def figures(opik: Opik, **query: str) -> list[dict[str, Any]]:
    answer = opik.get("/projects/stats", **query)
    assert answer.status_code == 200, answer.content
    content: list[dict[str, Any]] = answer.json()["content"]
    return content


def test_each_project_is_added_up(opik: Opik, two: list[Project]) -> None:
    full, empty = figures(opik, sorting='[{"field": "created_at"}]')

    assert [full["project_id"], empty["project_id"]] == [str(each.pk) for each in two]
    assert (full["trace_count"], full["thread_count"]) == (2, 1)
    assert full["error_count"] == {"count": 1}
    assert full["duration"] == {"p50": 1000.0, "p90": 1000.0, "p99": 1000.0}
    assert full["feedback_scores"] == [{"name": "quality", "value": 0.75}]
    assert (empty["trace_count"], empty["feedback_scores"]) == (0, [])


def test_traces_are_filtered_and_projects_chosen(opik: Opik, two: list[Project]) -> None:
    clause = {"field": "feedback_scores", "key": "quality", "operator": ">", "value": "0.6"}

    (full,) = figures(opik, name="REC", filters=json.dumps([clause]))
    (late,) = figures(opik, name="REC", from_time="2100-01-01T00:00:00Z")

    assert (full["trace_count"], late["trace_count"]) == (1, 0)
    assert figures(opik, page="2", size="2") == []


@pytest.mark.parametrize(
    "query", [{"filters": "{"}, {"sorting": "{"}, {"size": "101"}, {"size": "0"}]
)
def test_what_cannot_be_read_is_400(opik: Opik, query: dict[str, str]) -> None:
    assert opik.get("/projects/stats", **query).status_code == 400


def test_names_of_all_kinds_are_listed_once(opik: Opik, two: list[Project]) -> None:
    full, empty = (json.dumps([str(each.pk)]) for each in two)

    read = [
        opik.get("/projects/feedback-scores/names", **query).json()["scores"]
        for query in ({}, {"project_ids": full}, {"project_ids": empty})
    ]

    assert read == [[{"name": "quality"}], [{"name": "quality"}], []]


@pytest.mark.parametrize("raw", ["{", "[1]", '"x"', "[" * 5_000])
def test_ids_that_cannot_be_read_are_400(opik: Opik, raw: str) -> None:
    assert opik.get("/projects/feedback-scores/names", project_ids=raw).status_code == 400


def test_strangers_and_reviewers_see_nothing(workspace: Workspace, two: list[Project]) -> None:
    ids = json.dumps([str(each.pk) for each in two] + [str(uuid7())])

    for key in (
        factories.key(factories.workspace()),
        factories.key(workspace, Role.REVIEWER),
    ):
        client = Opik(key)
        assert figures(client) == []
        names = client.get("/projects/feedback-scores/names", project_ids=ids)
        assert names.json() == {"scores": []}


def test_without_a_key_both_are_401() -> None:
    nobody = Opik(None)

    assert nobody.get("/projects/stats").status_code == 401
    assert nobody.get("/projects/feedback-scores/names").status_code == 401
