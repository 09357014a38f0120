from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet

from traces_app.admin.filters import (
    BELOW_PROJECT,
    WorkspaceFilter,
    by_person,
)
from traces_app.admin.operator_admin import OperatorAdmin, ProjectRowAdmin
from traces_app.admin.shown import decimal, line
from traces_app.models import EntityType, ScoreMean, WaitingScore


class OnEntityAdmin(ProjectRowAdmin):
    """Rows that name their owner by (entity type, entity)."""

    search_help_text = "An exact id: its own, or that of its trace, span or thread."

    def found_beside(self, rows: QuerySet[Any], term: str, row_id: UUID | None) -> QuerySet[Any]:
        if row_id is None:
            return rows.none()
        return self.in_any_project(rows, entity_type__in=EntityType.values, entity_id=row_id)


@admin.register(ScoreMean)
class ScoreMeanAdmin(OnEntityAdmin):
    list_display = (
        "id",
        "name",
        decimal("value"),
        "count",
        "entity_type",
        "entity_id",
        "project",
        "workspace",
        "newest_at",
    )
    list_filter = ("entity_type", *BELOW_PROJECT)


@admin.register(WaitingScore)
class WaitingScoreAdmin(OperatorAdmin):
    list_display = (
        "id",
        "name",
        decimal("value"),
        "author",
        "entity_type",
        "entity_id",
        "workspace",
        line("reason"),
        "created_at",
    )
    list_filter = ("entity_type", WorkspaceFilter, by_person("author", "author"))
    list_select_related = ("workspace", "author")
    search_help_text = "An exact id: its own, or that of the trace or span it waits for."

    def found_beside(self, rows: QuerySet[Any], term: str, row_id: UUID | None) -> QuerySet[Any]:
        if row_id is None:
            return rows.none()
        return rows.filter(entity_id=row_id)
