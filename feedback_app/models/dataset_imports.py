"""Imports: a file of examples on its way into a dataset."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models

from feedback_app.models.datasets import Dataset
from traces_app.models.project_rows import InProjectFK, ProjectRow

if TYPE_CHECKING:
    from traces_app.access import Access


class DatasetImportQuerySet(models.QuerySet["DatasetImport"]):
    def visible_to(self, access: "Access") -> Self:
        if access.sees_queues_only:
            return self.none()
        return self.filter(project__in=access.project_ids)


class DatasetImport(ProjectRow):
    """An uploaded file, how it is to be read, and how far that has come.

    The counters are of the last check or import; ``place`` is the byte up to which it went, written
    in the transaction that stores what stands before it.
    """

    class Form(models.TextChoices):
        JSONL = "jsonl", "JSON lines"
        CSV = "csv", "CSV"

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        CHECKING = "checking", "being checked"
        CHECKED = "checked"
        RUNNING = "running", "being imported"
        DONE = "done", "imported"
        STOPPED = "stopped"
        FAILED = "failed"

    dataset = InProjectFK(Dataset, models.CASCADE, related_name="imports")
    file_name = models.CharField(max_length=255)
    storage_name = models.CharField(max_length=255)
    size = models.BigIntegerField(help_text="Bytes of the file.")
    form = models.CharField(max_length=10, choices=Form)
    mapping = models.TextField(default="{}", help_text="JSON text: which field is what.")
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    run = models.IntegerField(default=0, help_text="Counts the checks and imports asked for.")
    place = models.BigIntegerField(default=0)
    line = models.BigIntegerField(default=0)
    good = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    mistakes = models.TextField(
        default="[]", help_text="JSON text: pairs of line and sentence, the first of them."
    )
    error = models.TextField(default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    take_back_job_id = models.UUIDField(null=True, blank=True)
    taken_back = models.BigIntegerField(default=0, help_text="Datapoints taken out again.")
    kept = models.BigIntegerField(default=0, help_text="Left in, since somebody had edited them.")

    dataset_id: UUID
    created_by_id: UUID

    objects = DatasetImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="import_is_in_one_project")
        ]
        indexes = [
            models.Index(fields=["project", "dataset", "id"], name="import_by_dataset"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_going(self) -> bool:
        return self.state in (self.State.CHECKING, self.State.RUNNING)

    @property
    def is_open(self) -> bool:
        """Whether it can still be checked and imported."""
        return self.state in (self.State.UPLOADED, self.State.CHECKED)
