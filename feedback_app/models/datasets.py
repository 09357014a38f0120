"""Datasets and their datapoints: what people said, as training and evaluation data."""

import hashlib
import json
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.conf import settings
from django.db import models

from feedback_app.models.taken import LONGEST, now
from traces_app import normal_form
from traces_app.models.project_rows import NIL, InProjectFK, ProjectRow
from traces_app.query.expressions import Contains

if TYPE_CHECKING:
    from feedback_app.models.dataset_imports import DatasetImport
    from traces_app.access import Access


def digest_of(content: str) -> str:
    """Equal for equal JSON, whatever the order of its keys; for all else as good as random."""
    value = normal_form.load(content)
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class DigestField(models.CharField):  # type: ignore[type-arg]
    """The digest of the row's content, written with it: no writer can forget it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: Any, add: bool) -> str:
        digest = digest_of(model_instance.content)
        setattr(model_instance, self.attname, digest)
        return digest


class DatasetQuerySet(models.QuerySet["Dataset"]):
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
    revision = models.BigIntegerField(
        default=0, editable=False, help_text="Counts the changes of its datapoints."
    )

    created_by_id: UUID | None

    objects = DatasetQuerySet.as_manager()

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

    def holding(self, text: str) -> Self:
        """Those with ``text`` anywhere in their content, without regard to case."""
        return self.filter(Contains(models.F("content"), models.Value(text))) if text else self

    def duplicates(self) -> Self:
        """Those of which the same dataset holds another with the same content."""
        same = Datapoint.objects.filter(
            project_id=models.OuterRef("project_id"),
            dataset_id=models.OuterRef("dataset_id"),
            digest=models.OuterRef("digest"),
        ).exclude(pk=models.OuterRef("pk"))
        return self.filter(models.Exists(same))

    def approved(self) -> Self:
        """Those that may be learned from: what snapshots, exports and clients get."""
        return self.filter(is_waiting=False)

    def waiting(self) -> Self:
        """Generated ones that no person has approved yet."""
        return self.filter(is_waiting=True)

    def differing(self) -> Self:
        """Those whose trace would give another answer by now than when they were made of it."""
        made = self.exclude(taken="").annotate(now=now())
        return made.filter(now__isnull=False).exclude(now=models.F("taken"))

    def imported_by(self, task: "DatasetImport") -> Self:
        """Those that an import has added, and that are still there."""
        return self.filter(
            project_id=task.project_id, dataset_id=task.dataset_id, import_id=task.pk
        )

    def splittable(self, *, generated_too: bool) -> Self:
        """The uncategorized ones that a split hands out to both buckets."""
        loose = self.approved().filter(bucket=Datapoint.Bucket.UNCATEGORIZED)
        return loose if generated_too else loose.exclude(source=Datapoint.Source.GENERATED)


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
    span_id = models.UUIDField(default=NIL, editable=False)
    content = models.TextField(help_text="JSON text of one object.")
    digest = DigestField(default="")
    rejected = models.TextField(
        default="", blank=True, help_text="The output that the answer replaced, as plain text."
    )
    description = models.TextField(default="", blank=True)
    tags = models.TextField(null=True, blank=True, help_text="A JSON array of texts.")
    source = models.CharField(max_length=20, choices=Source)
    bucket = models.CharField(max_length=20, choices=Bucket, default=Bucket.UNCATEGORIZED)
    is_waiting = models.BooleanField(
        "waits for approval",
        default=False,
        db_default=False,
        help_text="Generated, and no person has approved it yet.",
    )
    taken = models.CharField(
        max_length=LONGEST,
        default="",
        db_default="",
        editable=False,
        help_text="What its trace gave when it was made, or last looked at; see taken.py.",
    )
    made_digest = models.CharField(
        max_length=64,
        default="",
        db_default="",
        editable=False,
        help_text="The digest of the content that was made of its trace, or imported.",
    )
    import_id = models.UUIDField(null=True, editable=False, help_text="The import that added it.")
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
    created_by_id: UUID | None

    objects = DatapointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="datapoint_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "dataset", "trace_id"],
                condition=~models.Q(trace_id=NIL) & ~models.Q(source="imported"),
                name="datapoint_is_once_per_trace",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "trace_id"], name="datapoint_by_trace"),
            # the pages of a dataset, of one of its buckets, and how many there are
            models.Index(fields=["project", "dataset", "id"], name="datapoint_by_dataset"),
            models.Index(fields=["project", "dataset", "bucket", "id"], name="datapoint_by_bucket"),
            models.Index(
                fields=["project", "dataset", "id"],
                condition=models.Q(is_waiting=True),
                name="datapoint_waiting",
            ),
            # duplicates, and the place where a split cuts
            models.Index(fields=["project", "dataset", "digest"], name="datapoint_by_digest"),
            models.Index(
                fields=["project", "import_id", "id"],
                condition=models.Q(import_id__isnull=False),
                name="datapoint_by_import",
            ),
        ]

    def __str__(self) -> str:
        return f"Datapoint {self.pk}"

    @property
    def is_edited(self) -> bool:
        """Has somebody written over what was made of the trace, or imported?"""
        return bool(self.made_digest) and self.digest != self.made_digest
