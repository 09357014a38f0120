from django.contrib import admin

from feedback_app.models import Correction, CorrectionVersion
from traces_app.admin.filters import (
    BELOW_PROJECT,
    by_person,
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
    list_filter = (*BELOW_PROJECT, by_person("author", "author"))
    list_select_related = ("project__workspace", "author")
    large_fields = ("output",)
    search_help_text = "An exact id, of the correction or of its trace."
    also_by_id = "trace_id"


@admin.register(CorrectionVersion)
class CorrectionVersionAdmin(ProjectRowAdmin):
    list_display = ("id", "trace_id", "author", "project", "workspace", "submitted_at")
    list_filter = (*BELOW_PROJECT, by_person("author", "author"))
    list_select_related = ("project__workspace", "author")
    also_by_id = "trace_id"
    large_fields = ("output",)
    search_help_text = "An exact id, of the version or of its trace."
