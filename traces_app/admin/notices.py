from django.contrib import admin

from traces_app.admin.filters import BELOW_PROJECT, by_person
from traces_app.admin.operator_admin import ProjectRowAdmin
from traces_app.models import Notice


@admin.register(Notice)
class NoticeAdmin(ProjectRowAdmin):
    """Read alone: they follow what the comments say."""

    also_by_id = "comment_id"
    search_help_text = "An exact id: its own, or the comment's."
    list_display = (
        "id",
        "kind",
        "words",
        "reader",
        "comment_id",
        "project",
        "workspace",
        "created_at",
        "read_at",
    )
    list_filter = ("kind", *BELOW_PROJECT, by_person("reader", "told"))
    list_select_related = ("project__workspace", "reader")
