from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from traces_app.access import Access
from traces_app.admin.filters import WorkspaceFilter
from traces_app.admin.operator_admin import OperatorAdmin
from traces_app.models import VERDICT, FeedbackDefinition
from traces_app.services import definitions


@admin.register(FeedbackDefinition)
class FeedbackDefinitionAdmin(OperatorAdmin):
    """Made, changed and deleted; the built-in one of the verdict is only read."""

    may_add = may_change = may_delete = True
    fields = (
        "workspace",
        "name",
        "type",
        "description",
        "details",
        "id",
        "created_at",
        "created_by",
        "last_updated_at",
        "last_updated_by",
    )
    readonly_fields = fields[5:]
    autocomplete_fields = ("workspace",)
    list_display = ("id", "name", "type", "workspace", "last_updated_at", "last_updated_by")
    list_filter = ("type", WorkspaceFilter)
    list_select_related = ("workspace", "last_updated_by")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not _is_built_in(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not _is_built_in(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.readonly_fields if obj is None else ("workspace", *self.readonly_fields)

    def save_model(
        self,
        request: HttpRequest,
        obj: FeedbackDefinition,
        form: Any,
        change: bool,
    ) -> None:
        said = definitions.Definition(obj.name, obj.type, obj.details, obj.description)
        access = self.access_to(request, obj)
        if change:
            definitions.edit(access=access, definition_id=obj.pk, said=said)
        else:
            obj.pk = definitions.create(access=access, said=said).pk

    def delete_rows(self, access: Access, rows: list[Any]) -> None:
        definitions.delete(access=access, ids=[row.pk for row in rows])


def _is_built_in(definition: FeedbackDefinition | None) -> bool:
    return definition is not None and definition.name == VERDICT
