"""What people curate is what the opik SDK reads, and what it inserts is curated."""

import json
import urllib.request
from typing import Any

import opik
import pytest
from opik.rest_api.core.api_error import ApiError
from uuid_utils.compat import uuid7

from tests.servers import Server

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]


def prem(server: Server, where: str, body: Any = None) -> Any:
    """A call of Prem's dialect, as a neighbour with the same key makes it."""
    request = urllib.request.Request(
        f"{server.base_url}/api/v1/{where}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def contents(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: item[name] for name in item if name != "id"} for item in items]


def test_items_are_inserted_once_and_read_back(client: opik.Opik) -> None:
    dataset = client.get_or_create_dataset("capitals", description="Small.")
    items = [{"input": "Köln?", "n": number, "odd": None} for number in range(3)]

    dataset.insert(items)
    dataset.insert(items)

    again = client.get_dataset("capitals")
    assert sorted(contents(again.get_items()), key=lambda item: item["n"]) == items
    assert (again.dataset_items_count, again.description) == (3, "Small.")


def test_many_items_arrive_whole_in_parallel_batches(client: opik.Opik) -> None:
    dataset = client.get_or_create_dataset("many")

    dataset.insert([{"n": number} for number in range(2500)])

    assert {item["n"] for item in client.get_dataset("many").get_items()} == set(range(2500))
    assert len(dataset.get_items(nb_samples=7)) == 7


def test_items_are_updated_deleted_and_cleared(client: opik.Opik) -> None:
    dataset = client.get_or_create_dataset("changing")
    dataset.insert([{"n": 1}, {"n": 2}, {"n": 3}])
    by_number = {item["n"]: item["id"] for item in dataset.get_items()}

    dataset.update([{"id": by_number[1], "n": 10}])
    dataset.delete([by_number[2]])
    left = {item["n"]: item["id"] for item in dataset.get_items()}
    dataset.clear()

    assert left == {10: by_number[1], 3: by_number[3]}
    assert dataset.get_items() == []


def test_what_people_added_from_traces_is_read(
    server: Server, client: opik.Opik, project: str
) -> None:
    made = prem(server, "public/projects/create", {"name": project, "goal": ""})
    trace = {"modelId": "m", "input": "Is it covered?", "output": "Yes.", "score": 0.9}
    body = trace | {"projectId": made["project_id"]}
    trace_id = prem(server, "traces", body)["id"]
    prem(server, f"traces/{trace_id}/addToDataset", {})

    (item,) = client.get_dataset(project).get_items()

    assert item["messages"] == [
        {"role": "user", "content": "Is it covered?"},
        {"role": "assistant", "content": "Yes."},
    ]


def test_snapshots_are_versions_and_stay(server: Server, client: opik.Opik) -> None:
    dataset = client.get_or_create_dataset("frozen")
    dataset.insert([{"n": 1}])
    prem(server, "public/snapshots/create", {"dataset_id": dataset.id})
    frozen_name = dataset.get_current_version_name()
    dataset.insert([{"n": 2}])

    view = dataset.get_version_view("v1")

    assert frozen_name == "v1"
    assert dataset.get_current_version_name() == "v2"
    assert contents(view.get_items()) == [{"n": 1}]
    assert (view.items_total, view.is_latest) == (1, False)
    assert sorted(item["n"] for item in dataset.get_items()) == [1, 2]
    with pytest.raises(opik.exceptions.DatasetVersionNotFound):
        dataset.get_version_view("v7")


def test_datasets_are_listed_and_deleted_by_name(client: opik.Opik, project: str) -> None:
    client.create_dataset("one")
    client.create_dataset("two")

    names = {dataset.name for dataset in client.get_datasets(project_name=project)}
    client.delete_dataset("one")

    assert names == {"one", "two"}
    with pytest.raises(ApiError) as refusal:
        client.get_dataset("one")
    assert refusal.value.status_code == 404


def test_an_id_of_the_clients_own_stays(client: opik.Opik) -> None:
    dataset = client.get_or_create_dataset("own ids")
    pk = str(uuid7())

    dataset.insert([{"id": pk, "n": 1}])

    assert dataset.get_items() == [{"id": pk, "n": 1}]
