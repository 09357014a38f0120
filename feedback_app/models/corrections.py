"""Corrections: the output as a reviewer would have had it."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models

from traces_app.models import Trace
from traces_app.models.project_rows import InProjectFK, ProjectRow

if TYPE_CHECKING:
    from traces_app.access import Access


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, access: "Access") -> Self:
        return self.filter(access.sight.corrections())

    def submitted(self) -> Self:
        return self.filter(submitted_at__isnull=False)


class Correction(ProjectRow):
    """One person's better output for one trace; a draft until it is submitted."""

    trace = InProjectFK(Trace, models.CASCADE, related_name="corrections")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    output = models.TextField(help_text="JSON text in the normal form.")
    created_at = models.DateTimeField()
    last_updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    trace_id: UUID
    author_id: UUID

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="correction_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "trace", "author"], name="correction_is_once_per_author"
            ),
        ]

    def __str__(self) -> str:
        return f"Correction of {self.trace_id}"
