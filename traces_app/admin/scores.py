from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet

from traces_app.access import Access
from traces_app.admin.filters import (
    BELOW_PROJECT,
    WorkspaceFilter,
    by_person,
)
from traces_app.admin.operator_admin import OperatorAdmin, ProjectRowAdmin
from traces_app.admin.shown import decimal, line
from traces_app.models import EntityType, Score, ScoreMean, WaitingScore
from traces_app.services import scores


class OnEntityAdmin(ProjectRowAdmin):
    """Rows that name their owner by (entity type, entity)."""

    search_help_text = "An exact id: its own, or that of its trace, span or thread."

    def found_beside(self, rows: QuerySet[Any], term: str, row_id: UUID | None) -> QuerySet[Any]:
        if row_id is None:
            return rows.none()
        return self.in_any_project(rows, entity_type__in=EntityType.values, entity_id=row_id)


@admin.register(Score)
class ScoreAdmin(OnEntityAdmin):
    """Read and deleted; the mean and the verdict follow."""

    may_delete = True
    list_display = (
        "id",
        "name",
        decimal("value"),
        "author",
        "entity_type",
        "entity_id",
        "project",
        "workspace",
        "source",
        "last_updated_at",
    )
    list_filter = (
        "entity_type",
        "source",
        *BELOW_PROJECT,
        by_person("author", "author"),
    )
    list_select_related = ("project__workspace", "author")

    def delete_rows(self, access: Access, rows: list[Any]) -> None:
        for row in rows:
            scores.delete(
                access=access,
                entity_type=EntityType(row.entity_type),
                entity_id=row.entity_id,
                names=[row.name],
                author=row.author.author_name,
                queue_id=row.queue_id,
            )


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
