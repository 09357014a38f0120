from typing import Any

from django.contrib import admin

from traces_app.access import Access
from traces_app.admin.filters import (
    BELOW_PROJECT,
    by_person,
)
from traces_app.admin.operator_admin import ProjectRowAdmin
from traces_app.admin.shown import decimal, line
from traces_app.models import Trace
from traces_app.services import traces


@admin.register(Trace)
class TraceAdmin(ProjectRowAdmin):
    """Read, and deleted with all that hangs on it."""

    may_delete = True
    list_display = (
        "id",
        line("name"),
        "project",
        "workspace",
        line("thread_id"),
        "start_time",
        decimal("score"),
        "added_to_dataset",
    )
    list_filter = (*BELOW_PROJECT, by_person("created_by", "sent by"))
    large_fields = ("input", "output", "metadata", "tags", "error_info")
    search_help_text = "An exact trace id or thread id."
    also_by_text = "thread_id"

    def delete_rows(self, access: Access, rows: list[Any]) -> None:
        traces.delete(access=access, ids=[row.pk for row in rows])
