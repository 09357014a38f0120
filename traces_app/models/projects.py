"""Projects: where an application's traces go."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7

from traces_app.models.scores import BillionthsField
from traces_app.models.workspaces import Workspace
from traces_app.normal_form import clean_text

if TYPE_CHECKING:
    from traces_app.access import Access

DEFAULT_PROJECT = "Default Project"
"""Where traces go that name no project, in both dialects."""


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, access: "Access") -> Self:
        """Those of the workspace; for a reviewer those of own queues."""
        return self.filter(access.sight.projects())

    def named(self, name: str) -> Self:
        """Those called ``name``, without regard to case and surrounding space."""
        return self.filter(name_key=name_key(name))

    def default(self) -> Self:
        """Where traces go that name no project."""
        return self.named(DEFAULT_PROJECT)


class Project(models.Model):
    """One application's traces, and everything that was said about them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="projects")
    name = models.CharField(max_length=255)
    name_key = models.CharField(max_length=1024, editable=False)
    description = models.TextField(blank=True, default="")
    dataset_threshold = BillionthsField(
        default="0.7", help_text="From this score on, a trace's own output is a good answer."
    )
    approves_generated = models.BooleanField(
        default=True,
        db_default=True,
        help_text="A generated answer waits for a person's approval.",
    )
    trace_count = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    last_updated_at = models.DateTimeField(auto_now=True)
    last_trace_at = models.DateTimeField(null=True, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name_key"], name="project_name_is_unique_in_workspace"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.name = self.name.strip()
        self.name_key = name_key(self.name)


def name_key(name: str) -> str:
    """How project names are compared: as they are stored, stripped, without regard to case."""
    return clean_text(name).strip().casefold()
