from django.contrib import admin

from feedback_app.models import QueueCandidate, QueueRule, QueueRuleRun
from traces_app.admin.filters import BELOW_PROJECT, by_person
from traces_app.admin.operator_admin import ProjectRowAdmin


@admin.register(QueueRule)
class QueueRuleAdmin(ProjectRowAdmin):
    list_display = (
        "id",
        "queue_id",
        "query",
        "percent",
        "daily_cap",
        "is_on",
        "project",
        "workspace",
        "last_updated_at",
    )
    list_filter = ("is_on", *BELOW_PROJECT, by_person("last_updated_by", "saved by"))
    list_select_related = ("project__workspace",)
    also_by_id = "queue_id"
    search_help_text = "An exact id, of the rule or of its queue."


@admin.register(QueueRuleRun)
class QueueRuleRunAdmin(ProjectRowAdmin):
    list_display = (
        "id",
        "rule_id",
        "day",
        "looked_at",
        "matched",
        "chosen",
        "added",
        "capped",
        "refused",
        "project",
        "workspace",
    )
    list_filter = BELOW_PROJECT
    list_select_related = ("project__workspace",)
    also_by_id = "rule_id"
    search_help_text = "An exact id, of the run or of its rule."


@admin.register(QueueCandidate)
class QueueCandidateAdmin(ProjectRowAdmin):
    list_display = ("id", "trace_id", "tries", "project", "workspace")
    list_filter = BELOW_PROJECT
    list_select_related = ("project__workspace",)
    also_by_id = "trace_id"
    search_help_text = "An exact id, of the row or of the trace."
