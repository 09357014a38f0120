"""Datasets, their items and versions as Opik's clients send and read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.json import Decoder

from feedback_app.models import Datapoint, Dataset, Snapshot, SnapshotItem
from feedback_app.services.datapoints import NewDatapoint
from traces_app import normal_form
from traces_app.api.opik import checks
from traces_app.models import NIL
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


def _absent() -> msgspec.Raw:
    return msgspec.Raw(b"null")


class ItemWrite(Struct):
    """One item; ``data`` is an object. With the id of one that is there it is written over."""

    id: UUID | None = None
    trace_id: UUID | None = None
    span_id: UUID | None = None
    source: str | None = None
    data: msgspec.Raw = msgspec.field(default_factory=_absent)
    description: str | None = None
    tags: list[str] | None = None

    def row(self, path: str) -> NewDatapoint:
        """What the service takes. Raises Unprocessable, BadRequest, Malformed."""
        content = normal_form.from_raw(self.data)
        rules = checks.Rules(path)
        rules.not_null("data", content)
        if content is not None and not content.startswith("{"):
            rules.broken("data", "must be an object")
        rules.tags("tags", self.tags, limited=True)
        rules.enforce()
        row = NewDatapoint(
            content or "{}",
            trace_id=self.trace_id or NIL,
            span_id=self.span_id or NIL,
            description=normal_form.clean_text(self.description or ""),
            tags=None if self.tags is None else normal_form.dump(self.tags),
        )
        if self.id is not None:
            checks.must_be_version_7("Dataset item", self.id)
            row.id = self.id
        return row


class ItemBatch(Struct):
    """Up to 1,000 items of one dataset, which is made when there is none of its name."""

    dataset_name: str | None = None
    dataset_id: UUID | None = None
    project_name: str | None = None
    project_id: UUID | None = None
    items: list[ItemWrite] | None = None

    def check(self) -> None:
        """Raises Unprocessable."""
        rules = checks.Rules()
        if self.dataset_id is None:
            rules.not_blank("datasetName", self.dataset_name)
            rules.at_most("datasetName", self.dataset_name, MAX_NAME)
        rules.enforce()
        checks.sized("items", self.items)


class ItemIds(Struct):
    """Items to be deleted."""

    item_ids: list[UUID] | None = None
    dataset_id: UUID | None = None


class DatasetIds(Struct):
    """Datasets to be deleted."""

    ids: list[UUID] | None = None


class ItemStream(DatasetName):
    """Which items to stream; ``steam_limit`` is spelled as the SDK spells it."""

    last_retrieved_id: UUID | None = None
    steam_limit: int | None = None
    dataset_version: str | None = None
    filters: str | None = None


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


class ItemRead(Struct, kw_only=True):
    """One item."""

    id: UUID
    dataset_item_id: UUID
    source: str
    data: dict[str, Any]
    trace_id: UUID | None = None
    span_id: UUID | None = None
    description: str | None = None
    tags: list[str] | None = None
    dataset_id: UUID
    created_at: datetime | None = None
    last_updated_at: datetime | None = None
    created_by: str | None = None


class ItemPage(Struct):
    """One page of items, newest first."""

    page: int
    size: int
    total: int
    content: list[ItemRead]
    columns: list[Any]
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
ITEM_BATCH = Decoder(ItemBatch)
ITEM_IDS = Decoder(ItemIds)
ITEM_STREAM = Decoder(ItemStream)
VERSION_NAME = Decoder(VersionName)


def datasets(found: Sequence[Dataset], numbers: dict[UUID, int]) -> list[dict[str, Any]]:
    """Datasets as the API prints them; ``numbers`` are of their items."""
    named = authors.names(dataset.created_by_id for dataset in found)
    return [
        _filled(
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


def items(found: Sequence[Datapoint]) -> list[dict[str, Any]]:
    """Datapoints as the API prints items."""
    named = authors.names(point.created_by_id for point in found)
    return [
        _item(point.pk, point.dataset_id, point)
        | _filled(
            {
                "span_id": None if point.span_id == NIL else point.span_id,
                "description": point.description or None,
                "tags": None if point.tags is None else msgspec.Raw(point.tags.encode()),
                "created_at": point.created_at,
                "last_updated_at": point.last_updated_at,
                "created_by": named.get(point.created_by_id) if point.created_by_id else None,
            }
        )
        for point in found
    ]


def frozen_items(found: Sequence[SnapshotItem], dataset_id: UUID) -> list[dict[str, Any]]:
    """Items of a snapshot as the API prints items."""
    return [_item(item.datapoint_id, dataset_id, item) for item in found]


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


def _item(pk: UUID, dataset_id: UUID, row: Datapoint | SnapshotItem) -> dict[str, Any]:
    printed: dict[str, Any] = {
        "id": pk,
        "dataset_item_id": pk,
        "source": "sdk",
        "data": msgspec.Raw(row.content.encode()),
        "dataset_id": dataset_id,
    }
    if row.trace_id != NIL:
        printed["trace_id"] = row.trace_id
        if row.source != Datapoint.Source.IMPORTED:
            printed["source"] = "trace"
    return printed


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
