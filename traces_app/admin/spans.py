from django.contrib import admin

from traces_app.admin.filters import (
    BELOW_PROJECT,
    by_person,
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
    list_filter = (*BELOW_PROJECT, by_person("created_by", "sent by"))
    large_fields = ("input", "output", "metadata", "tags", "error_info", "usage")
    search_help_text = "An exact id, of the span or of its trace."
    also_by_id = "trace_id"
