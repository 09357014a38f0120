"""The audit trail: who changed what, append-only."""

from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7

from traces_app.models.project_rows import NIL


class Face(models.TextChoices):
    """Through which face of the product something was done."""

    PAGE = "page"
    OPIK = "opik"
    PREM = "prem"
    ADMIN = "admin"
    COMMAND = "command"
    WORKER = "worker"


class AuditEvent(models.Model):
    """One change, or one request's worth of arrivals; its time is in its id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace_id = models.UUIDField()
    project_id = models.UUIDField(default=NIL)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    face = models.CharField(max_length=10, choices=Face)
    action = models.CharField(max_length=50, help_text="noun.verb, such as score.set")
    entity_type = models.CharField(max_length=20, default="")
    entity_id = models.UUIDField(default=NIL)
    before = models.TextField(default="{}", help_text="JSON text")
    after = models.TextField(default="{}", help_text="JSON text")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["project_id", "entity_type", "entity_id", "-id"], name="event_by_entity"
            ),
            models.Index(fields=["workspace_id", "-id"], name="event_by_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.entity_type} {self.entity_id}"
