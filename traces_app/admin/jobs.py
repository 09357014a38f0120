from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from traces_app.admin.filters import BELOW_PROJECT
from traces_app.admin.operator_admin import OperatorAdmin, ProjectRowAdmin
from traces_app.admin.shown import line
from traces_app.models import Face, Job, OutboxRow
from traces_app.services import ended_jobs


@admin.register(Job)
class JobAdmin(OperatorAdmin):
    """Read, and failed ones retried."""

    actions = ("retry",)
    list_display = (
        "id",
        "kind",
        "state",
        "lane",
        "attempts",
        "run_after",
        "started_at",
        "finished_at",
        line("error"),
    )
    list_filter = ("state", "lane")
    large_fields = ("payload", "result")
    search_help_text = "An exact id, kind or key."

    def found_beside(self, rows: QuerySet[Any], term: str, row_id: UUID | None) -> QuerySet[Any]:
        return rows.filter(Q(kind=term) | Q(key=term))

    @admin.action(description="Retry the selected failed jobs", permissions=["view"])
    def retry(self, request: HttpRequest, rows: QuerySet[Job]) -> None:
        job_ids = list(rows.values_list("pk", flat=True))
        actor_id = request.user.pk
        if actor_id is not None:
            number = ended_jobs.retry(job_ids=job_ids, actor_id=actor_id, face=Face.ADMIN)
            self.message_user(request, f"Failed jobs that start over: {number}.")


@admin.register(OutboxRow)
class OutboxRowAdmin(ProjectRowAdmin):
    list_display = ("id", "trace_id", "project", "workspace")
    list_filter = BELOW_PROJECT
