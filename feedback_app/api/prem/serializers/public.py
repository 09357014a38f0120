"""What Prem's clients send and read about projects, datasets and snapshots (prem.md §5)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from feedback_app.example_files import jsonl
from feedback_app.models import Datapoint, Dataset, Snapshot
from feedback_app.services.datapoints import NewDatapoint
from traces_app import normal_form
from traces_app.api.prem.errors import InvalidFields
from traces_app.api.prem.serializers.fields import Fields
from traces_app.models import Project

NO_OBJECT = "Send a JSON object."
NO_SHARE = "Send a whole number from 1 to 99."
Status = Literal["processing", "completed", "failed"]
_STATUS: dict[str, Status] = {"making": "processing", "ready": "completed", "failed": "failed"}


class ProjectWrite(msgspec.Struct):
    """A new project; ``goal`` says what its model is for."""

    name: str
    goal: str = ""


class ProjectMade(msgspec.Struct):
    """The id of the new project."""

    project_id: UUID


class ProjectLine(msgspec.Struct):
    """A project in the list."""

    id: UUID
    name: str
    created_at: datetime


class ProjectLines(msgspec.Struct):
    """All projects, newest first."""

    projects: list[ProjectLine]


class Node(msgspec.Struct):
    """A project, a dataset or a snapshot; its children are of the same kind."""

    id: UUID
    type: Literal["project", "dataset", "snapshot"]
    name: str
    label: str
    status: Status
    metadata: dict[str, Any] = {}
    children: list[Any] = []


class ProjectTree(msgspec.Struct):
    """A project with its datasets, each with its snapshots."""

    project: Node


class DatasetMade(msgspec.Struct):
    """The id of the new dataset."""

    dataset_id: UUID


class DatasetRead(msgspec.Struct):
    """A dataset."""

    id: UUID
    name: str
    project_id: UUID
    status: Status
    datapoints_count: int
    created_at: datetime
    updated_at: datetime


class Message(msgspec.Struct):
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


class DatapointWrite(msgspec.Struct):
    """A chat to be added; its last message is the assistant's."""

    messages: list[Message]
    bucket: Literal["uncategorized", "training", "validation"] = "uncategorized"


class DatapointMade(msgspec.Struct):
    """The id of the new datapoint."""

    id: UUID
    message: str


class SnapshotWrite(msgspec.Struct):
    """Which dataset to freeze, and the share of training in percent."""

    dataset_id: UUID
    split_percentage: int = 80


class SnapshotMade(msgspec.Struct):
    """The id of the new snapshot."""

    snapshot_id: UUID


class SnapshotRead(msgspec.Struct):
    """A snapshot; its manifest is there when it is completed."""

    id: UUID
    dataset_id: UUID
    name: str
    status: Status
    created_at: datetime
    error: str
    manifest: dict[str, Any]


def fields_of(sent: object) -> Fields:
    """The fields of a body. Raises InvalidFields for what is no object."""
    if not isinstance(sent, dict):
        raise InvalidFields({"": [NO_OBJECT]})
    return Fields(sent)


def project_write(sent: object) -> ProjectWrite:
    """Raises InvalidFields."""
    fields = fields_of(sent)
    name, goal = fields.text("name"), fields.sent.get("goal")
    if goal is not None and not isinstance(goal, str):
        fields.refuse("goal", "Send a text, or null.")
    fields.check()
    return ProjectWrite(name, goal or "")


def snapshot_write(sent: object) -> SnapshotWrite:
    """Raises InvalidFields."""
    fields = fields_of(sent)
    pk = fields.uuid("dataset_id", "datasetId")
    if not isinstance(pk, UUID) and not fields.details:
        fields.refuse("dataset_id", "Send the id of a dataset.")
    percent = fields.value("split_percentage", "splitPercentage")
    if percent in (None, msgspec.UNSET):
        percent = 80
    is_whole = isinstance(percent, int) and not isinstance(percent, bool)
    if not is_whole or not 1 <= percent <= 99:
        fields.refuse("split_percentage", NO_SHARE)
    fields.check()
    return SnapshotWrite(pk, percent)


def datapoint_write(sent: object) -> NewDatapoint:
    """Raises InvalidFields."""
    fields = fields_of(sent)
    messages = fields.sent.get("messages")
    wrong = jsonl.what_is_wrong({"messages": messages})
    if wrong:
        fields.refuse("messages", wrong)
    bucket = fields.sent.get("bucket") or Datapoint.Bucket.UNCATEGORIZED
    if not isinstance(bucket, str) or bucket not in Datapoint.Bucket.values:
        fields.refuse("bucket", f"Send one of {', '.join(Datapoint.Bucket.values)}.")
    fields.check()
    content = normal_form.dump({"messages": messages})
    return NewDatapoint(content, bucket=Datapoint.Bucket(bucket))


def snapshot_read(snapshot: Snapshot) -> SnapshotRead:
    """A snapshot as it is printed."""
    return SnapshotRead(
        snapshot.pk,
        snapshot.dataset_id,
        snapshot.name,
        _STATUS[snapshot.state],
        snapshot.created_at,
        snapshot.error,
        normal_form.load(snapshot.manifest),
    )


def tree(project: Project, datasets: Iterable[Dataset], snapshots: Iterable[Snapshot]) -> Node:
    """The project's own dataset first; snapshots whose dataset is gone stand beside them."""
    by_dataset: dict[UUID, list[Node]] = defaultdict(list)
    for each in snapshots:
        node = Node(each.pk, "snapshot", each.name, each.name, _STATUS[each.state])
        by_dataset[each.dataset_id].append(node)
    children = [
        Node(
            each.pk,
            "dataset",
            each.name,
            each.name,
            "completed",
            children=by_dataset.pop(each.pk, []),
        )
        for each in datasets
    ]
    orphans = [node for nodes in by_dataset.values() for node in nodes]
    about = {"goal": project.description}
    name = project.name
    return Node(project.pk, "project", name, name, "completed", about, [*children, *orphans])
