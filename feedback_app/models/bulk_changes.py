"""What a bulk action changed, as long as it can be taken back."""

from uuid import UUID

from django.db import models

from traces_app.models import Trace
from traces_app.models.project_rows import InProjectFK, ProjectRow


class BulkChange(ProjectRow):
    """One trace that a bulk action changed, and what it was before; gone once it is taken back."""

    trace = InProjectFK(Trace, models.CASCADE, related_name="bulk_changes")
    job_id = models.UUIDField()
    before = models.TextField(default="{}", help_text="JSON text, as the action keeps it.")

    trace_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="bulk_change_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "job_id", "trace"], name="bulk_change_is_once_per_job_and_trace"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trace_id} by {self.job_id}"
