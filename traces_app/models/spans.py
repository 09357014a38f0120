"""Spans: the steps of a trace."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models

from traces_app.models.project_rows import ProjectRow

if TYPE_CHECKING:
    from traces_app.access import Access


class SpanQuerySet(models.QuerySet["Span"]):
    def visible_to(self, access: "Access") -> Self:
        return self.filter(access.sight.spans())

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class Span(ProjectRow):
    """One step: a model call, a tool call, a retrieval. It may arrive before its trace."""

    class Type(models.TextChoices):
        GENERAL = "general"
        TOOL = "tool"
        LLM = "llm"
        GUARDRAIL = "guardrail"

    trace_id = models.UUIDField()
    parent_span_id = models.UUIDField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_project_id = models.UUIDField()
    name = models.TextField(null=True)
    type = models.CharField(max_length=20, null=True)
    start_time = models.DateTimeField()
    end_time = models.DateTimeField(null=True)
    input = models.TextField(null=True)
    output = models.TextField(null=True)
    metadata = models.TextField(null=True)
    tags = models.TextField(null=True)
    error_info = models.TextField(null=True)
    model = models.TextField(null=True)
    provider = models.TextField(null=True)
    usage = models.TextField(null=True, help_text="A JSON object of whole numbers.")
    total_estimated_cost = models.FloatField(null=True)
    ttft = models.FloatField(null=True)
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
    last_updated_by_id: UUID

    objects = SpanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("project", models.F("id").desc(), name="span_is_in_one_project")
        ]
        indexes = [models.Index(fields=["project", "trace_id", "id"], name="span_by_trace")]

    def __str__(self) -> str:
        return self.name or str(self.pk)
