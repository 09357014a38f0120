"""Snapshots in pages: made, read, compared, downloaded."""

import hashlib
import json
from typing import Any

import pytest

from feedback_app.models import Dataset, Snapshot
from feedback_app.services import datapoints
from feedback_app.snapshot_files.formats import FORMATS
from tests import factories
from tests.feedback_app.desk import Desk, words
from traces_app.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def dataset(desk: Desk) -> Dataset:
    return factories.dataset(desk.project(), "support")


def frozen(desk: Desk, dataset: Dataset) -> Snapshot:
    answer = desk.browser.post(f"/datasets/{dataset.pk}/snapshots", {"percent": "80"})
    assert answer.status_code == 302
    return Snapshot.objects.order_by("-pk")[0]


def sent(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_freezing_opens_the_snapshot_with_its_files(desk: Desk, dataset: Dataset) -> None:
    for number in range(10):
        factories.datapoint(dataset, str(number))

    snapshot = frozen(desk, dataset)
    text = words(desk.browser.get(f"/snapshots/{snapshot.pk}"))

    assert "10: 8 training, 2 validation" in text
    for name in (*FORMATS, "manifest.json"):
        assert f'href="/snapshots/{snapshot.pk}/files/{name}"' in text


def test_downloads_are_what_the_manifest_says(desk: Desk, dataset: Dataset) -> None:
    factories.datapoint(dataset, "better", rejected="worse", source="correction")
    snapshot = frozen(desk, dataset)
    address = f"/snapshots/{snapshot.pk}/files"

    manifest = json.loads(sent(desk.browser.get(f"{address}/manifest.json")))

    for name, facts in manifest["files"].items():
        answer = desk.browser.get(f"{address}/{name}")
        assert hashlib.sha256(sent(answer)).hexdigest() == facts["sha256"]
        assert answer["Content-Disposition"] == f'attachment; filename="support-v1-{name}"'


def test_comparing_tells_what_came_went_and_changed(desk: Desk, dataset: Dataset) -> None:
    points = [factories.datapoint(dataset, answer) for answer in ("keep", "old", "gone")]
    first = frozen(desk, dataset)
    access = desk.access
    content = points[1].content.replace("old", "new")
    datapoints.edit(access=access, datapoint_id=points[1].pk, content=content)
    datapoints.delete(access=access, dataset_id=dataset.pk, ids=[points[2].pk])
    factories.datapoint(dataset, "fresh")
    second = frozen(desk, dataset)

    answer = desk.browser.get(f"/snapshots/{first.pk}/diff?with={second.pk}")

    numbers = {group.name: group.number for group in answer.context["groups"]}
    assert {name: numbers[name] for name in ("added", "removed", "changed")} == {
        "added": 1,
        "removed": 1,
        "changed": 1,
    }
    assert "<del>old</del><ins>new</ins>" in answer.text


def test_nothing_to_freeze_is_said(desk: Desk, dataset: Dataset) -> None:
    answer = desk.browser.post(f"/datasets/{dataset.pk}/snapshots", {"percent": "80"})

    assert answer.status_code == 422
    assert "The dataset holds no datapoints yet." in words(answer)


def test_unknown_files_and_comparisons_are_404(desk: Desk, dataset: Dataset) -> None:
    factories.datapoint(dataset)
    pk = frozen(desk, dataset).pk
    other = factories.dataset(dataset.project)
    factories.datapoint(other)
    elsewhere = frozen(desk, other)

    for rest in ("files/x.txt", "diff", "diff?with=x", f"diff?with={elsewhere.pk}"):
        assert desk.browser.get(f"/snapshots/{pk}/{rest}").status_code == 404


def test_one_in_the_making_asks_for_itself_and_gives_no_file(desk: Desk, dataset: Dataset) -> None:
    factories.datapoint(dataset)
    snapshot = frozen(desk, dataset)
    Snapshot.objects.update(state=Snapshot.State.MAKING)

    text = words(desk.browser.get(f"/snapshots/{snapshot.pk}"))

    assert 'hx-trigger="every 2s"' in text
    assert desk.browser.get(f"/snapshots/{snapshot.pk}/files/items.csv").status_code == 404


def test_viewers_download_and_make_none(desk: Desk, dataset: Dataset) -> None:
    factories.datapoint(dataset)
    snapshot = frozen(desk, dataset)
    viewer = desk.colleague(Role.VIEWER)

    assert sent(viewer.browser.get(f"/snapshots/{snapshot.pk}/files/items.csv"))
    assert "Freeze it" not in words(viewer.browser.get(f"/datasets/{dataset.pk}/snapshots"))
    assert viewer.browser.post(f"/datasets/{dataset.pk}/snapshots").status_code == 403


@pytest.mark.parametrize("is_reviewer", [True, False])
def test_reviewers_and_strangers_meet_404(desk: Desk, dataset: Dataset, is_reviewer: bool) -> None:
    factories.datapoint(dataset)
    snapshot = frozen(desk, dataset)
    other = desk.colleague(Role.REVIEWER) if is_reviewer else Desk()

    assert other.browser.get(f"/datasets/{dataset.pk}/snapshots").status_code == 404
    assert other.browser.post(f"/datasets/{dataset.pk}/snapshots").status_code == 404
    for rest in ("", "/files/items.csv", "/files/manifest.json", f"/diff?with={snapshot.pk}"):
        assert other.browser.get(f"/snapshots/{snapshot.pk}{rest}").status_code == 404
