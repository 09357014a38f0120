"""Threads: the traces of one conversation."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Collate, Now

from traces_app.models.project_rows import ProjectRow

if TYPE_CHECKING:
    from traces_app.access import Access


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, access: "Access") -> Self:
        return self.filter(access.sight.threads())

    def with_traces(self) -> Self:
        """Those that are conversations.

        One that was only opened or scored, or whose last trace went, keeps its row and what was
        said about it, but has nothing to show until a trace names it (again).
        """
        return self.filter(trace_count__gt=0)

    def in_lock_order(self) -> Self:
        """As ingest meets them; whoever locks several takes this order, or the two could wait
        for each other."""
        by_code_point = Collate("thread_id", "C" if connection.vendor == "postgresql" else "BINARY")
        return self.order_by("project_id", by_code_point)


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
    trace_count = models.BigIntegerField(db_default=0)
    woken_at = models.DateTimeField(
        db_default=Now(), help_text="When its newest trace arrived, or somebody opened it."
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    last_updated_at = models.DateTimeField()
    last_updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    created_by_id: UUID
    last_updated_by_id: UUID

    objects = ThreadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="thread_is_in_one_project"),
            models.UniqueConstraint(fields=["project", "thread_id"], name="thread_is_once"),
        ]
        indexes = [
            # The closing of those that rest.
            models.Index(
                fields=["woken_at"],
                condition=models.Q(status="active"),
                name="thread_to_close",
            ),
            # A project's list in its usual order, and the number of its threads.
            models.Index(
                fields=["project", "-last_updated_at", "trace_count"], name="thread_by_update"
            ),
        ]

    def __str__(self) -> str:
        return self.thread_id
