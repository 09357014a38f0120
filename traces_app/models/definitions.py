"""Feedback definitions: what a score of a given name means."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7

from traces_app.models.workspaces import Workspace

if TYPE_CHECKING:
    from traces_app.access import Access


class FeedbackDefinitionQuerySet(models.QuerySet["FeedbackDefinition"]):
    def visible_to(self, access: "Access") -> Self:
        """Those of the workspace; for a reviewer those that own queues ask for."""
        return self.filter(access.sight.definitions(), workspace_id=access.workspace_id)

    def of_opiks_types(self) -> Self:
        """Those that Opik's clients can read: they refuse a type that is not of their three."""
        return self.filter(type__in=OPIKS_TYPES)


class FeedbackDefinition(models.Model):
    """A named scale that reviewers answer on; the type sets the shape of ``details``."""

    class Type(models.TextChoices):
        NUMERICAL = "numerical"
        CATEGORICAL = "categorical"
        BOOLEAN = "boolean"
        MULTIPLE = "multiple"
        TEXT = "text"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="definitions")
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=20, choices=Type)
    description = models.CharField(max_length=255, blank=True, default="")
    details = models.TextField(default="{}")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    last_updated_at = models.DateTimeField(auto_now=True)
    last_updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = FeedbackDefinitionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"], name="definition_name_is_unique_in_workspace"
            )
        ]

    def __str__(self) -> str:
        return self.name


_Type = FeedbackDefinition.Type
OPIKS_TYPES = (_Type.NUMERICAL, _Type.CATEGORICAL, _Type.BOOLEAN)
