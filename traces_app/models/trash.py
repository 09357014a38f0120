"""Traces that a person deleted in a page: kept for a while with all that hung on them.

A copy and no flag: what is in the trash is met by no query that forgot to ask for it.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils import timezone

from traces_app.models.project_rows import InProjectFK, ProjectRow

if TYPE_CHECKING:
    from traces_app.access import Access

KEPT = timedelta(days=30)


class DeletionQuerySet(models.QuerySet["Deletion"]):
    def visible_to(self, access: "Access") -> Self:
        """Those whose traces may still be restored; a reviewer sees none."""
        if access.sees_queues_only:
            return self.none()
        return self.filter(
            project__in=access.project_ids, deleted_at__gt=timezone.now() - KEPT, number__gt=0
        )


class Deletion(ProjectRow):
    """What was deleted from a project together; ``number`` of its traces are in the trash still."""

    batch = models.UUIDField(help_text="Of what was deleted at once, in whatever projects.")
    number = models.BigIntegerField(default=0)
    deleted_at = models.DateTimeField()
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    objects = DeletionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="deletion_is_in_one_project"),
            models.UniqueConstraint(fields=["project", "batch"], name="deletion_is_once_per_batch"),
        ]
        indexes = [models.Index(fields=["deleted_at"], name="deletion_to_purge")]

    def __str__(self) -> str:
        return f"{self.number} deleted {self.deleted_at}"

    @property
    def until(self) -> datetime:
        """When it can no longer be restored."""
        return self.deleted_at + KEPT


class DeletedTrace(ProjectRow):
    """One trace in the trash. Its id may be taken again by now, by whomever."""

    deletion = InProjectFK(Deletion, models.CASCADE, related_name="traces", db_index=False)
    trace_id = models.UUIDField()
    name = models.TextField(blank=True, default="")
    input_head = models.TextField(blank=True, default="", help_text="The input's beginning.")

    deletion_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "id"], name="deleted_trace_is_in_one_project"
            ),
            models.UniqueConstraint(fields=["project", "trace_id"], name="deleted_trace_is_once"),
        ]
        indexes = [
            models.Index(
                fields=["project", "deletion", "trace_id"], name="deleted_trace_by_deletion"
            )
        ]

    def __str__(self) -> str:
        return self.name or str(self.trace_id)


class DeletedRows(ProjectRow):
    """Copies of some rows of one table, of one trace in the trash."""

    trace_id = models.UUIDField()
    model = models.CharField(max_length=100, help_text="As app.model.")
    rows = models.TextField(help_text="JSON text: an array of rows, each its columns by name.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "id"], name="deleted_rows_are_in_one_project"
            )
        ]
        indexes = [models.Index(fields=["project", "trace_id", "id"], name="deleted_rows_by_trace")]

    def __str__(self) -> str:
        return f"{self.model} of {self.trace_id}"
