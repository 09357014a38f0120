from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet

from traces_app.admin.filters import AgeFilter, WorkspaceFilter, by_id, by_person
from traces_app.admin.operator_admin import OperatorAdmin
from traces_app.models import NIL, AuditEvent, Project

ABOUT = (
    "",
    "api_key",
    "comment",
    "correction",
    "datapoint",
    "dataset",
    "definition",
    "environment",
    "job",
    "member",
    "project",
    "span",
    "thread",
    "trace",
    "user",
    "workspace",
)
"""What an event may be about: the index by entity starts with the project and this."""


@admin.register(AuditEvent)
class AuditEventAdmin(OperatorAdmin):
    """Append-only, in the admin too."""

    list_display = (
        "id",
        "created_at",
        "action",
        "actor",
        "face",
        "entity_type",
        "entity_id",
        "workspace_id",
    )
    list_filter = (
        "face",
        AgeFilter,
        WorkspaceFilter,
        by_id("project_id", "project"),
        by_person("actor", "actor"),
    )
    list_select_related = ("actor",)
    large_fields = ("before", "after")
    search_help_text = "An exact id: its own, or that of what it is about."

    def found_beside(self, rows: QuerySet[Any], term: str, row_id: UUID | None) -> QuerySet[Any]:
        if row_id is None:
            return rows.none()
        projects = [NIL, *Project.objects.values_list("pk", flat=True)]
        return rows.filter(project_id__in=projects, entity_type__in=ABOUT, entity_id=row_id)
