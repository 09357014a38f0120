"""Datasets and their datapoints: what people said, as training and evaluation data."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models

from traces_app.models.project_rows import NIL, InProjectFK, ProjectRow

if TYPE_CHECKING:
    from traces_app.access import Access


class InProjectQuerySet(models.QuerySet["Dataset"]):
    def visible_to(self, access: "Access") -> Self:
        if access.sees_queues_only:
            return self.none()
        return self.filter(project__in=access.project_ids)


class Dataset(ProjectRow):
    """A named set of datapoints. A project's default one is made when first needed."""

    name = models.CharField(max_length=255)
    description = models.TextField(blank=True, default="")
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    last_updated_at = models.DateTimeField(auto_now=True)

    objects = InProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="dataset_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "name"], name="dataset_name_is_unique_in_project"
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(is_default=True),
                name="dataset_default_is_once_per_project",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DatapointQuerySet(models.QuerySet["Datapoint"]):
    def visible_to(self, access: "Access") -> Self:
        if access.sees_queues_only:
            return self.none()
        return self.filter(project__in=access.project_ids)


class Datapoint(ProjectRow):
    """One example: JSON text of one object. It outlives the trace that it came from."""

    class Source(models.TextChoices):
        OUTPUT = "output"
        CORRECTION = "correction"
        GENERATED = "generated"
        IMPORTED = "imported"

    class Bucket(models.TextChoices):
        UNCATEGORIZED = "uncategorized"
        TRAINING = "training"
        VALIDATION = "validation"

    dataset = InProjectFK(Dataset, models.CASCADE, related_name="datapoints")
    trace_id = models.UUIDField(default=NIL, help_text="The nil uuid when it came from no trace.")
    content = models.TextField(help_text="JSON text of one object.")
    source = models.CharField(max_length=20, choices=Source)
    bucket = models.CharField(max_length=20, choices=Bucket, default=Bucket.UNCATEGORIZED)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    last_updated_at = models.DateTimeField(auto_now=True)

    dataset_id: UUID

    objects = DatapointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="datapoint_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "dataset", "trace_id"],
                condition=~models.Q(trace_id=NIL),
                name="datapoint_is_once_per_trace",
            ),
        ]
        indexes = [models.Index(fields=["project", "trace_id"], name="datapoint_by_trace")]

    def __str__(self) -> str:
        return f"Datapoint {self.pk}"
