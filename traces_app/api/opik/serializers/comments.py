"""Comments as Opik's clients send and read them (opik.md §1)."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.json import Decoder

from traces_app.api.opik.serializers.shown import Shown
from traces_app.models import NIL, Comment, EntityType
from traces_app.models.project_rows import BY_ID


class CommentWrite(Struct):
    """The words of a comment."""

    text: str | None = None
    source_queue_id: UUID | None = None


COMMENT = Decoder(CommentWrite)


def rows_of(
    entity_type: EntityType,
    project_ids: Collection[UUID],
    entity_ids: Collection[UUID],
    shown: Shown,
) -> list[Comment]:
    """The comments on these entities, oldest first, in one query."""
    rows = shown.of(Comment.objects.visible_to(shown.access).about(entity_type, set(entity_ids)))
    return list(rows.filter(project_id__in=project_ids).order_by(BY_ID))


def by_entity(
    rows: Collection[Comment], authors: dict[UUID, str]
) -> dict[UUID, list[dict[str, Any]]]:
    """Comments as the API prints them, by entity."""
    printed: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        printed[row.entity_id].append(read(row, authors))
    return printed


def read(comment: Comment, authors: dict[UUID, str]) -> dict[str, Any]:
    """One comment as the API prints it."""
    printed: dict[str, Any] = {
        "id": comment.pk,
        "text": comment.text,
        "created_at": comment.created_at,
        "last_updated_at": comment.last_updated_at,
        "created_by": authors.get(comment.created_by_id, ""),
        "last_updated_by": authors.get(comment.last_updated_by_id, ""),
    }
    if comment.queue_id != NIL:
        printed["source_queue_id"] = comment.queue_id
    return printed
