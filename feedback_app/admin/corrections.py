from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from feedback_app.models import Correction
from traces_app.admin.filters import (
    AgeFilter,
    ProjectFilter,
    WorkspaceFilter,
    by_person,
    parse_uuid,
)
from traces_app.admin.operator_admin import ProjectRowAdmin


@admin.register(Correction)
class CorrectionAdmin(ProjectRowAdmin):
    list_display = (
        "id",
        "trace_id",
        "author",
        "project",
        "workspace",
        "submitted_at",
        "last_updated_at",
    )
    list_filter = (AgeFilter, ProjectFilter, WorkspaceFilter, by_person("author", "author"))
    list_select_related = ("project__workspace", "author")
    large_fields = ("output",)
    search_help_text = "An exact id, of the correction or of its trace."

    def found(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        row_id = parse_uuid(term)
        if row_id is None:
            return rows.none()
        own = rows.filter(pk=row_id)
        return own if own.exists() else self.in_any_project(rows, trace_id=row_id)
