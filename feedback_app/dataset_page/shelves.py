"""The list of datasets, each with what it holds."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from feedback_app.models import Datapoint, Dataset, Snapshot
from traces_app.access import Access

MOST = 500
"""Datasets on the page, newest first."""


@dataclass(frozen=True)
class Shelf:
    """One dataset as the list shows it."""

    pk: UUID
    name: str
    project: str
    is_default: bool
    total: int
    training: int
    validation: int
    uncategorized: int
    snapshots: int
    changed: datetime


def of(*, access: Access, projects: Sequence[UUID]) -> list[Shelf]:
    """The datasets of these projects; three queries."""
    visible = Dataset.objects.visible_to(access).filter(project_id__in=projects)
    found = list(visible.select_related("project").order_by("-last_updated_at", "-pk")[:MOST])
    numbers = _numbers(access, found)
    frozen = _snapshots(access, found)
    return [
        Shelf(
            pk=dataset.pk,
            name=dataset.name,
            project=dataset.project.name,
            is_default=dataset.is_default,
            total=sum(numbers[dataset.pk].values()),
            training=numbers[dataset.pk]["training"],
            validation=numbers[dataset.pk]["validation"],
            uncategorized=numbers[dataset.pk]["uncategorized"],
            snapshots=frozen.get(dataset.pk, 0),
            changed=dataset.last_updated_at,
        )
        for dataset in found
    ]


def _numbers(access: Access, found: Sequence[Dataset]) -> dict[UUID, dict[str, int]]:
    inside = Datapoint.objects.visible_to(access).filter(dataset_id__in=[d.pk for d in found])
    counted = inside.values_list("dataset_id", "bucket").annotate(number=Count("pk")).order_by()
    numbers: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for dataset_id, bucket, number in counted:
        numbers[dataset_id][bucket] = number
    return numbers


def _snapshots(access: Access, found: Sequence[Dataset]) -> dict[UUID, int]:
    made = Snapshot.objects.visible_to(access).filter(dataset_id__in=[d.pk for d in found])
    return dict(made.values_list("dataset_id").annotate(number=Count("pk")).order_by())
