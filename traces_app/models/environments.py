"""Environments: where applications run, such as production; traces name theirs as a text."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7

from traces_app.models.workspaces import Workspace

if TYPE_CHECKING:
    from traces_app.access import Access


class EnvironmentQuerySet(models.QuerySet["Environment"]):
    def visible_to(self, access: "Access") -> Self:
        """Those of the workspace; a reviewer, who sees items of own queues, needs none."""
        if access.sees_queues_only:
            return self.none()
        return self.filter(workspace_id=access.workspace_id)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class Environment(models.Model):
    """A named environment of a workspace. Traces keep their text, whatever becomes of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="environments")
    name = models.CharField(max_length=150)
    description = models.TextField(blank=True, default="")
    color = models.CharField(max_length=30, blank=True, default="")
    position = models.PositiveIntegerField(help_text="Its place in lists, from 0.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    last_updated_at = models.DateTimeField(auto_now=True)
    last_updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = EnvironmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"], name="environment_name_is_unique_in_workspace"
            )
        ]

    def __str__(self) -> str:
        return self.name
