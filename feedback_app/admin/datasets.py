from django.contrib import admin

from feedback_app.models import Datapoint, Dataset, DeletedDatapoint
from traces_app.admin.filters import (
    BELOW_PROJECT,
    by_id,
    by_person,
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
    list_filter = ("is_default", *BELOW_PROJECT)
    list_select_related = ("project__workspace", "created_by")
    search_help_text = "An exact id, or the exact name."
    also_by_text = "name"


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
        *BELOW_PROJECT,
        by_id("dataset_id", "dataset"),
        by_person("created_by", "added by"),
    )
    list_select_related = ("project__workspace", "dataset")
    large_fields = ("content",)
    search_help_text = "An exact id, of the datapoint or of its trace."
    also_by_id = "trace_id"


@admin.register(DeletedDatapoint)
class DeletedDatapointAdmin(ProjectRowAdmin):
    list_display = ("id", "dataset_id", "deletion", "project", "workspace", "deleted_at")
    list_filter = BELOW_PROJECT
    large_fields = ("row",)
