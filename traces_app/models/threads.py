"""Threads: the traces of one conversation."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models

from traces_app.models.project_rows import ProjectRow

if TYPE_CHECKING:
    from traces_app.access import Access


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, access: "Access") -> Self:
        return self.filter(access.sight.threads())


class Thread(ProjectRow):
    """What is known of a conversation beside its traces. Its id is Opik's ``thread_model_id``."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        INACTIVE = "inactive"

    thread_id = models.TextField()
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    tags = models.TextField(null=True, help_text="A JSON array of texts.")
    source = models.CharField(max_length=20, null=True)
    environment = models.CharField(max_length=150, null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    last_updated_at = models.DateTimeField()
    last_updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    created_by_id: UUID

    objects = ThreadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="thread_is_in_one_project"),
            models.UniqueConstraint(fields=["project", "thread_id"], name="thread_is_once"),
        ]
        indexes = [
            models.Index(
                fields=["last_updated_at"],
                condition=models.Q(status="active"),
                name="thread_to_close",
            )
        ]

    def __str__(self) -> str:
        return self.thread_id
