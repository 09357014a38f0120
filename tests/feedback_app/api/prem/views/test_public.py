"""Prem's projects, datasets and snapshots, and its tutorial's client from end to end."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from feedback_app.example_files import records
from feedback_app.models import Datapoint, Dataset, Snapshot, SnapshotItem
from tests import factories
from tests.traces_app.api.prem.studio import Studio, studio
from traces_app.models import Project, Role

pytestmark = pytest.mark.django_db
MISSING = "0199aaaa-0000-7000-8000-000000000000"
CHAT = {
    "messages": [
        {"role": "user", "content": "Where is my order?"},
        {"role": "assistant", "content": "On its way."},
    ]
}


def lines(number: int = 3, *more: str) -> SimpleUploadedFile:
    rows = [json.dumps(CHAT | {"n": each}) for each in range(number)]
    return SimpleUploadedFile("examples.jsonl", "\n".join([*rows, *more]).encode())


def upload(prem: Studio, where: str, **fields: Any) -> Any:
    return prem.client.post(f"/api/v1/public/{where}", fields, headers=prem.headers)


def dataset_of(prem: Studio, project_id: str, name: str = "examples") -> str:
    answer = upload(
        prem, "datasets/create-from-jsonl", project_id=project_id, name=name, file=lines()
    )
    assert answer.status_code == 200, answer.content
    return str(answer.json()["dataset_id"])


def project_of(prem: Studio, name: str = "support") -> str:
    made = prem.read("post", "public/projects/create", {"name": name, "goal": "Answer."})
    return str(made["project_id"])


def test_tutorial_runs_through() -> None:
    """Project, its dataset, traces with scores, all of them added, polled, frozen."""
    prem = studio()
    project_id = project_of(prem)
    dataset_of(prem, project_id)
    project = prem.read("get", f"public/projects/{project_id}")["project"]
    dataset_id = next(c["id"] for c in project["children"] if c["type"] == "dataset")

    trace_ids = []
    for score in (0.9, 0.7, 0.2):
        trace = prem.read(
            "post",
            "traces",
            {
                "project_id": project_id,
                "model_id": "guard-v1",
                "input": f"Is {score} safe?",
                "output": "safe",
                "score": score,
                "feedback": "Fine\n\nReasoning: it is.",
            },
        )
        trace_ids.append(trace["id"])
    added = [prem.read("post", f"traces/{pk}/addToDataset") for pk in trace_ids]
    polled = prem.read("get", "traces", projectId=project_id)["results"]
    made = prem.read(
        "post",
        "public/snapshots/create",
        {"dataset_id": dataset_id, "split_percentage": 80},
    )

    assert [each["success"] for each in added[:2]] == [True, True]
    assert "processing" not in {each["processingStatus"] for each in polled if each["score"] >= 0.7}
    snapshot = prem.read("get", f"public/snapshots/{made['snapshot_id']}")
    assert (snapshot["status"], snapshot["manifest"]["counts"]["datapoints"]) == ("completed", 5)


def test_projects_are_made_once_listed_and_shown() -> None:
    prem = studio()
    pk = project_of(prem)

    again = prem.call("post", "public/projects/create", {"name": " SUPPORT ", "goal": None})
    listed = prem.read("get", "public/projects")["projects"]
    shown = prem.read("get", f"public/projects/{pk}")["project"]

    assert (again.status_code, "error" in json.loads(again.content)) == (409, True)
    assert [(each["id"], each["name"]) for each in listed] == [(pk, "support")]
    assert (shown["type"], shown["children"], shown["metadata"]) == (
        "project",
        [],
        {"goal": "Answer."},
    )


def test_snapshots_stand_under_their_dataset_and_outlive_it() -> None:
    prem = studio()
    project_id = project_of(prem)
    dataset_id = dataset_of(prem, project_id)
    made = prem.read("post", "public/snapshots/create", {"dataset_id": dataset_id})

    (dataset,) = prem.read("get", f"public/projects/{project_id}")["project"]["children"]
    Dataset.objects.all().delete()
    (orphan,) = prem.read("get", f"public/projects/{project_id}")["project"]["children"]

    assert [each["id"] for each in dataset["children"]] == [made["snapshot_id"]]
    assert (orphan["id"], orphan["type"]) == (made["snapshot_id"], "snapshot")


def test_dataset_from_lines_is_the_one_that_traces_go_to() -> None:
    prem = studio()
    project_id = project_of(prem)
    pk = dataset_of(prem, project_id)

    trace = prem.create(score=1, projectId=project_id)
    prem.read("post", f"traces/{trace}/addToDataset")
    read = prem.read("get", f"public/datasets/{pk}")

    assert (read["name"], read["project_id"], read["status"]) == (
        "examples",
        project_id,
        "completed",
    )
    assert read["datapoints_count"] == 4
    assert Dataset.objects.count() == 1


def test_bad_lines_are_told_by_number_and_nothing_is_stored() -> None:
    prem = studio()
    project_id = project_of(prem)
    bad = lines(2, '{"messages": []}', "{", '{"messages": [{"role": "user", "content": "?"}]}', "é")

    answer = upload(prem, "datasets/create-from-jsonl", project_id=project_id, name="x", file=bad)

    assert answer.status_code == 400
    assert [line.partition(":")[0] for line in answer.json()["details"]["file"]] == [
        "Line 3",
        "Line 4",
        "Line 5",
        "Line 6",
    ]
    assert not Dataset.objects.exists()


@pytest.mark.parametrize(
    "content", [b"", b"\n \n", b"\xff\xfe", b'{"messages":1}', b"[" * 5000, b"null"]
)
def test_odd_files_are_400(content: bytes) -> None:
    prem = studio()
    file = SimpleUploadedFile("x.jsonl", content)

    answer = upload(
        prem, "datasets/create-from-jsonl", project_id=project_of(prem), name="x", file=file
    )

    assert (answer.status_code, set(answer.json()["details"])) == (400, {"file"})


def test_a_line_ends_where_json_lines_do_and_is_bounded() -> None:
    prem = studio()
    said = b'{"messages":\r[{"role":"user","content":"1?"},{"role":"assistant","content":"1"}]}\n'
    endless = b"[" * (records.LONGEST + 1)
    file = SimpleUploadedFile("x.jsonl", said + endless)

    answer = upload(
        prem, "datasets/create-from-jsonl", project_id=project_of(prem), name="x", file=file
    )

    assert answer.json()["details"] == {"file": ["Line 2: It is longer than 8 MB."]}


def test_forms_without_fields_name_them_all() -> None:
    prem = studio()

    answer = upload(prem, "snapshots/create-from-files", label="v1")

    assert answer.status_code == 400
    assert set(answer.json()["details"]) == {"project_id", "training_file", "validation_file"}
    assert prem.call("post", "public/datasets/create-from-jsonl", {}).status_code == 415


@pytest.mark.parametrize("where", ["datasets/create-from-jsonl", "snapshots/create-from-files"])
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=B", ""])
def test_an_empty_body_instead_of_a_form_is_400(where: str, kind: str) -> None:
    prem = studio()

    answer = prem.client.generic("POST", f"/api/v1/public/{where}", b"", kind, headers=prem.headers)

    assert answer.status_code == 400
    assert "project_id" in answer.json()["details"]


def test_datapoint_is_added_to_its_bucket() -> None:
    prem = studio()
    pk = dataset_of(prem, project_of(prem))

    answer = prem.read("post", f"datasets/{pk}/addDatapoint", CHAT | {"bucket": "training"})

    point = Datapoint.objects.get(pk=answer["id"])
    assert (point.bucket, json.loads(point.content)) == ("training", CHAT)
    assert set(answer) == {"id", "message"}


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"messages": "text"},
        {"messages": [{"role": "tool", "content": "x"}]},
        {"messages": [{"role": ["user"], "content": "x"}]},
        {"messages": [{"role": "user", "content": "only a question"}]},
        CHAT | {"bucket": "trash"},
        CHAT | {"bucket": 1},
        CHAT | {"bucket": ["training"]},
    ],
)
def test_odd_datapoints_are_400(body: Any) -> None:
    prem = studio()
    pk = dataset_of(prem, project_of(prem))

    answer = prem.call("post", f"datasets/{pk}/addDatapoint", body)

    assert answer.status_code == 400
    assert Datapoint.objects.count() == 3


def test_snapshot_from_files_keeps_the_sides_apart() -> None:
    prem = studio()

    answer = upload(
        prem,
        "snapshots/create-from-files",
        project_id=project_of(prem),
        label="v1",
        training_file=lines(3),
        validation_file=lines(2),
    )

    assert answer.status_code == 200
    buckets = list(SnapshotItem.objects.values_list("bucket", flat=True))
    assert (buckets.count("training"), buckets.count("validation")) == (3, 2)
    assert str(Snapshot.objects.get().pk) == answer.json()["snapshot_id"]


def test_files_of_a_snapshot_are_downloaded_with_the_key() -> None:
    prem = studio()
    pk = dataset_of(prem, project_of(prem))
    made = prem.read("post", "public/snapshots/create", {"dataset_id": pk, "split_percentage": 99})

    answer: Any = prem.call("get", f"public/snapshots/{made['snapshot_id']}/files/training.jsonl")
    unknown = prem.call("get", f"public/snapshots/{made['snapshot_id']}/files/x")

    sent = b"".join(answer.streaming_content).splitlines()
    assert [json.loads(line) for line in sent] == [CHAT] * 3
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"dataset_id": "x"},
        {"dataset_id": None},
        {"split_percentage": 0},
        {"split_percentage": 100},
        {"split_percentage": 80.5},
        {"split_percentage": True},
        {"split_percentage": "80"},
        {"split_percentage": 10**30},
    ],
)
def test_odd_snapshots_are_400(body: Any) -> None:
    prem = studio()
    if isinstance(body, dict) and "split_percentage" in body:
        body = body | {"dataset_id": dataset_of(prem, project_of(prem))}

    assert prem.call("post", "public/snapshots/create", body).status_code == 400


@pytest.mark.parametrize("body", [{}, [], {"name": ""}, {"name": 1}, {"name": "x", "goal": 1}, 3])
def test_odd_projects_are_400(body: Any) -> None:
    prem = studio()

    assert prem.call("post", "public/projects/create", body).status_code == 400
    assert not Project.objects.exists()


def everything(prem: Studio, project_id: str, dataset_id: str, snapshot_id: str) -> list[int]:
    reads = (
        f"public/projects/{project_id}",
        f"public/datasets/{dataset_id}",
        f"public/snapshots/{snapshot_id}",
        f"public/snapshots/{snapshot_id}/files/items.csv",
    )
    answers: list[Any] = [prem.call("get", where) for where in reads]
    for answer in answers:
        if answer.streaming:  # read to its end, or it keeps one of the few places for streams
            assert b"".join(answer.streaming_content)
    answers.append(prem.call("post", f"datasets/{dataset_id}/addDatapoint", CHAT))
    answers.append(prem.call("post", "public/snapshots/create", {"dataset_id": dataset_id}))
    made = {"project_id": project_id, "name": "new", "file": lines()}
    answers.append(upload(prem, "datasets/create-from-jsonl", **made))
    return [answer.status_code for answer in answers]


def test_who_may_what() -> None:
    room = factories.workspace()
    prem = studio(room)
    project_id = project_of(prem)
    dataset_id = dataset_of(prem, project_id)
    made = prem.read("post", "public/snapshots/create", {"dataset_id": dataset_id})
    ids = (project_id, dataset_id, made["snapshot_id"])

    assert everything(studio(), *ids) == [404] * 7
    assert everything(studio(), MISSING, MISSING, MISSING) == [404] * 7
    assert everything(studio(), "x", "x", "x") == [404] * 5 + [400, 400]
    assert everything(studio(room, Role.VIEWER), *ids) == [200] * 4 + [403] * 3
    assert everything(studio(room, Role.REVIEWER), *ids) == [404] * 4 + [403] * 3
    assert everything(Studio(None), *ids) == [401] * 7
    assert studio().read("get", "public/projects") == {"projects": []}


def test_slash_at_the_end_answers_too(client: Client) -> None:
    prem = studio()
    pk = project_of(prem)

    assert prem.call("get", f"public/projects/{pk}/").status_code == 200
    assert prem.call("get", "public/projects/").status_code == 200
