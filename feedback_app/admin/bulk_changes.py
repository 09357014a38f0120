from django.contrib import admin

from feedback_app.models import BulkChange
from traces_app.admin.filters import BELOW_PROJECT, by_id
from traces_app.admin.operator_admin import ProjectRowAdmin


@admin.register(BulkChange)
class BulkChangeAdmin(ProjectRowAdmin):
    list_display = ("id", "trace_id", "job_id", "project", "workspace")
    list_filter = (*BELOW_PROJECT, by_id("trace_id", "trace"), by_id("job_id", "job"))
    large_fields = ("before",)
    also_by_id = "trace_id"
