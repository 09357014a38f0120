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
    """One person's better output for one trace, as last submitted, and what is being written."""

    trace = InProjectFK(Trace, models.CASCADE, related_name="corrections")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    output = models.TextField(
        blank=True, help_text="JSON text in the normal form; empty until it is submitted."
    )
    draft = models.TextField(
        null=True, blank=True, help_text="What its author is writing, as it stands in the editor."
    )
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


class CorrectionVersion(ProjectRow):
    """What somebody's correction was each time that it was submitted; the newest is in force."""

    trace = InProjectFK(Trace, models.CASCADE, related_name="correction_versions")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    output = models.TextField(help_text="JSON text in the normal form.")
    submitted_at = models.DateTimeField()

    trace_id: UUID

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "id"], name="correction_version_is_in_one_project"
            ),
        ]
        indexes = [
            models.Index(fields=["project", "trace", "author"], name="correction_versions_of_one"),
        ]

    def __str__(self) -> str:
        return f"Correction of {self.trace_id}, {self.submitted_at}"
