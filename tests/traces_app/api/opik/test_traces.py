"""Traces through Opik's dialect: written, read, changed, deleted."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from tests.traces_app.api.opik.client import Opik, trace
from traces_app.models import Project, Trace, Workspace

pytestmark = pytest.mark.django_db


def test_batch_is_stored_and_read_back_field_by_field(opik: Opik) -> None:
    sent = trace(error_info={"exception_type": "E", "traceback": "t"}, ttft=1.5, environment="prod")

    response = opik.post("/traces/batch", {"traces": [sent]})

    read = opik.get(f"/traces/{sent['id']}").json()
    assert response.status_code == 204
    unchanged = sent.keys() - {"project_name", "last_updated_at"}
    assert {name: read[name] for name in unchanged} == {name: sent[name] for name in unchanged}
    assert read["duration"] == 1000


def test_providers_of_the_spans_lead_the_metadata_that_is_read(opik: Opik) -> None:
    sent = trace(metadata={"k": "v"})
    shared = {name: sent[name] for name in ("project_name", "start_time")}
    opik.post("/traces/batch", {"traces": [sent]})
    opik.post("/spans", shared | {"trace_id": sent["id"], "provider": "openai"})

    read = opik.get(f"/traces/{sent['id']}").json()

    assert list(read["metadata"].items()) == [("providers", ["openai"]), ("k", "v")]


def test_both_prefixes_answer(opik: Opik, workspace: Workspace) -> None:
    opik.prefix = "/v1/private"

    assert opik.post("/traces/batch", {"traces": [trace()]}).status_code == 204


def test_gzipped_body_is_inflated(opik: Opik) -> None:
    assert opik.gzipped("POST", "/traces/batch", {"traces": [trace()]}).status_code == 204


def test_create_answers_201_with_its_address(opik: Opik) -> None:
    sent = trace()

    response = opik.post("/traces", sent)

    assert response.status_code == 201
    assert response.content == b""
    assert response["Location"].endswith(f"/api/v1/private/traces/{sent['id']}")


def test_second_create_is_a_conflict(opik: Opik) -> None:
    sent = trace()
    opik.post("/traces", sent)

    response = opik.post("/traces", sent)

    assert response.status_code == 409
    assert response.json() == {"errors": ["Trace already exists"]}


def test_create_in_another_project_is_a_mismatch(opik: Opik) -> None:
    sent = trace()
    opik.post("/traces", sent)

    response = opik.post("/traces", sent | {"project_name": "other"})

    message = "Project name and workspace name do not match the existing trace"
    assert (response.status_code, response.json()) == (409, {"errors": [message]})


def test_batch_with_an_id_that_lives_elsewhere_stores_the_others(opik: Opik) -> None:
    taken, new = trace(), trace(project_name="other")
    opik.post("/traces", taken)

    response = opik.post("/traces/batch", {"traces": [taken | {"project_name": "other"}, new]})

    assert response.status_code == 409
    assert opik.get(f"/traces/{new['id']}").status_code == 200


def test_patch_before_the_batch_is_kept(opik: Opik) -> None:
    sent = trace(output=None, end_time=None)
    opik.patch(f"/traces/{sent['id']}", {"project_name": "rec proj", "output": {"late": 1}})

    opik.post("/traces/batch", {"traces": [sent]})

    read = opik.get(f"/traces/{sent['id']}").json()
    assert read["output"] == {"late": 1}
    assert read["start_time"] == sent["start_time"]


def test_stub_shows_the_epoch_as_its_start(opik: Opik) -> None:
    pk = uuid7()

    opik.patch(f"/traces/{pk}", {"project_name": "rec proj", "tags": ["x"]})

    assert opik.get(f"/traces/{pk}").json()["start_time"] == "1970-01-01T00:00:00Z"


def test_patch_with_empty_tags_clears_them(opik: Opik) -> None:
    sent = trace()
    opik.post("/traces", sent)

    opik.patch(f"/traces/{sent['id']}", {"tags": [], "name": "  ", "output": None})

    read = opik.get(f"/traces/{sent['id']}").json()
    assert "tags" not in read
    assert (read["name"], read["output"]) == (sent["name"], sent["output"])


def test_patch_with_another_project_is_a_mismatch(opik: Opik) -> None:
    sent = trace()
    opik.post("/traces", sent)

    response = opik.patch(f"/traces/{sent['id']}", {"project_name": "other", "name": "x"})

    assert response.status_code == 409
    assert not Project.objects.filter(name="other").exists()


def test_patch_with_an_unknown_project_id_is_404(opik: Opik) -> None:
    unknown = uuid7()

    response = opik.patch(f"/traces/{uuid7()}", {"project_id": str(unknown)})

    assert response.status_code == 404
    assert response.json() == {"code": 404, "message": f"Project id: {unknown} not found"}


def test_delete_is_204_for_known_and_unknown(opik: Opik) -> None:
    sent = trace()
    opik.post("/traces", sent)

    answers = [opik.delete(f"/traces/{pk}").status_code for pk in (sent["id"], uuid7())]

    assert answers == [204, 204]
    assert opik.get(f"/traces/{sent['id']}").status_code == 404


def test_delete_of_many_can_be_limited_to_a_project(opik: Opik) -> None:
    here, there = trace(project_name="here"), trace(project_name="there")
    opik.post("/traces/batch", {"traces": [here, there]})
    project = Project.objects.get(name="here")

    opik.post("/traces/delete", {"ids": [here["id"], there["id"]], "project_id": str(project.pk)})

    assert str(Trace.objects.get().pk) == there["id"]


def test_missing_trace_is_404_in_opiks_words(opik: Opik) -> None:
    pk = uuid7()

    response = opik.get(f"/traces/{pk}")

    assert response.status_code == 404
    assert response.json() == {"code": 404, "message": f"Trace id: {pk} not found"}


@pytest.mark.parametrize(
    ("change", "status", "body"),
    [
        ({"start_time": None}, 422, {"errors": ["traces[0].startTime must not be null"]}),
        ({"project_name": " "}, 422, {"errors": ["traces[0].projectName must not be blank"]}),
        ({"ttft": -1}, 422, {"errors": ["traces[0].ttft must be greater than or equal to 0"]}),
        (
            {"environment": "e" * 151},
            422,
            {"errors": ["traces[0].environment size must be between 0 and 150"]},
        ),
        (
            {"thread_id": "t" * 1001},
            422,
            {"errors": ["traces[0].threadId size must be between 0 and 1000"]},
        ),
        (
            {"error_info": {"exception_type": "", "traceback": "t"}},
            422,
            {"errors": ["traces[0].errorInfo.exceptionType must not be blank"]},
        ),
        (
            {"id": "0190babc-62a0-41d2-832a-0feffa4676eb"},
            400,
            {
                "code": 400,
                "message": "Invalid UUID for id",
                "details": "Trace id must be a version 7 UUID",
            },
        ),
    ],
)
def test_broken_rule_is_named_and_nothing_is_stored(
    opik: Opik, change: dict[str, Any], status: int, body: dict[str, Any]
) -> None:
    response = opik.post("/traces/batch", {"traces": [trace(**change), trace()]})

    assert (response.status_code, response.json()) == (status, body)
    assert not Trace.objects.exists()


@pytest.mark.parametrize(
    "start", ["1969-12-31T23:59:59Z", "2262-04-11T23:47:16Z", "9999-01-01T00:00:00Z"]
)
def test_time_out_of_range_is_422(opik: Opik, start: str) -> None:
    response = opik.post("/traces", trace(start_time=start))

    assert response.status_code == 422
    assert "startTime must be after or equal" in response.json()["errors"][0]


@pytest.mark.parametrize(
    "change",
    [{"source": "nowhere"}, {"start_time": "yesterday"}, {"tags": "a"}, {"name": 5}, {"id": "x"}],
)
def test_wrong_type_is_400(opik: Opik, change: dict[str, Any]) -> None:
    response = opik.post("/traces", trace(**change))

    assert response.status_code == 400
    assert response.json()["message"].startswith("Unable to process JSON.")


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ({}, "traces must not be null"),
        ({"traces": []}, "traces size must be between 1 and 1000"),
        ({"traces": [trace()] * 1001}, "traces size must be between 1 and 1000"),
    ],
)
def test_batch_holds_1_to_1000(opik: Opik, body: dict[str, Any], line: str) -> None:
    response = opik.post("/traces/batch", body)

    assert (response.status_code, response.json()) == (422, {"errors": [line]})


def test_unknown_properties_are_ignored(opik: Opik) -> None:
    assert opik.post("/traces", trace(tomorrow={"new": 1})).status_code == 201
