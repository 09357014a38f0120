"""What reviewers of a queue are told and asked, as it was at each time."""

from uuid import UUID

from django.conf import settings
from django.db import models

from traces_app.models.project_rows import InProjectFK, ProjectRow
from traces_app.models.queues import AnnotationQueue


class QueueGuideline(ProjectRow):
    """One version of a queue's guideline: its instructions and questions. Never changed."""

    queue = InProjectFK(AnnotationQueue, models.CASCADE, related_name="guidelines", db_index=False)
    number = models.PositiveIntegerField(help_text="From 1 on.")
    instructions = models.TextField(blank=True, default="", help_text="Markdown.")
    questions = models.TextField(default="[]", help_text="JSON text: all that makes each up.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    queue_id: UUID
    created_by_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="guideline_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "queue", "number"], name="guideline_is_once_per_number"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
