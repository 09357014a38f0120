"""Which items of a dataset a client of Opik's dialect asks for: those of now, or of a snapshot."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from feedback_app.api.opik.serializers import dataset_items as shapes
from feedback_app.api.opik.serializers.datasets import LIVE
from feedback_app.models import Datapoint, Dataset, Snapshot, SnapshotItem
from feedback_app.models.snapshots import SnapshotQuerySet
from feedback_app.services import named_datasets
from traces_app.access import Access
from traces_app.api.opik.streams import PAGE, Page
from traces_app.errors import BadQuery, NotFound
from traces_app.models import Project
from traces_app.normal_form import clean_text
from traces_app.services import projects

NO_DATASET = "Dataset not found"
NO_VERSION = "Dataset version not found"


@dataclass(frozen=True)
class Items:
    """Rows with the column of their item's id, and how they are printed."""

    rows: Any
    key: str
    printed: Callable[[Any], Page]

    def page(self, number: int, size: int) -> Page:
        ordered = self.rows.order_by(f"-{self.key}")
        return self.printed(list(ordered[(number - 1) * size : number * size]))

    def pages(self, limit: int, before: UUID | None) -> Iterator[Page]:
        """Up to ``limit`` below ``before``, newest first, a short query a page."""
        while limit > 0:
            below = self.rows.filter(**{f"{self.key}__lt": before}) if before else self.rows
            size = min(PAGE, limit)
            page = self.printed(list(below.order_by(f"-{self.key}")[:size]))
            yield page
            if len(page) < size:
                return
            before, limit = page[-1]["id"], limit - size


def by_name(access: Access, name: str, project_name: str | None) -> Dataset:
    """The dataset of this name in the named or the default project. Raises NotFound."""
    project = projects.find(access=access, name=project_name)
    wanted = clean_text(name.strip())
    found = Dataset.objects.visible_to(access).filter(project_id=project.pk, name=wanted)
    dataset = found.first()
    if dataset is None:
        raise NotFound(NO_DATASET)
    return dataset


def home(access: Access, name: str | None, project_id: UUID | None) -> Project:
    """The project that a body names, made when there is none of this name."""
    if project_id is not None:
        return projects.find(access=access, project_id=project_id)
    return projects.get_or_create(access=access, name=name)


def items(dataset: Dataset, version: str | None) -> Items:
    """The items of a version: a hash, a name, a tag; nothing for those of now."""
    snapshot = snapshot_of(dataset, version)
    if snapshot is None:
        inside = Datapoint.objects.filter(project_id=dataset.project_id, dataset_id=dataset.pk)
        return Items(inside.approved(), "id", shapes.items)
    frozen = SnapshotItem.objects.of(snapshot)
    return Items(frozen, "datapoint_id", lambda found: shapes.frozen_items(found, dataset.pk))


def snapshots_of(dataset: Dataset) -> SnapshotQuerySet:
    """The dataset's finished snapshots, newest first."""
    made = Snapshot.objects.filter(project_id=dataset.project_id, dataset_id=dataset.pk)
    return made.ready().order_by("-number")


def snapshot_of(dataset: Dataset, version: str | None) -> Snapshot | None:
    """The snapshot that a version means; None for what the dataset holds now. Raises NotFound."""
    if not version or version == LIVE:
        return None
    made = snapshots_of(dataset)
    number = version.removeprefix("v")
    if version.startswith("v") and number.isascii() and number.isdecimal() and len(number) < 9:
        if int(number) == next_number(dataset):
            return None
        found = made.filter(number=int(number)).first()
    else:
        found = made.filter(pk=_uuid(version)).first()
    if found is None:
        raise NotFound(NO_VERSION)
    return found


def is_frozen(dataset: Dataset, newest: Snapshot | None) -> bool:
    """Does the newest snapshot show what the dataset holds now?"""
    return newest is not None and newest.revision == dataset.revision


def next_number(dataset: Dataset) -> int | None:
    """The number of the version that is not frozen yet; None when all is frozen."""
    newest = snapshots_of(dataset).first()
    if is_frozen(dataset, newest):
        return None
    return newest.number + 1 if newest else 1


def no_filters(raw: str | None) -> None:
    """Raises BadQuery for filters: items are read whole, version by version."""
    if not raw:
        return
    try:
        wanted = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        raise BadQuery(f"Invalid filters query parameter '{raw}'") from error
    if wanted:
        raise BadQuery("Filters on dataset items are not supported by this server")


def find(access: Access, dataset_id: UUID) -> Dataset:
    """Raises NotFound."""
    return named_datasets.find(access=access, dataset_id=dataset_id)


def _uuid(sent: str) -> UUID:
    try:
        return UUID(sent)
    except ValueError as error:
        raise NotFound(NO_VERSION) from error
