from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from traces_app.access import Access
from traces_app.admin.filters import WorkspaceFilter
from traces_app.admin.operator_admin import OperatorAdmin
from traces_app.models import Environment
from traces_app.services import environments
from traces_app.services.environments import Wishes


@admin.register(Environment)
class EnvironmentAdmin(OperatorAdmin):
    """Made, changed and deleted."""

    may_add = may_change = may_delete = True
    fields = (
        "workspace",
        "name",
        "description",
        "color",
        "position",
        "id",
        "created_at",
        "created_by",
        "last_updated_at",
        "last_updated_by",
    )
    readonly_fields = fields[5:]
    autocomplete_fields = ("workspace",)
    list_display = ("id", "name", "color", "position", "workspace", "last_updated_at")
    list_filter = (WorkspaceFilter,)
    list_select_related = ("workspace",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.readonly_fields if obj is None else ("workspace", *self.readonly_fields)

    def save_model(self, request: HttpRequest, obj: Environment, form: Any, change: bool) -> None:
        wishes = Wishes(
            name=obj.name, description=obj.description, color=obj.color, position=obj.position
        )
        access = self.access_to(request, obj)
        if change:
            environments.edit(access=access, environment_id=obj.pk, wishes=wishes)
        else:
            obj.pk = environments.create(access=access, wishes=wishes).pk

    def delete_rows(self, access: Access, rows: list[Any]) -> None:
        environments.delete(access=access, ids=[row.pk for row in rows])
