from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from traces_app.access import Access
from traces_app.admin.filters import WorkspaceFilter
from traces_app.admin.operator_admin import OperatorAdmin
from traces_app.admin.shown import decimal
from traces_app.models import Project
from traces_app.models.projects import name_key
from traces_app.services import projects


@admin.register(Project)
class ProjectAdmin(OperatorAdmin):
    """What people set may be changed; deleted ones are emptied by a job."""

    may_change = may_delete = True
    fields = (
        "name",
        "description",
        "dataset_threshold",
        "approves_generated",
        "id",
        "workspace",
        "trace_count",
        "created_at",
        "created_by",
        "last_updated_at",
        "last_trace_at",
    )
    readonly_fields = fields[4:]
    list_display = (
        "id",
        "name",
        "workspace",
        decimal("dataset_threshold"),
        "trace_count",
        "last_trace_at",
    )
    list_filter = (WorkspaceFilter,)
    list_select_related = ("workspace",)
    search_help_text = "An exact id, or the beginning of the name."

    def found_beside(self, rows: QuerySet[Any], term: str, row_id: UUID | None) -> QuerySet[Any]:
        return rows.filter(name_key__startswith=name_key(term))

    def save_model(self, request: HttpRequest, obj: Project, form: Any, change: bool) -> None:
        projects.edit(
            access=self.access_to(request, obj),
            project_id=obj.pk,
            name=obj.name,
            description=obj.description,
            dataset_threshold=form.cleaned_data["dataset_threshold"],
            approves_generated=form.cleaned_data["approves_generated"],
        )

    def delete_rows(self, access: Access, rows: list[Any]) -> None:
        projects.delete(access=access, ids=[row.pk for row in rows])
