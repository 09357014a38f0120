from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from traces_app.admin.filters import (
    AgeFilter,
    ProjectFilter,
    WorkspaceFilter,
    by_person,
    parse_uuid,
)
from traces_app.admin.operator_admin import ProjectRowAdmin
from traces_app.admin.shown import line
from traces_app.models import Span


@admin.register(Span)
class SpanAdmin(ProjectRowAdmin):
    list_display = (
        "id",
        line("name"),
        "type",
        "project",
        "workspace",
        "trace_id",
        "start_time",
        line("model"),
    )
    list_filter = (AgeFilter, ProjectFilter, WorkspaceFilter, by_person("created_by", "sent by"))
    large_fields = ("input", "output", "metadata", "tags", "error_info", "usage")
    search_help_text = "An exact id, of the span or of its trace."

    def found(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        row_id = parse_uuid(term)
        if row_id is None:
            return rows.none()
        own = rows.filter(pk=row_id)
        return own if own.exists() else self.in_any_project(rows, trace_id=row_id)
