"""Datapoints that a person deleted in a page: kept for a while, to be restored."""

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models

from traces_app.models.project_rows import ProjectRow

if TYPE_CHECKING:
    from traces_app.access import Access

KEPT = timedelta(days=30)


class DeletedDatapointQuerySet(models.QuerySet["DeletedDatapoint"]):
    def visible_to(self, access: "Access") -> Self:
        if access.sees_queues_only:
            return self.none()
        return self.filter(project__in=access.project_ids)


class DeletedDatapoint(ProjectRow):
    """A copy of the row, under the row's id; ``deletion`` names what was deleted together."""

    deletion = models.UUIDField()
    dataset_id = models.UUIDField()
    row = models.TextField(help_text="JSON text: the datapoint's columns by name.")
    deleted_at = models.DateTimeField()
    deleted_by_id = models.UUIDField()

    objects = DeletedDatapointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "id"], name="deleted_datapoint_is_in_one_project"
            )
        ]
        indexes = [
            models.Index(fields=["project", "deletion"], name="deleted_datapoint_together"),
            models.Index(fields=["deleted_at"], name="deleted_datapoint_to_purge"),
        ]

    def __str__(self) -> str:
        return f"Deleted datapoint {self.pk}"
