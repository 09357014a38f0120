from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest

from traces_app.access import Access
from traces_app.admin.filters import BELOW_PROJECT, by_person
from traces_app.admin.scores import OnEntityAdmin
from traces_app.admin.shown import line
from traces_app.models import Comment, EntityType
from traces_app.services import comments


@admin.register(Comment)
class CommentAdmin(OnEntityAdmin):
    """The text may be changed, and a comment deleted."""

    may_change = may_delete = True
    fields = (
        "text",
        "anchor",
        "id",
        "project",
        "entity_type",
        "entity_id",
        "queue_id",
        "created_at",
        "created_by",
        "last_updated_at",
        "last_updated_by",
    )
    readonly_fields = fields[1:]
    list_display = (
        "id",
        line("text"),
        "created_by",
        "entity_type",
        "entity_id",
        "project",
        "workspace",
        "created_at",
    )
    list_filter = (
        "entity_type",
        *BELOW_PROJECT,
        by_person("created_by", "author"),
    )
    list_select_related = ("project__workspace", "created_by")

    def save_model(self, request: HttpRequest, obj: Comment, form: Any, change: bool) -> None:
        if "text" in form.changed_data:
            comments.edit(
                access=self.access_to(request, obj),
                comment_id=obj.pk,
                text=obj.text,
                entity_type=EntityType(obj.entity_type),
            )

    def delete_rows(self, access: Access, rows: list[Any]) -> None:
        by_type: dict[str, list[UUID]] = defaultdict(list)
        for row in rows:
            by_type[row.entity_type].append(row.pk)
        for entity_type, ids in by_type.items():
            comments.delete(access=access, ids=ids, entity_type=EntityType(entity_type))
