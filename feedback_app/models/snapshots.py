"""Snapshots: a dataset as it was at one moment, for ever."""

from typing import TYPE_CHECKING, Any, NoReturn, Self
from uuid import UUID

from django.conf import settings
from django.db import models

from feedback_app.models.datasets import Datapoint
from traces_app.errors import Conflict
from traces_app.models.project_rows import InProjectFK, ProjectRow

if TYPE_CHECKING:
    from traces_app.access import Access

FROZEN = "A snapshot is frozen: nothing in it can be changed."


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def visible_to(self, access: "Access") -> Self:
        if access.sees_queues_only:
            return self.none()
        return self.filter(project__in=access.project_ids)

    def ready(self) -> Self:
        return self.filter(state=Snapshot.State.READY)


class Snapshot(ProjectRow):
    """A named copy of a dataset's datapoints, split into training and validation.

    It survives its dataset, whose id it keeps as a plain uuid. ``manifest`` is JSON text: what was
    asked for, the counts, and each file's lines, bytes and SHA-256.
    """

    class State(models.TextChoices):
        MAKING = "making", "being made"
        READY = "ready"
        FAILED = "failed"

    dataset_id = models.UUIDField()
    dataset_name = models.CharField(max_length=255)
    number = models.IntegerField(help_text="1 for the dataset's first snapshot.")
    name = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=State, default=State.MAKING)
    error = models.TextField(default="", blank=True)
    revision = models.BigIntegerField(help_text="The dataset's revision that it shows.")
    manifest = models.TextField(default="{}", help_text="JSON text.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    created_by_id: UUID

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="snapshot_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "dataset_id", "number"],
                name="snapshot_number_is_unique_in_dataset",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def version(self) -> str:
        """How Opik's dialect names it."""
        return f"v{self.number}"


class SnapshotItemQuerySet(models.QuerySet["SnapshotItem"]):
    def visible_to(self, access: "Access") -> Self:
        if access.sees_queues_only:
            return self.none()
        return self.filter(project__in=access.project_ids)

    def of(self, snapshot: Snapshot) -> Self:
        return self.filter(project_id=snapshot.project_id, snapshot_id=snapshot.pk)

    def update(self, **kwargs: Any) -> NoReturn:
        raise Conflict(FROZEN)


class SnapshotItem(ProjectRow):
    """A datapoint as it was: a copy that nothing writes to again."""

    snapshot = InProjectFK(Snapshot, models.CASCADE, related_name="items")
    datapoint_id = models.UUIDField()
    trace_id = models.UUIDField()
    source = models.CharField(max_length=20, choices=Datapoint.Source)
    bucket = models.CharField(max_length=20, choices=Datapoint.Bucket)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    rejected = models.TextField(default="")

    snapshot_id: UUID

    objects = SnapshotItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "id"], name="snapshot_item_is_in_one_project"
            ),
            # also the order in which a snapshot is read
            models.UniqueConstraint(
                fields=["project", "snapshot", "datapoint_id"], name="snapshot_item_is_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.datapoint_id} in {self.snapshot_id}"

    def _do_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Conflict(FROZEN)
