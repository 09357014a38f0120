"""Notices: who is told of a comment, and whether they have read it."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from traces_app.models.comments import Comment
from traces_app.models.project_rows import InProjectFK, ProjectRow

if TYPE_CHECKING:
    from traces_app.access import Access


class NoticeQuerySet(models.QuerySet["Notice"]):
    def to(self, access: "Access") -> Self:
        """What the caller was told in this workspace, also of comments that are hidden now."""
        return self.filter(project__in=access.project_ids, reader_id=access.user_id)

    def visible_to(self, access: "Access") -> Self:
        """What the caller was told, of comments that the caller sees."""
        seen = Comment.objects.visible_to(access).filter(
            project_id=OuterRef("project_id"), pk=OuterRef("comment_id")
        )
        return self.to(access).filter(Exists(seen))

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notice(ProjectRow):
    """One person is told of one comment: it names them, or is on what they worked on."""

    class Kind(models.TextChoices):
        MENTION = "mention"
        REPLY = "reply"

    comment = InProjectFK(Comment, models.CASCADE, related_name="notices")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    words = models.CharField(
        max_length=255,
        blank=True,
        default="",
        help_text="What stands after the @ where the comment names its reader.",
    )
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    comment_id: UUID
    reader_id: UUID

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="notice_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "comment", "reader"], name="notice_is_once_per_reader"
            ),
            models.CheckConstraint(
                condition=Q(kind="mention") & ~Q(words="") | Q(kind="reply", words=""),
                name="notice_has_words_where_it_is_a_mention",
            ),
        ]
        indexes = [
            # My work, newest first.
            models.Index(fields=["project", "reader", "created_at", "id"], name="notice_by_reader"),
            # The number beside My work, on every page.
            models.Index(
                fields=["project", "reader"],
                condition=Q(read_at__isnull=True),
                name="notice_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.reader_id}"
