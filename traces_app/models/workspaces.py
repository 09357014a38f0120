"""Workspaces, and who may do what in them."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from uuid_utils.compat import uuid7

MAX_IDLE_MINUTES = 30 * 24 * 60


class Role(models.TextChoices):
    """What a member of a workspace may do."""

    OWNER = "owner"
    MEMBER = "member"
    REVIEWER = "reviewer"
    VIEWER = "viewer"


class Workspace(models.Model):
    """A team's own room: nothing in it is seen from another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=255)
    thread_idle_minutes = models.PositiveIntegerField(
        default=15,
        db_default=15,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_IDLE_MINUTES)],
        help_text="Minutes without a new trace after which a thread counts as inactive.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="workspace_name_is_unique_without_regard_to_case"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    thread_idle_minutes__gte=1, thread_idle_minutes__lte=MAX_IDLE_MINUTES
                ),
                name="workspace_lets_threads_rest_within_a_month",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person in one workspace, with one role."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="membership_is_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"
