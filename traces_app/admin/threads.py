from django.contrib import admin

from traces_app.admin.filters import (
    BELOW_PROJECT,
    by_person,
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
        *BELOW_PROJECT,
        by_person("created_by", "sent by"),
    )
    large_fields = ("tags",)
    search_help_text = "An exact id: Opik's thread model id, or the thread id that was sent."
    also_by_text = "thread_id"
