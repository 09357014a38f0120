from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from feedback_app.services import members
from traces_app.access import Access
from traces_app.admin.filters import WorkspaceFilter, by_person
from traces_app.admin.operator_admin import OperatorAdmin
from traces_app.models import Membership


@admin.register(Membership)
class MembershipAdmin(OperatorAdmin):
    """People are taken in, given another role and taken out, as an owner would do it."""

    may_add = may_change = may_delete = True
    fields = ("workspace", "user", "role", "id", "created_at")
    readonly_fields = ("id", "created_at")
    autocomplete_fields = ("workspace", "user")
    list_display = ("id", "user", "role", "workspace", "created_at")
    list_filter = ("role", WorkspaceFilter, by_person("user", "person"))
    list_select_related = ("workspace", "user")
    search_help_text = "An exact id, or the beginning of the person's e-mail."

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = ("workspace", "user") if obj else ()
        return (*fixed, *self.readonly_fields)

    def found_beside(self, rows: QuerySet[Any], term: str, row_id: UUID | None) -> QuerySet[Any]:
        return rows.filter(user__email__startswith=term)

    def save_model(
        self,
        request: HttpRequest,
        obj: Membership,
        form: Any,
        change: bool,
    ) -> None:
        access = self.access_to(request, obj)
        if change:
            members.set_role(access=access, membership_id=obj.pk, role=obj.role)
        else:
            added = members.add(access=access, email=obj.user.email, role=obj.role)
            obj.pk = added.membership.pk

    def delete_rows(self, access: Access, rows: list[Any]) -> None:
        for row in rows:
            members.remove(access=access, membership_id=row.pk)
