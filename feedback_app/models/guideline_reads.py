"""Which version of a queue's guideline somebody has read."""

from uuid import UUID

from django.conf import settings
from django.db import models

from traces_app.models import AnnotationQueue
from traces_app.models.project_rows import InProjectFK, ProjectRow


class GuidelineRead(ProjectRow):
    """The newest version that a reviewer of a queue has begun with, or taken note of since."""

    queue = InProjectFK(AnnotationQueue, models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    number = models.PositiveIntegerField()
    read_at = models.DateTimeField()

    queue_id: UUID
    user_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "id"], name="guideline_read_is_in_one_project"
            ),
            models.UniqueConstraint(
                fields=["project", "queue", "user"], name="guideline_read_is_once_per_reader"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} by {self.user_id}"
