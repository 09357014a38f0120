"""Exports: what a list showed at one moment, as a file that is kept for a day."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7

from traces_app.models.project_rows import NIL

if TYPE_CHECKING:
    from traces_app.access import Access


class ListExportQuerySet(models.QuerySet["ListExport"]):
    def visible_to(self, access: "Access") -> Self:
        """The caller's own in the workspace: another's may hold what the caller may not see."""
        if access.sees_queues_only:
            return self.none()
        return self.filter(workspace_id=access.workspace_id, created_by_id=access.user_id)


class ListExport(models.Model):
    """One file of traces; ``query`` is the address of the list that it was asked for on."""

    class State(models.TextChoices):
        MAKING = "making", "being made"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey("traces_app.Workspace", models.CASCADE, related_name="+")
    query = models.TextField(blank=True, default="")
    job_id = models.UUIDField(default=NIL)
    form = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State, default=State.MAKING)
    rows = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0, help_text="Bytes.")
    storage_name = models.CharField(max_length=255, blank=True, default="")
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    workspace_id: UUID
    created_by_id: UUID
    picture_type = ""

    objects = ListExportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "created_by", "-id"], name="export_by_person"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def file_name(self) -> str:
        return f"traces-{self.created_at:%Y-%m-%d-%H%M}.{self.form}"
