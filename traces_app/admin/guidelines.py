from django.contrib import admin

from traces_app.admin.filters import BELOW_PROJECT, by_person
from traces_app.admin.operator_admin import ProjectRowAdmin
from traces_app.models import QueueGuideline


@admin.register(QueueGuideline)
class QueueGuidelineAdmin(ProjectRowAdmin):
    list_display = ("id", "queue_id", "number", "created_by", "project", "workspace", "created_at")
    list_filter = (*BELOW_PROJECT, by_person("created_by", "author"))
    list_select_related = ("project__workspace", "created_by")
    also_by_id = "queue_id"
    large_fields = ("instructions", "questions")
    search_help_text = "An exact id, of the version or of its queue."
