"""``GET /traces``: pages, filters, sorting, search and their errors."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.api.opik.serializers.trace_reads import EXCLUDABLE
from traces_app.models import Project, Workspace

pytestmark = pytest.mark.django_db
NAME = "rec proj"


def names(opik: Opik, **query: str) -> list[str]:
    response = opik.get("/traces", project_name=NAME, **query)
    assert response.status_code == 200, response.content
    return [each["name"] for each in response.json()["content"]]


@pytest.fixture
def three(opik: Opik) -> list[dict[str, Any]]:
    """Traces named one, two and three, the newest last."""
    made = [trace(name=name, input={"text": f"about {name}"}) for name in ("one", "two", "three")]
    opik.post("/traces/batch", {"traces": made})
    return made


def test_page_is_newest_first_in_an_envelope(opik: Opik, three: list[dict[str, Any]]) -> None:
    page = opik.get("/traces", project_name="REC Proj ", page="1", size="2").json()

    assert [each["name"] for each in page["content"]] == ["three", "two"]
    assert (page["page"], page["size"], page["total"]) == (1, 2, 3)
    assert "feedback_scores.*" in page["sortable_by"]


def test_last_page_says_how_many_it_holds(opik: Opik, three: list[dict[str, Any]]) -> None:
    page = opik.get("/traces", project_name=NAME, page="2", size="2").json()

    assert (page["page"], page["size"], page["total"]) == (2, 1, 3)


def test_project_id_wins_over_the_name(opik: Opik, three: list[dict[str, Any]]) -> None:
    project = Project.objects.get(name=NAME)

    page = opik.get("/traces", project_id=str(project.pk), project_name="none").json()

    assert page["total"] == 3


def test_filter_counts_exactly(opik: Opik, three: list[dict[str, Any]]) -> None:
    clause = [{"field": "name", "operator": "starts_with", "value": "T"}]

    page = opik.get("/traces", project_name=NAME, filters=json.dumps(clause)).json()

    assert page["total"] == 2


def test_score_filter_compares_the_mean(opik: Opik, three: list[dict[str, Any]]) -> None:
    for sent, value in zip(three, (0.2, 0.6, 0.9), strict=True):
        said = {"name": "Quality", "value": value, "source": "sdk"}
        opik.put(f"/traces/{sent['id']}/feedback-scores", said)
    clause = {"field": "feedback_scores", "key": "quality", "operator": ">=", "value": "0.6"}

    assert names(opik, filters=json.dumps([clause])) == ["three", "two"]


def test_sorting_and_search_and_window(opik: Opik, three: list[dict[str, Any]]) -> None:
    by_name = json.dumps([{"field": "name", "direction": "ASC"}])

    assert names(opik, sorting=by_name) == ["one", "three", "two"]
    assert names(opik, search=" ABOUT TWO ") == ["two"]
    assert names(opik, to_time="2020-01-01T00:00:00Z") == []


def test_excluded_fields_are_left_out(opik: Opik, three: list[dict[str, Any]]) -> None:
    page = opik.get("/traces", project_name=NAME, exclude='["input", "metadata", "tags"]').json()

    assert not {"input", "metadata", "tags"} & page["content"][0].keys()
    assert "output" in page["content"][0]


def test_truncate_shortens_long_values_and_hides_images(opik: Opik) -> None:
    image = "data:image/png;base64," + "A" * 200
    opik.post("/traces", trace(input={"i": image}, output={"long": "x" * 20_000}))

    whole = opik.get("/traces", project_name=NAME).json()["content"][0]
    cut = opik.get("/traces", project_name=NAME, truncate="true").json()["content"][0]

    assert whole["input"] == {"i": image}
    assert cut["input"] == {"i": "[image]"}
    assert isinstance(cut["output"], str)
    assert len(cut["output"]) == 10_001


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ({"filters": "[{"}, 400, "Invalid filters query parameter '[{'"),
        ({"sorting": "{"}, 400, "Invalid sorting query parameter '{'"),
        ({"exclude": '["nothing"]'}, 400, "Invalid query param exclude '[\"nothing\"]'"),
        ({"page": "x"}, 404, "HTTP 404 Not Found"),
        (
            {"from_time": "2026-01-02T00:00:00Z", "to_time": "2026-01-01T00:00:00Z"},
            400,
            "Parameter 'from_time' must be before 'to_time'",
        ),
    ],
)
def test_bad_parameter_is_named(
    opik: Opik, three: list[dict[str, Any]], query: dict[str, str], status: int, message: str
) -> None:
    response = opik.get("/traces", project_name=NAME, **query)

    assert (response.status_code, response.json()["message"]) == (status, message)


@pytest.mark.parametrize("name", ["page", "size"])
def test_page_and_size_begin_at_1(opik: Opik, name: str) -> None:
    response = opik.get("/traces", project_name=NAME, **{name: "0"})

    line = f"query param {name} must be greater than or equal to 1"
    assert (response.status_code, response.json()) == (400, {"errors": [line]})


def test_size_has_a_cap(opik: Opik) -> None:
    assert opik.get("/traces", project_name=NAME, size="15001").status_code == 400


def test_a_project_must_be_named_and_exist(opik: Opik) -> None:
    none = opik.get("/traces")
    unknown = opik.get("/traces", project_name="nowhere")
    pk = uuid7()

    assert none.json()["message"].startswith("Either 'project_name' or 'project_id'")
    assert unknown.json() == {"code": 404, "message": "Project name: nowhere not found"}
    assert opik.get("/traces", project_id=str(pk)).status_code == 404


def test_list_takes_as_many_queries_for_50_as_for_1(workspace: Workspace) -> None:
    opik = Opik(factories.key(workspace))
    opik.post("/traces/batch", {"traces": [trace() for _ in range(50)]})
    counts = []
    for size in ("1", "50"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            opik.get("/traces", project_name=NAME, size=size)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", sorted(EXCLUDABLE))
def test_each_field_may_be_left_out_alone(opik: Opik, name: str) -> None:
    sent = trace(error_info={"exception_type": "E", "traceback": "t"}, ttft=1, environment="e")
    span = {"trace_id": sent["id"], "project_name": NAME, "start_time": sent["start_time"]}
    span |= {"type": "llm", "provider": "p", "total_estimated_cost": 1, "usage": {"tokens": 1}}
    opik.post("/traces", sent)
    opik.post("/spans", span | {"id": str(uuid7())})
    opik.put(f"/traces/{sent['id']}/feedback-scores", {"name": "n", "value": 1, "source": "sdk"})
    opik.post(f"/traces/{sent['id']}/comments", {"text": "x"})

    whole = opik.get("/traces", project_name=NAME).json()["content"][0]
    rest = opik.get("/traces", project_name=NAME, exclude=json.dumps([name])).json()["content"][0]

    assert whole.keys() - rest.keys() == {name} & whole.keys()
    never = {"guardrails_validations", "experiment", "annotation_queues", "span_feedback_scores"}
    assert (name in whole) == (name not in never)
