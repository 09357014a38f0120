from django.contrib import admin

from feedback_app.models import Generation
from traces_app.admin.filters import BELOW_PROJECT, by_id
from traces_app.admin.operator_admin import ProjectRowAdmin


@admin.register(Generation)
class GenerationAdmin(ProjectRowAdmin):
    list_display = ("id", "trace_id", "dataset_id", "job_id", "project", "workspace", "asked_at")
    list_filter = (*BELOW_PROJECT, by_id("trace_id", "trace"))
    large_fields = ("note",)
    also_by_id = "trace_id"
