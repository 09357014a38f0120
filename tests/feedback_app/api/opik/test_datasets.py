"""Datasets through Opik's dialect: who may, what is refused, what is read."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from feedback_app.models import Datapoint, Dataset
from feedback_app.services import snapshots
from feedback_app.services.snapshots import Asked
from tests import factories
from tests.traces_app.api.opik.client import Opik
from traces_app.models import Role, Workspace

pytestmark = pytest.mark.django_db

PREFIXES = ["/v1/private", "/api/v1/private"]


@pytest.fixture
def room() -> Workspace:
    return factories.workspace()


@pytest.fixture
def opik(room: Workspace) -> Opik:
    return Opik(factories.key(room))


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def test_part_of_a_name_is_found_in_any_case_and_script(opik: Opik) -> None:
    put(opik, "Ärger 100%")

    found = [opik.get(f"/datasets?name={part}").json()["total"] for part in ("ärg", "0%25", "_")]

    assert found == [1, 1, 0]


def put(opik: Opik, name: str = "support", *datas: Any, **more: Any) -> Any:
    items = [{"source": "sdk", "data": data} for data in datas or ({"n": 1},)]
    return opik.put("/datasets/items", {"dataset_name": name, "items": items} | more)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_dataset_is_made_found_edited_and_deleted(room: Workspace, prefix: str) -> None:
    opik = Opik(factories.key(room), prefix=prefix)

    made = opik.post("/datasets", {"name": "support", "description": "d", "project_name": "shop"})
    pk = made["Location"].rpartition("/")[2]
    again = opik.post("/datasets", {"name": "support", "project_name": "shop"})
    opik.put(f"/datasets/{pk}", {"name": "answers"})
    found = opik.post("/datasets/retrieve", {"dataset_name": "answers", "project_name": "SHOP"})
    gone = opik.delete(f"/datasets/{pk}")

    assert (made.status_code, again.status_code, gone.status_code) == (201, 409, 204)
    assert (found.json()["id"], found.json()["dataset_items_count"]) == (pk, 0)
    assert opik.get(f"/datasets/{pk}").status_code == 404


def test_items_are_put_paged_streamed_and_deleted(opik: Opik) -> None:
    assert put(opik, "support", *[{"n": number} for number in range(5)]).status_code == 204
    pk = Dataset.objects.get().pk

    page = opik.get(f"/datasets/{pk}/items", page="2", size="2").json()
    first = lines(
        opik.post("/datasets/items/stream", {"dataset_name": "support", "steam_limit": 3})
    )
    rest = {"dataset_name": "support", "last_retrieved_id": first[-1]["id"]}
    second = lines(opik.post("/datasets/items/stream", rest))
    opik.post("/datasets/items/delete", {"item_ids": [item["id"] for item in first]})

    assert (page["total"], len(page["content"])) == (5, 2)
    ids = [item["id"] for item in first + second]
    assert (len(ids), ids) == (5, sorted(ids, reverse=True))
    assert Datapoint.objects.count() == 2
    assert opik.get(f"/datasets/items/{second[0]['id']}").json()["data"] == second[0]["data"]


def test_a_dataset_without_items_streams_nothing(opik: Opik) -> None:
    opik.post("/datasets", {"name": "empty"})

    assert lines(opik.post("/datasets/items/stream", {"dataset_name": "empty"})) == []


def test_an_item_with_a_known_id_is_written_over(opik: Opik) -> None:
    pk = str(uuid7())
    for number in (1, 2):
        item = {"id": pk, "source": "sdk", "data": {"n": number}}
        opik.put("/datasets/items", {"dataset_name": "support", "items": [item]})

    assert opik.get(f"/datasets/items/{pk}").json()["data"] == {"n": 2}


def test_an_id_of_a_strangers_item_is_a_conflict_and_stays(opik: Opik) -> None:
    strange = factories.datapoint(factories.dataset(factories.project()))
    item = {"id": str(strange.pk), "source": "sdk", "data": {"n": 1}}

    answer = opik.put("/datasets/items", {"dataset_name": "support", "items": [item]})

    assert answer.status_code == 409
    assert Datapoint.objects.get().content == strange.content


def test_names_are_looked_up_in_the_project_alone(opik: Opik) -> None:
    put(opik, "support", project_name="shop")

    assert opik.post("/datasets/retrieve", {"dataset_name": "support"}).status_code == 404
    assert opik.post("/datasets/delete", {"dataset_name": "support"}).status_code == 404
    assert Dataset.objects.exists()


def test_a_name_that_cannot_be_stored_is_found_as_it_was_stored(opik: Opik) -> None:
    put(opik, "sup\x00port\ud800")

    found = opik.post("/datasets/retrieve", {"dataset_name": "sup\x00port\ud800"})

    assert (found.status_code, found.json()["name"]) == (200, "sup\ufffdport\ufffd")


def test_versions_are_the_snapshots_and_what_is_there_now(room: Workspace, opik: Opik) -> None:
    put(opik)
    dataset = Dataset.objects.get()
    address = f"/datasets/{dataset.pk}/versions"
    before = opik.get(address).json()
    snapshots.create(access=factories.access(room), dataset_id=dataset.pk, asked=Asked())
    frozen = opik.get(address).json()
    put(opik, "support", {"n": 2})
    after = opik.get(address).json()
    last = opik.get(address, page="2", size="1").json()["content"]

    def named(page: Any) -> list[tuple[str, bool, int]]:
        return [(v["version_name"], v["is_latest"], v["items_total"]) for v in page["content"]]

    assert named(before) == [("v1", True, 1)]
    assert named(frozen) == [("v1", True, 1)]
    assert named(after) == [("v2", True, 2), ("v1", False, 1)]
    assert [version["version_name"] for version in last] == ["v1"]
    for version, number in (("v1", 1), ("v2", 2), (last[0]["version_hash"], 1), ("latest", 2)):
        items = opik.get(f"/datasets/{dataset.pk}/items", version=version).json()
        assert items["total"] == number
    for odd in ("v9", "v01x", "x", "v99999999999999999999"):
        assert opik.get(f"/datasets/{dataset.pk}/items", version=odd).status_code == 404


def test_an_empty_dataset_has_no_version(opik: Opik) -> None:
    made = opik.post("/datasets", {"name": "empty"})
    pk = made["Location"].rpartition("/")[2]

    assert opik.get(f"/datasets/{pk}/versions").json()["content"] == []


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"data": None},
        {"data": []},
        {"data": "text"},
        {"data": {}, "tags": ["t" * 101]},
        {"data": {}, "id": "not-a-uuid"},
        {"data": {}, "id": "00000000-0000-4000-8000-000000000000"},
        {"data": {}, "trace_id": 5},
        None,
        [],
    ],
)
def test_odd_items_are_refused_and_nothing_is_stored(opik: Opik, item: Any) -> None:
    good = {"source": "sdk", "data": {"n": 1}}

    answer = opik.put("/datasets/items", {"dataset_name": "support", "items": [good, item]})

    assert answer.status_code in (400, 422)
    assert not Dataset.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"dataset_name": " ", "items": [{"data": {}}]},
        {"dataset_name": "n" * 256, "items": [{"data": {}}]},
        {"dataset_name": "x", "items": []},
        {"dataset_name": "x", "items": [{"data": {}}] * 1001},
        {"dataset_id": str(uuid7()), "items": [{"data": {}}]},
    ],
)
def test_odd_batches_are_refused(opik: Opik, body: Any) -> None:
    assert opik.put("/datasets/items", body).status_code in (400, 404, 422)
    assert not Datapoint.objects.exists()


def test_odd_values_are_stored_as_they_can_be(opik: Opik) -> None:
    odd = b'{"dataset_name":"x","items":[{"data":{"nan":NaN,"nul":"a\\u0000b","\\ud800":1e400}}]}'

    assert opik.raw("PUT", "/datasets/items", odd).status_code == 204
    (item,) = lines(opik.post("/datasets/items/stream", {"dataset_name": "x"}))
    assert item["data"] == {"nan": None, "nul": "a\ufffdb", "\ufffd": None}


def test_filters_are_refused_in_words(opik: Opik) -> None:
    put(opik)
    pk = Dataset.objects.get().pk
    wanted = '[{"field":"data","key":"n","operator":"=","value":"1"}]'

    for raw, status in ((wanted, 400), ("[", 400), ("[" * 5000, 400), ("[]", 200)):
        assert opik.get(f"/datasets/{pk}/items", filters=raw).status_code == status


def test_reads_ask_as_many_queries_for_many_items_as_for_one(opik: Opik) -> None:
    counts = []
    for more in (1, 30):
        put(opik, "support", *[{"n": number} for number in range(more)])
        pk = Dataset.objects.get().pk
        with CaptureQueriesContext(connection) as queries:
            opik.get(f"/datasets/{pk}/items", size="100")
            lines(opik.post("/datasets/items/stream", {"dataset_name": "support"}))
            opik.get("/datasets")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def everything(opik: Opik, dataset: Dataset, item: Datapoint) -> list[int]:
    name = {"dataset_name": dataset.name, "project_name": dataset.project.name}
    of = f"/datasets/{dataset.pk}"
    reads = [
        opik.get(of),
        opik.get(f"{of}/items"),
        opik.get(f"{of}/versions"),
        opik.post(f"{of}/versions/retrieve", {"version_name": "v1"}),
        opik.get(f"/datasets/items/{item.pk}"),
        opik.post("/datasets/retrieve", name),
        opik.post("/datasets/items/stream", name),
    ]
    writes = [
        opik.put("/datasets/items", {"dataset_id": str(dataset.pk), "items": [{"data": {}}]}),
        opik.put(of, {"name": "renamed"}),
        opik.delete(of),
        opik.post("/datasets/delete-batch", {"ids": [str(dataset.pk)]}),
        opik.post("/datasets/items/delete", {"item_ids": [str(item.pk)]}),
    ]
    if reads[-1].streaming:
        b"".join(reads[-1].streaming_content)  # or it keeps its place among the streams
    return [answer.status_code for answer in (*reads, *writes)]


def test_who_may_what(room: Workspace) -> None:
    dataset = factories.dataset(factories.project(room))
    item = factories.datapoint(dataset)

    def as_(role: Role, where: Workspace = room) -> list[int]:
        return everything(Opik(factories.key(where, role)), dataset, item)

    assert as_(Role.OWNER, factories.workspace()) == [404] * 7 + [404, 404, 204, 204, 204]
    assert as_(Role.VIEWER) == [200] * 7 + [403] * 5
    assert as_(Role.REVIEWER) == [404] * 7 + [403] * 5
    assert everything(Opik(None), dataset, item) == [401] * 12
    assert Datapoint.objects.filter(pk=item.pk).exists()
    assert as_(Role.MEMBER) == [200] * 7 + [204] * 5


def test_dataset_is_deleted_by_its_name(opik: Opik) -> None:
    put(opik, "support")

    first, second = (opik.post("/datasets/delete", {"dataset_name": "support"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (204, 404)
    assert not Dataset.objects.exists()
