"""addToDataset through Prem's dialect, and the tutorials' clients from end to end."""

import json
from typing import Any

import pytest

from feedback_app.models import Datapoint, Dataset
from tests import factories
from tests.chat_endpoint import ChatEndpoint, Reply
from tests.feedback_app.generator.asked import work
from tests.traces_app.api.prem.studio import Studio, studio
from traces_app.models import Project, Role

pytestmark = pytest.mark.django_db
MISSING = "0199aaaa-0000-7000-8000-000000000000"


def test_good_trace_is_added() -> None:
    prem = studio()
    pk = prem.create(score=0.7)

    answer = prem.read("post", f"traces/{pk}/addToDataset")

    assert set(answer) == {"traceId", "status", "success", "datapointId"}
    assert (answer["traceId"], answer["status"], answer["success"]) == (pk, "added", True)
    assert answer["datapointId"] == str(Datapoint.objects.get().pk)


def test_trace_shows_that_it_was_added() -> None:
    prem = studio()
    pk = prem.create(score=0.7)

    prem.read("post", f"traces/{pk}/addToDataset")

    trace = prem.read("get", f"traces/{pk}")
    assert (trace["addedToDataset"], trace["processingStatus"]) == (True, "none")
    assert [one["id"] for one in prem.read("get", "traces", addedToDataset="true")["results"]] == [
        pk
    ]


def test_low_trace_fails_with_a_reason_and_200() -> None:
    prem = studio()
    pk = prem.create(score=0.1)

    answer = prem.read("post", f"traces/{pk}/addToDataset")

    assert (answer["status"], answer["success"], answer["datapointId"]) == ("failed", False, None)
    assert "0.1" in answer["error"]
    trace = prem.read("get", f"traces/{pk}")
    assert (trace["processingStatus"], trace["processingError"]) == ("failed", answer["error"])


def test_low_trace_with_feedback_is_queued_and_then_polled(endpoint: ChatEndpoint) -> None:
    prem = studio()
    pk = prem.create(score=0.1, feedback="Only in year one.")

    answer = prem.read("post", f"traces/{pk}/addToDataset")
    polled = [prem.read("get", f"traces/{pk}")]
    work()
    polled.append(prem.read("get", f"traces/{pk}"))

    assert answer == {"traceId": pk, "status": "queued", "success": True, "datapointId": None}
    states = [(one["addedToDataset"], one["processingStatus"]) for one in polled]
    assert states == [(False, "processing"), (True, "none")]
    again = prem.read("post", f"traces/{pk}/addToDataset")
    assert (again["status"], again["datapointId"]) == ("added", str(Datapoint.objects.get().pk))


def test_a_failed_generation_is_polled_with_its_reason(endpoint: ChatEndpoint) -> None:
    endpoint.replies.append(Reply(status=401))
    prem = studio()
    pk = prem.create(score=0.1, feedback="Only in year one.")

    prem.read("post", f"traces/{pk}/addToDataset")
    work()

    trace = prem.read("get", f"traces/{pk}")
    assert (trace["addedToDataset"], trace["processingStatus"]) == (False, "failed")
    assert "refused the key" in trace["processingError"]


@pytest.mark.parametrize(
    "spelling", ["addToDataset", "add-to-dataset", "add_to_dataset", "addToDataset/"]
)
def test_every_spelling_answers(spelling: str) -> None:
    prem = studio()

    answer = prem.read("post", f"traces/{prem.create(score=1)}/{spelling}")

    assert answer["status"] == "added"


@pytest.mark.parametrize("body", [{}, {"datasetId": None}, {"dataset_id": ""}, b"null"])
def test_body_without_a_dataset_means_the_default_one(body: Any) -> None:
    prem = studio()

    prem.read("post", f"traces/{prem.create(score=1)}/addToDataset", body)

    assert Dataset.objects.get().is_default


def test_named_dataset_is_used() -> None:
    prem = studio()
    pk = prem.create(score=1)
    dataset = Dataset.objects.create(project=Project.objects.get(), name="gold")

    prem.read("post", f"traces/{pk}/addToDataset", {"datasetId": str(dataset.pk)})

    assert Datapoint.objects.get().dataset_id == dataset.pk


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"datasetId": "abc"}, 400),
        ({"datasetId": MISSING}, 404),
        ([], 400),
        (b"{", 400),
    ],
)
def test_bad_body_is_refused(body: Any, status: int) -> None:
    prem = studio()

    answer = prem.call("post", f"traces/{prem.create(score=1)}/addToDataset", body)

    assert answer.status_code == status
    assert not Datapoint.objects.exists()


def test_unknown_malformed_and_foreign_ids_are_answered_alike() -> None:
    foreign = studio().create(score=1)
    prem = studio()

    answers = [
        prem.call("post", f"traces/{pk}/addToDataset") for pk in (MISSING, "nonsense", foreign)
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({json.loads(answer.content)["error"] for answer in answers}) == 1


def test_member_adds_what_others_sent() -> None:
    workspace = factories.workspace()
    pk = studio(workspace).create(score=1)

    answer = studio(workspace, Role.MEMBER).read("post", f"traces/{pk}/addToDataset")

    assert answer["status"] == "added"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
@pytest.mark.parametrize("where", ["traces/{}/addToDataset", "traces/addToDataset"])
def test_only_writers_add(role: Role, where: str) -> None:
    workspace = factories.workspace()
    pk = studio(workspace).create(score=1)

    answer = studio(workspace, role).call("post", where.format(pk), {"ids": [pk]})

    assert answer.status_code == 403
    assert not Datapoint.objects.exists()


@pytest.mark.parametrize("where", [f"traces/{MISSING}/addToDataset", "traces/addToDataset"])
def test_no_key_is_401_and_get_is_405(where: str) -> None:
    assert Studio(None).call("post", where).status_code == 401
    assert studio().call("get", where).status_code == 405


def test_many_are_added_at_once_each_for_itself() -> None:
    prem = studio()
    good, low = prem.create(score=1), prem.create()
    ids = [good, "nonsense", low, 7, MISSING]

    results = prem.read("post", "traces/addToDataset", {"ids": ids})["results"]

    assert [one["success"] for one in results] == [True, False, False, False, False]
    assert [one["traceId"] for one in results] == [good, "nonsense", low, None, MISSING]
    assert results[1]["error"] == results[4]["error"] == "Trace not found"


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": "x"}, {"ids": ["x"] * 1001}, [], 1])
def test_bad_bulk_body_is_refused(body: Any) -> None:
    assert studio().call("post", "traces/addToDataset", body).status_code == 400


def test_tutorials_client_gets_through_the_whole_loop() -> None:
    workspace = factories.workspace()
    project = factories.project(workspace)
    prem = studio(workspace)
    made = []
    for score in (0.9, 0.3):
        sent = {
            "project_id": str(project.pk),
            "model_id": "qwen2.5-7b",
            "input": "What is the refund window?",
            "output": "Thirty days.",
            "score": score,
            "feedback": "Right.\n\nReasoning: as the policy says.",
        }
        made.append(prem.read("post", "traces", sent)["id"])

    statuses = [prem.read("post", f"traces/{pk}/addToDataset")["status"] for pk in made]

    listed = prem.read("get", "traces", projectId=str(project.pk))
    state = {one["id"]: one["addedToDataset"] for one in listed["results"]}
    assert statuses == ["added", "failed"]
    assert (state, listed["total"]) == ({made[0]: True, made[1]: False}, 2)
