"""Items of datasets as Opik's clients send and read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.json import Decoder

from feedback_app.api.opik.serializers.datasets import MAX_NAME, DatasetName, filled
from feedback_app.models import Datapoint, SnapshotItem
from feedback_app.services.datapoints import NewDatapoint
from traces_app import normal_form
from traces_app.api.opik import checks
from traces_app.models import NIL
from traces_app.services import authors


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


class ItemStream(DatasetName):
    """Which items to stream; ``steam_limit`` is spelled as the SDK spells it."""

    last_retrieved_id: UUID | None = None
    steam_limit: int | None = None
    dataset_version: str | None = None
    filters: str | None = None


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


ITEM_BATCH = Decoder(ItemBatch)
ITEM_IDS = Decoder(ItemIds)
ITEM_STREAM = Decoder(ItemStream)


def items(found: Sequence[Datapoint]) -> list[dict[str, Any]]:
    """Datapoints as the API prints items."""
    named = authors.names(point.created_by_id for point in found)
    return [
        _item(point.pk, point.dataset_id, point)
        | filled(
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
