"""Datasets from files of chats, all or nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO
from uuid import UUID

from django.db import transaction

from feedback_app.example_files import jsonl
from feedback_app.example_files.jsonl import Line
from feedback_app.models import Datapoint, Dataset, Snapshot
from feedback_app.services import datapoints, named_datasets, snapshots
from feedback_app.services.datapoints import NewDatapoint
from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.models import Project

AT_ONCE = 500
SHOWN = 20
"""Bad lines that a refusal names."""

Bucket = Datapoint.Bucket


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """A file of JSON lines, the name of its field, and the bucket of what it holds."""

    field: str
    file: IO[bytes]
    bucket: Datapoint.Bucket = Bucket.UNCATEGORIZED


class BadLines(Invalid):
    """Lines of a file that hold no chat; nothing was stored."""

    def __init__(self, field: str, lines: list[Line]) -> None:
        self.field = field
        self.lines = [f"Line {line.number}: {line.error}" for line in lines]
        super().__init__(" ".join(self.lines))


@transaction.atomic
def create(*, access: Access, project: Project, name: str, files: Sequence[ExampleFile]) -> Dataset:
    """A new dataset from JSON lines, each file into its bucket.

    It becomes the project's default one when there is none, since that is where traces go.
    Raises Forbidden, Conflict for a taken name, Invalid, and BadLines.
    """
    access.must_write()
    for each in files:
        _check(each)
    dataset = named_datasets.create(access=access, project=project, name=name)
    if not Dataset.objects.filter(project_id=project.pk, is_default=True).exists():
        dataset.is_default = True
        dataset.save(update_fields=["is_default"])
    for each in files:
        _store(access, dataset.pk, each)
    return dataset


@transaction.atomic
def create_frozen(
    *, access: Access, project: Project, name: str, files: Sequence[ExampleFile]
) -> Snapshot:
    """A new dataset from JSON lines, and its first snapshot under the same name.

    Raises what ``create`` raises.
    """
    dataset = create(access=access, project=project, name=name, files=files)
    asked = snapshots.Asked(name=name)
    return snapshots.create(access=access, dataset_id=dataset.pk, asked=asked)


def _check(each: ExampleFile) -> None:
    is_empty = True
    bad = []
    for line in jsonl.chats(each.file):
        is_empty = False
        if line.error:
            bad.append(line)
            if len(bad) == SHOWN:
                break
    each.file.seek(0)
    if is_empty:
        bad.append(Line(1, error="The file holds nothing."))
    if bad:
        raise BadLines(each.field, bad)


def _store(access: Access, dataset_id: UUID, each: ExampleFile) -> None:
    lines: Iterator[Line] = jsonl.chats(each.file)
    while batch := list(islice(lines, AT_ONCE)):
        rows = [NewDatapoint(line.content, bucket=each.bucket) for line in batch]
        datapoints.put(access=access, dataset_id=dataset_id, rows=rows)
