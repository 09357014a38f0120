"""Traces: one run of the model, with the verdict that people reached about it."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models

from traces_app.models.project_rows import ProjectRow
from traces_app.models.scores import BillionthsField, Source

if TYPE_CHECKING:
    from traces_app.access import Access


class TraceQuerySet(models.QuerySet["Trace"]):
    def visible_to(self, access: "Access") -> Self:
        return self.filter(access.sight.traces())

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class Trace(ProjectRow):
    """One run: input, output and what goes with them, each JSON text in the normal form.

    Merging columns are null until something was sent; ``sent_at`` is null on a stub that a
    PATCH made before the trace itself arrived.
    """

    class ProcessingStatus(models.TextChoices):
        NONE = "none"
        PROCESSING = "processing"
        FAILED = "failed"

    sent_at = models.DateTimeField(null=True)
    sent_project_id = models.UUIDField()
    name = models.TextField(null=True)
    start_time = models.DateTimeField()
    end_time = models.DateTimeField(null=True)
    input = models.TextField(null=True)
    output = models.TextField(null=True)
    metadata = models.TextField(null=True)
    tags = models.TextField(null=True, help_text="A JSON array of texts.")
    error_info = models.TextField(null=True)
    ttft = models.FloatField(null=True, help_text="Milliseconds to the first token.")
    thread_id = models.TextField(null=True)
    source = models.CharField(max_length=20, null=True)
    environment = models.CharField(max_length=150, null=True)
    model_id = models.TextField(null=True)
    visibility_mode = models.CharField(max_length=10, db_default="default")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    last_updated_at = models.DateTimeField()
    last_updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    score = BillionthsField(null=True)
    feedback = models.TextField(null=True)
    verdict_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    verdict_at = models.DateTimeField(null=True)
    verdict_source = models.CharField(max_length=20, choices=Source, null=True)
    lone_feedback = models.TextField(null=True, help_text="Feedback that came without a score.")
    lone_feedback_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )

    lone_feedback_at = models.DateTimeField(null=True)

    added_to_dataset = models.BooleanField(db_default=False)
    processing_status = models.CharField(
        max_length=10, choices=ProcessingStatus, db_default=ProcessingStatus.NONE
    )
    processing_error = models.TextField(db_default="")

    created_by_id: UUID
    last_updated_by_id: UUID

    objects = TraceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "project", models.F("id").desc(), name="trace_is_in_one_project"
            ),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__gte="0", score__lte="1"),
                name="trace_score_is_between_0_and_1",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "thread_id", "id"],
                condition=models.Q(thread_id__isnull=False),
                name="trace_by_thread",
            ),
            models.Index(fields=["project", "score", "id"], name="trace_by_verdict"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)
