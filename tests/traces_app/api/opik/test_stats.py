"""``GET /traces/stats`` and ``GET /traces/exists``."""

import json
from typing import Any

import pytest

from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.models import Project, Role, Workspace

pytestmark = pytest.mark.django_db
NAME = "rec proj"


def stats(opik: Opik, **query: str) -> dict[str, Any]:
    response = opik.get("/traces/stats", **({"project_name": NAME} | query))
    assert response.status_code == 200, response.content
    return {each["name"]: each["value"] for each in response.json()["stats"]}


@pytest.fixture
def three(opik: Opik) -> list[dict[str, Any]]:
    made = [trace(name=name, tags=["a", name]) for name in ("one", "two", "three")]
    made[2].pop("end_time")
    opik.post("/traces/batch", {"traces": made})
    for sent, value in zip(made, (0.2, 0.3, 0.6), strict=True):
        said = {"name": "quality", "value": value, "source": "sdk"}
        opik.put(f"/traces/{sent['id']}/feedback-scores", said)
    return made


def test_figures_have_opiks_form(opik: Opik, three: list[dict[str, Any]]) -> None:
    read = opik.get("/traces/stats", project_name=NAME).json()["stats"]

    assert read[0] == {"name": "trace_count", "type": "COUNT", "value": 3}
    percentiles = {"p50": 1000.0, "p90": 1000.0, "p99": 1000.0}
    assert read[1] == {"name": "duration", "type": "PERCENTAGE", "value": percentiles}
    assert {"name": "tags", "type": "AVG", "value": 2.0} in read


def test_score_means_are_printed_with_nine_digits(opik: Opik, three: list[dict[str, Any]]) -> None:
    assert stats(opik)["feedback_scores.quality"] == 0.366666667


def test_figures_take_the_lists_filters_search_and_window(
    opik: Opik, three: list[dict[str, Any]]
) -> None:
    clause = {"field": "name", "operator": "starts_with", "value": "t"}

    assert stats(opik, filters=json.dumps([clause]))["trace_count"] == 2
    assert stats(opik, search="ONE")["trace_count"] == 1
    assert stats(opik, to_time="2020-01-01T00:00:00Z") == {}


def test_figures_take_groups(opik: Opik, three: list[dict[str, Any]]) -> None:
    either = [{"field": "name", "operator": "=", "value": name} for name in ("one", "two")]

    assert stats(opik, filters=json.dumps([{"any": either}]))["trace_count"] == 2


def test_an_empty_project_has_no_figures(opik: Opik, workspace: Workspace) -> None:
    factories.project(workspace, "empty")

    assert opik.get("/traces/stats", project_name="empty").json() == {"stats": []}


@pytest.mark.parametrize("path", ["/traces/stats", "/traces/exists"])
def test_a_project_must_be_named_and_exist(opik: Opik, path: str) -> None:
    none, unknown = opik.get(path), opik.get(path, project_name="nowhere")

    assert none.status_code == 400
    assert none.json()["message"].startswith("Either 'project_name' or 'project_id'")
    assert unknown.json() == {"code": 404, "message": "Project name: nowhere not found"}


@pytest.mark.parametrize("path", ["/traces/stats", "/traces/exists"])
def test_a_stranger_and_a_reviewer_see_no_project(
    opik: Opik, workspace: Workspace, three: list[dict[str, Any]], path: str
) -> None:
    stranger = Opik(factories.key(factories.workspace()))
    reviewer = Opik(factories.key(workspace, Role.REVIEWER))
    pk = str(Project.objects.get(name=NAME).pk)

    for other in (stranger, reviewer):
        assert other.get(path, project_id=pk).status_code == 404
        assert other.get(path, project_name=NAME).status_code == 404
    assert Opik(None).get(path, project_id=pk).status_code == 401


def test_bad_filters_are_named(opik: Opik, three: list[dict[str, Any]]) -> None:
    response = opik.get("/traces/stats", project_name=NAME, filters="[{")

    assert response.status_code == 400
    assert response.json()["message"] == "Invalid filters query parameter '[{'"


@pytest.mark.parametrize(
    ("query", "exists"),
    [
        ({}, True),
        ({"source": "sdk"}, True),
        ({"source": "experiment"}, False),
        ({"source": "playground"}, True),
        ({"source": "a\x00"}, False),
        ({"thread_only": "true"}, True),
        ({"thread_only": "true", "source": "playground"}, False),
        ({"thread_only": "false", "source": "playground"}, True),
    ],
)
def test_existence_looks_at_source_and_thread(
    opik: Opik, query: dict[str, str], exists: bool
) -> None:
    alone = trace(source="playground")
    alone.pop("thread_id")
    opik.post("/traces/batch", {"traces": [trace(), alone]})

    assert opik.get("/traces/exists", project_name=NAME, **query).json() == {"exists": exists}


def test_an_empty_project_has_no_traces(opik: Opik, workspace: Workspace) -> None:
    factories.project(workspace, "empty")

    assert opik.get("/traces/exists", project_name="empty").json() == {"exists": False}
