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
from traces_app.models import Thread


@admin.register(Thread)
class ThreadAdmin(ProjectRowAdmin):
    list_display = (
        "id",
        line("thread_id"),
        "project",
        "workspace",
        "status",
        "created_at",
        "last_updated_at",
    )
    list_filter = (
        "status",
        AgeFilter,
        ProjectFilter,
        WorkspaceFilter,
        by_person("created_by", "sent by"),
    )
    large_fields = ("tags",)
    search_help_text = "An exact id: Opik's thread model id, or the thread id that was sent."

    def found(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        row_id = parse_uuid(term)
        if row_id is not None and rows.filter(pk=row_id).exists():
            return rows.filter(pk=row_id)
        return self.in_any_project(rows, thread_id=term)
