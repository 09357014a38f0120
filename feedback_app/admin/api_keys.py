from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from feedback_app.models import ApiKey
from feedback_app.services import api_keys
from traces_app.admin.filters import WorkspaceFilter, by_person
from traces_app.admin.operator_admin import OperatorAdmin


@admin.register(ApiKey)
class ApiKeyAdmin(OperatorAdmin):
    """Read and revoked. A key is made where its secret can be shown once: not here."""

    actions = ("revoke",)
    fields = (
        "id",
        "name",
        "prefix",
        "user",
        "author",
        "workspace",
        "created_at",
        "last_used_at",
        "revoked_at",
    )
    list_display = (
        "id",
        "name",
        "prefix",
        "user",
        "author",
        "workspace",
        "last_used_at",
        "revoked_at",
    )
    list_filter = (
        ("revoked_at", admin.EmptyFieldListFilter),
        WorkspaceFilter,
        by_person("user", "owner"),
    )
    list_select_related = ("user", "author", "workspace")
    search_help_text = "An exact id or prefix, or the beginning of the owner's e-mail."

    def found_beside(self, rows: QuerySet[Any], term: str, row_id: UUID | None) -> QuerySet[Any]:
        return rows.filter(Q(prefix=term) | Q(user__email__startswith=term.lower()))

    @admin.action(description="Revoke the selected keys", permissions=["view"])
    @transaction.atomic
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        for key in keys:
            api_keys.revoke(access=self.access_to(request, key), key_id=key.pk)
        self.message_user(request, "The selected keys are revoked.")
