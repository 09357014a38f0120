"""Comments: what people said in words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models

from traces_app.models.project_rows import NIL, ProjectRow
from traces_app.models.scores import EntityType, OnEntityQuerySet

if TYPE_CHECKING:
    from traces_app.access import Access


class CommentQuerySet(OnEntityQuerySet):
    def visible_to(self, access: "Access") -> Self:
        return self.filter(access.sight.comments())


class Comment(ProjectRow):
    """One remark on a trace, span or thread."""

    entity_type = models.CharField(max_length=10, choices=EntityType)
    entity_id = models.UUIDField()
    text = models.TextField()
    anchor = models.TextField(
        null=True,
        blank=True,
        help_text="JSON text: the stretch of the trace's text that it speaks of.",
    )
    queue_id = models.UUIDField(default=NIL)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    last_updated_at = models.DateTimeField()
    last_updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    created_by_id: UUID
    last_updated_by_id: UUID

    untold: Sequence[str] = ()
    """Set by the service that writes it: why somebody whom the words name was not told."""

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="comment_is_in_one_project")
        ]
        indexes = [
            models.Index(
                fields=["project", "entity_type", "entity_id", "id"], name="comment_by_entity"
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]
