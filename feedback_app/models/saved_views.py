"""Saved views: lists of traces that people come back to."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from traces_app.models import NIL, Workspace

if TYPE_CHECKING:
    from traces_app.access import Access


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, access: "Access") -> Self:
        """One's own and those that are shared, of the workspace and of projects that are there."""
        if access.sees_queues_only:
            return self.none()
        here = self.filter(
            workspace_id=access.workspace_id, project_id__in=[NIL, *access.project_ids]
        )
        return here.filter(Q(owner_id=access.user_id) | Q(is_shared=True))

    def in_order(self) -> Self:
        return self.order_by("is_shared", "name", "pk")


class SavedView(models.Model):
    """A trace list's filters, order and columns under a name.

    ``query`` is the list's query string as it was; what it says may have become unreadable.
    ``project_id`` is that of a list of one project, else nil; the view is gone with its project.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="saved_views")
    project_id = models.UUIDField(default=NIL)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=255)
    query = models.TextField()
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "owner", "name"], name="saved_view_name_is_unique_to_owner"
            )
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view that a person's trace list opens with."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="default_of")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "user"], name="default_view_is_one_for_each_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.view}"
