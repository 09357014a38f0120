from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from traces_app.access import admin_access
from traces_app.admin.operator_admin import OperatorAdmin
from traces_app.models import Workspace
from traces_app.services import workspaces


@admin.register(Workspace)
class WorkspaceAdmin(OperatorAdmin):
    """Made, renamed and set up. Deleting one with all it holds is more than a click may do."""

    may_add = may_change = True
    fields = ("name", "thread_idle_minutes", "id", "created_at")
    readonly_fields = fields[2:]
    list_display = ("id", "name", "thread_idle_minutes", "created_at")
    search_help_text = "An exact id, or the beginning of the name."

    def found_beside(self, rows: QuerySet[Any], term: str, row_id: UUID | None) -> QuerySet[Any]:
        return rows.filter(name__istartswith=term)

    def workspace_of(self, row: Workspace) -> Workspace:
        return row

    def save_model(self, request: HttpRequest, obj: Workspace, form: Any, change: bool) -> None:
        access = admin_access(request.user, obj)
        if change:
            workspaces.rename(access=access, name=obj.name)
        else:
            obj.pk = workspaces.create(by=access, name=obj.name).pk
            access = admin_access(request.user, obj)
        workspaces.let_threads_rest(access=access, minutes=obj.thread_idle_minutes)
