"""Answers that the generator was asked for and has not given yet."""

from uuid import UUID

from django.db import models

from traces_app.models import Trace
from traces_app.models.project_rows import NIL, InProjectFK, ProjectRow


class Generation(ProjectRow):
    """A better answer that is being written for a trace; gone when it was, or could not be.

    It says who asked, so that the worker acts with what they may do by then. ``datapoint_id`` and
    ``digest`` are those of a datapoint that gets another answer, as it was when that was asked for;
    without the digest, that answer comes too late.
    """

    trace = InProjectFK(Trace, models.CASCADE, related_name="generations")
    dataset_id = models.UUIDField(default=NIL, help_text="The nil uuid is the project's own.")
    datapoint_id = models.UUIDField(default=NIL)
    digest = models.CharField(max_length=64, default="")
    note = models.TextField(default="", help_text="What the one who asked wants to be different.")
    job_id = models.UUIDField()
    workspace_id = models.UUIDField()
    user_id = models.UUIDField()
    author_id = models.UUIDField()
    asked_at = models.DateTimeField()

    trace_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="generation_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "trace"], name="generation_is_once_per_trace"
            ),
        ]

    def __str__(self) -> str:
        return f"An answer for {self.trace_id}"
