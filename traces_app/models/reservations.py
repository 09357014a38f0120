"""Reservations: who is judging which item of a queue just now."""

from uuid import UUID

from django.conf import settings
from django.db import models

from traces_app.models.project_rows import InProjectFK, ProjectRow
from traces_app.models.queues import AnnotationQueue, QueueItem


class Reservation(ProjectRow):
    """An item that somebody is judging just now; worth nothing once it has expired."""

    queue = InProjectFK(AnnotationQueue, models.CASCADE, related_name="+", db_index=False)
    item = InProjectFK(QueueItem, models.CASCADE, related_name="reservations", db_index=False)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    queue_id: UUID
    item_id: UUID
    holder_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="reservation_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "item", "holder"], name="reservation_is_once_per_holder"
            ),
        ]
        indexes = [
            models.Index(fields=["project", "queue", "expires_at"], name="reservation_by_queue")
        ]

    def __str__(self) -> str:
        return f"{self.item} until {self.expires_at}"
