from django.contrib import admin

from feedback_app.models import GuidelineRead
from traces_app.admin.filters import BELOW_PROJECT, by_person
from traces_app.admin.operator_admin import ProjectRowAdmin


@admin.register(GuidelineRead)
class GuidelineReadAdmin(ProjectRowAdmin):
    list_display = ("id", "queue_id", "user", "number", "project", "workspace", "read_at")
    list_filter = (*BELOW_PROJECT, by_person("user", "reader"))
    list_select_related = ("project__workspace", "user")
    also_by_id = "queue_id"
    search_help_text = "An exact id, of the row or of its queue."
