"""API keys: how programs come in."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7

from traces_app.models import Workspace

if TYPE_CHECKING:
    from traces_app.access import Access


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, access: "Access") -> Self:
        """One's own; an owner sees all of the workspace."""
        keys = self.filter(workspace_id=access.workspace_id)
        return keys if access.may_administer else keys.filter(user_id=access.user_id)


class ApiKey(models.Model):
    """A named secret of one user in one workspace. Only its SHA-256 is stored."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="api_keys")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose name stands beside what this key writes; empty: the user's.",
    )
    name = models.CharField(max_length=255)
    prefix = models.CharField(max_length=16, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
