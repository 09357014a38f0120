"""Background work: jobs with leases, and the outbox that ingest fills."""

from typing import TYPE_CHECKING, Self

from django.db import models
from uuid_utils.compat import uuid7

from traces_app.models.project_rows import NIL, ProjectRow

if TYPE_CHECKING:
    from traces_app.access import Access


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, access: "Access") -> Self:
        """What people of the workspace have asked for; a reviewer sees nothing of it."""
        if access.sees_queues_only:
            return self.none()
        return self.filter(workspace_id=access.workspace_id, created_by_id__isnull=False)

    def unfinished(self) -> Self:
        return self.filter(state__in=(Job.State.WAITING, Job.State.RUNNING))


class Job(models.Model):
    """One piece of work. It may run more than once; its effect must count once."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Lane(models.TextChoices):
        SHORT = "short", "short: seconds at most"
        LONG = "long", "long: anything else"
        ASKING = "asking", "asking: waits for a machine that is not ours"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=100)
    payload = models.TextField(default="{}", help_text="JSON text")
    key = models.CharField(
        max_length=255, null=True, unique=True, help_text="Work with the same key is done once."
    )
    lane = models.CharField(max_length=10, choices=Lane, default=Lane.SHORT)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.IntegerField(default=0)
    max_attempts = models.IntegerField(default=5)
    run_after = models.DateTimeField()
    every_seconds = models.IntegerField(null=True, help_text="Set on periodic work.")
    lease_token = models.UUIDField(default=NIL)
    lease_until = models.DateTimeField(null=True)
    place = models.IntegerField(
        null=True, help_text="Held while it runs, where only so many run at once."
    )
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(null=True)
    checkpoint = models.TextField(
        default="", help_text="JSON text: how far it came, saved with each part of its effect."
    )
    is_called_off = models.BooleanField(default=False, help_text="It ends at its next step.")
    result = models.TextField(default="", help_text="JSON text")
    error = models.TextField(default="")
    workspace_id = models.UUIDField(default=NIL)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by_id = models.UUIDField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="running", lease_until__isnull=False)
                | (~models.Q(state="running") & models.Q(lease_until__isnull=True)),
                name="job_runs_under_a_lease",
            ),
            models.UniqueConstraint(fields=["lane", "place"], name="job_place_is_held_once"),
        ]
        indexes = [
            models.Index(fields=["lane", "state", "run_after"], name="job_to_claim"),
            models.Index(fields=["finished_at"], name="job_to_purge"),
            models.Index(
                fields=["workspace_id", "-id"],
                condition=models.Q(created_by_id__isnull=False),
                name="job_by_workspace",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"


class OutboxRow(ProjectRow):
    """A trace that changed, until the worker has told every consumer."""

    trace_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="outbox_row_is_in_one_project")
        ]

    def __str__(self) -> str:
        return str(self.trace_id)
