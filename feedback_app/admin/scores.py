from typing import Any

from django.contrib import admin

from feedback_app.services import deleted_scores
from traces_app.access import Access
from traces_app.admin.filters import BELOW_PROJECT, by_person
from traces_app.admin.scores import OnEntityAdmin
from traces_app.admin.shown import decimal
from traces_app.models import EntityType, Score


@admin.register(Score)
class ScoreAdmin(OnEntityAdmin):
    """Read and deleted; the mean, the verdict and the review follow."""

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
            deleted_scores.delete(
                access=access,
                entity_type=EntityType(row.entity_type),
                entity_id=row.entity_id,
                names=[row.name],
                author=row.author.author_name,
                queue_id=row.queue_id,
            )
