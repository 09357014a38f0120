from django.contrib import admin

from traces_app.admin.filters import (
    BELOW_PROJECT,
    by_person,
)
from traces_app.admin.operator_admin import ProjectRowAdmin
from traces_app.admin.shown import line
from traces_app.models import DeletedRows, DeletedTrace, Deletion


@admin.register(Deletion)
class DeletionAdmin(ProjectRowAdmin):
    list_display = ("id", "number", "project", "workspace", "deleted_at", "deleted_by")
    list_filter = (*BELOW_PROJECT, by_person("deleted_by", "deleted by"))
    list_select_related = ("project__workspace", "deleted_by")


@admin.register(DeletedTrace)
class DeletedTraceAdmin(ProjectRowAdmin):
    list_display = ("id", "trace_id", line("name"), "deletion_id", "project", "workspace")
    list_filter = BELOW_PROJECT
    large_fields = ("input_head",)
    search_help_text = "An exact id, of the row or of the trace."
    also_by_id = "trace_id"


@admin.register(DeletedRows)
class DeletedRowsAdmin(ProjectRowAdmin):
    list_display = ("id", "trace_id", "model", "project", "workspace")
    list_filter = BELOW_PROJECT
    large_fields = ("rows",)
    search_help_text = "An exact id, of the row or of the trace."
    also_by_id = "trace_id"
