from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from feedback_app.models import Datapoint, Dataset, DeletedDatapoint
from traces_app.admin.filters import (
    AgeFilter,
    ProjectFilter,
    WorkspaceFilter,
    by_id,
    by_person,
    parse_uuid,
)
from traces_app.admin.operator_admin import ProjectRowAdmin


@admin.register(Dataset)
class DatasetAdmin(ProjectRowAdmin):
    list_display = (
        "id",
        "name",
        "project",
        "workspace",
        "is_default",
        "created_by",
        "last_updated_at",
    )
    list_filter = ("is_default", AgeFilter, ProjectFilter, WorkspaceFilter)
    list_select_related = ("project__workspace", "created_by")
    search_help_text = "An exact id, or the exact name."

    def found(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        row_id = parse_uuid(term)
        if row_id is not None and rows.filter(pk=row_id).exists():
            return rows.filter(pk=row_id)
        return self.in_any_project(rows, name=term)


@admin.register(Datapoint)
class DatapointAdmin(ProjectRowAdmin):
    list_display = (
        "id",
        "dataset",
        "trace_id",
        "source",
        "bucket",
        "project",
        "workspace",
        "created_at",
    )
    list_filter = (
        "source",
        "bucket",
        AgeFilter,
        ProjectFilter,
        WorkspaceFilter,
        by_id("dataset_id", "dataset"),
        by_person("created_by", "added by"),
    )
    list_select_related = ("project__workspace", "dataset")
    large_fields = ("content",)
    search_help_text = "An exact id, of the datapoint or of its trace."

    def found(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        row_id = parse_uuid(term)
        if row_id is None:
            return rows.none()
        own = rows.filter(pk=row_id)
        return own if own.exists() else self.in_any_project(rows, trace_id=row_id)


@admin.register(DeletedDatapoint)
class DeletedDatapointAdmin(ProjectRowAdmin):
    list_display = ("id", "dataset_id", "deletion", "project", "workspace", "deleted_at")
    list_filter = (AgeFilter, ProjectFilter, WorkspaceFilter)
    large_fields = ("row",)
