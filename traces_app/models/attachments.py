"""Attachments: files that belong to a trace or a span. The bytes are in the storage."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models

from traces_app.models.project_rows import ProjectRow
from traces_app.models.scores import EntityType, OnEntityQuerySet

if TYPE_CHECKING:
    from traces_app.access import Access

OWNERS = (EntityType.TRACE, EntityType.SPAN)
"""What a file can be attached to."""


class AttachmentQuerySet(OnEntityQuerySet):
    def visible_to(self, access: "Access") -> Self:
        return self.filter(access.sight.attachments())


class Attachment(ProjectRow):
    """One file. Its trace or span may arrive later, or never."""

    entity_type = models.CharField(max_length=10, choices=EntityType)
    entity_id = models.UUIDField()
    file_name = models.CharField(max_length=255, help_text="As it was sent; no path of ours.")
    mime_type = models.CharField(max_length=255, help_text="As it was sent, believed by nobody.")
    picture_type = models.CharField(
        max_length=20,
        blank=True,
        default="",
        help_text="The kind of image that the first bytes tell, if it may be shown; else empty.",
    )
    size = models.BigIntegerField(help_text="Bytes.")
    storage_name = models.CharField(max_length=100, help_text="Random; a new one at each upload.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    created_by_id: UUID

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="attachment_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "entity_type", "entity_id", "file_name"],
                name="attachment_is_once_per_file_name",
            ),
            models.CheckConstraint(
                condition=models.Q(entity_type__in=OWNERS),
                name="attachment_is_of_a_trace_or_span",
            ),
            models.CheckConstraint(
                condition=models.Q(size__gte=0), name="attachment_size_is_not_negative"
            ),
        ]
        # For the job that removes files: is there still a row that names this one?
        indexes = [models.Index(fields=["storage_name"], name="attachment_by_file")]

    def __str__(self) -> str:
        return self.file_name
