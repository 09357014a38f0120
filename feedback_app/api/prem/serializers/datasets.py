"""What Prem's clients send and read when traces go into datasets (prem.md §4.6, §8)."""

from typing import Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from feedback_app.services.datasets import Added
from traces_app.api.prem.errors import InvalidFields
from traces_app.api.prem.serializers.fields import Fields, uuid_of

MAX_IDS = 1000


class AddedTrace(msgspec.Struct, rename="camel"):
    """What became of one trace; ``error`` says what is missing when it failed."""

    trace_id: str | None
    status: Literal["added", "queued", "failed"]
    success: bool
    datapoint_id: UUID | None
    error: str | UnsetType = UNSET


class AddedTraces(msgspec.Struct):
    """One result for each id, in the order sent."""

    results: list[AddedTrace]


class Into(msgspec.Struct, rename="camel"):
    """Which dataset, as the API schema shows it; without one, the project's default."""

    dataset_id: UUID | None = None


class TraceIds(Into, rename="camel"):
    """Which traces, at most 1,000, and which dataset."""

    ids: list[UUID] = []


def dataset_id(sent: object) -> UUID | None:
    """The dataset that a body names, None for the default one. Raises InvalidFields."""
    if sent is None:
        return None
    if not isinstance(sent, dict):
        raise InvalidFields({"": ["Send no body, or an object with datasetId."]})
    fields = Fields(sent)
    found: UUID | None = fields.uuid("datasetId", "dataset_id") or None
    fields.check()
    return found


def ids(sent: object) -> list[object]:
    """The ids of a bulk call as sent, some of which may be no UUIDs. Raises InvalidFields."""
    found = sent.get("ids") if isinstance(sent, dict) else None
    if not isinstance(found, list) or not 1 <= len(found) <= MAX_IDS:
        raise InvalidFields({"ids": [f"Send 1 to {MAX_IDS} trace ids."]})
    return found


def added(result: Added) -> AddedTrace:
    """A result as Prem prints it."""
    return AddedTrace(
        trace_id=str(result.trace_id),
        status=result.status,
        success=result.status != "failed",
        datapoint_id=result.datapoint_id,
        error=result.error or UNSET,
    )


def all_added(sent: list[object], results: list[Added]) -> AddedTraces:
    """``results`` in the order of the ids sent; what is no UUID is an unknown trace."""
    by_id = {result.trace_id: result for result in results}
    return AddedTraces([_of(item, by_id) for item in sent])


def _of(item: object, by_id: dict[UUID, Added]) -> AddedTrace:
    pk = uuid_of(item)
    if pk is not None:
        return added(by_id[pk])
    named = item if isinstance(item, str) else None
    return AddedTrace(named, "failed", success=False, datapoint_id=None, error="Trace not found")
