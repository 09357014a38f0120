"""Datasets and their versions as Opik's clients send and read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.json import Decoder

from feedback_app.models import Dataset, Snapshot
from traces_app import normal_form
from traces_app.api.opik import checks
from traces_app.services import authors

MAX_NAME = 255
LIVE = "latest"
"""The hash of the version that is no snapshot yet: what the dataset holds now."""


class DatasetWrite(Struct):
    """A dataset to be made or edited."""

    id: UUID | None = None
    name: str | None = None
    description: str | None = None
    project_name: str | None = None
    project_id: UUID | None = None

    def check(self) -> None:
        """Raises Unprocessable, BadRequest."""
        rules = checks.Rules()
        rules.not_blank("name", self.name)
        rules.at_most("name", self.name, MAX_NAME)
        rules.enforce()
        if self.id is not None:
            checks.must_be_version_7("Dataset", self.id)


class DatasetName(Struct):
    """A dataset by its name in a project, else in the default project."""

    dataset_name: str | None = None
    project_name: str | None = None

    def check(self) -> None:
        """Raises Unprocessable."""
        rules = checks.Rules()
        rules.not_blank("datasetName", self.dataset_name)
        rules.enforce()


class DatasetIds(Struct):
    """Datasets to be deleted."""

    ids: list[UUID] | None = None


class VersionName(Struct):
    """A version by its name: v1, v2 and so on."""

    version_name: str | None = None


class DatasetRead(Struct, kw_only=True):
    """One dataset."""

    id: UUID
    name: str
    project_id: UUID
    type: str
    visibility: str
    description: str | None = None
    created_at: datetime
    created_by: str | None = None
    last_updated_at: datetime
    experiment_count: int
    dataset_items_count: int
    optimization_count: int
    status: str


class DatasetPage(Struct):
    """One page of datasets."""

    page: int
    size: int
    total: int
    content: list[DatasetRead]
    sortable_by: list[str]


class VersionRead(Struct, kw_only=True):
    """A snapshot; or, as the last one, what the dataset holds now."""

    id: UUID
    dataset_id: UUID
    version_hash: str
    version_name: str
    is_latest: bool
    items_total: int
    change_description: str
    tags: list[str]
    created_at: datetime
    created_by: str | None = None


class VersionPage(Struct):
    """One page of versions, newest first."""

    page: int
    size: int
    total: int
    content: list[VersionRead]


DATASET = Decoder(DatasetWrite)
DATASET_NAME = Decoder(DatasetName)
DATASET_IDS = Decoder(DatasetIds)
VERSION_NAME = Decoder(VersionName)


def datasets(found: Sequence[Dataset], numbers: dict[UUID, int]) -> list[dict[str, Any]]:
    """Datasets as the API prints them; ``numbers`` are of their items."""
    named = authors.names(dataset.created_by_id for dataset in found)
    return [
        filled(
            {
                "id": dataset.pk,
                "name": dataset.name,
                "project_id": dataset.project_id,
                "type": "dataset",
                "visibility": "private",
                "description": dataset.description or None,
                "created_at": dataset.created_at,
                "created_by": named.get(dataset.created_by_id) if dataset.created_by_id else None,
                "last_updated_at": dataset.last_updated_at,
                "experiment_count": 0,
                "dataset_items_count": numbers.get(dataset.pk, 0),
                "optimization_count": 0,
                "status": "completed",
            }
        )
        for dataset in found
    ]


def version(snapshot: Snapshot, named: dict[UUID, str], *, is_latest: bool) -> dict[str, Any]:
    """A snapshot as the API prints a version."""
    manifest = normal_form.load(snapshot.manifest)
    return {
        "id": snapshot.pk,
        "dataset_id": snapshot.dataset_id,
        "version_hash": snapshot.pk.hex,
        "version_name": snapshot.version,
        "is_latest": is_latest,
        "items_total": manifest.get("counts", {}).get("datapoints", 0),
        "change_description": snapshot.name,
        "tags": [LIVE] if is_latest else [],
        "created_at": snapshot.created_at,
        "created_by": named.get(snapshot.created_by_id, ""),
    }


def live_version(dataset: Dataset, number: int, total: int) -> dict[str, Any]:
    """What the dataset holds now, as the version that its next snapshot will be."""
    return {
        "id": dataset.pk,
        "dataset_id": dataset.pk,
        "version_hash": LIVE,
        "version_name": f"v{number}",
        "is_latest": True,
        "items_total": total,
        "change_description": "Not frozen in a snapshot yet",
        "tags": [LIVE],
        "created_at": dataset.last_updated_at,
    }


def filled(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is not there, which the API leaves out."""
    return {name: value for name, value in values.items() if value is not None}
