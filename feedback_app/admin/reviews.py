from django.contrib import admin

from feedback_app.models import Review
from traces_app.admin.filters import BELOW_PROJECT, by_person
from traces_app.admin.operator_admin import ProjectRowAdmin


@admin.register(Review)
class ReviewAdmin(ProjectRowAdmin):
    list_display = (
        "id",
        "queue_id",
        "judged_id",
        "author",
        "state",
        "is_flagged",
        "project",
        "workspace",
        "submitted_at",
    )
    list_filter = ("state", *BELOW_PROJECT, by_person("author", "author"))
    list_select_related = ("project__workspace", "author")
    also_by_id = "judged_id"
    large_fields = ("answers", "draft")
    search_help_text = "An exact id, of the review or of the trace or thread."
