"""Rules that fill a queue: which traces they take as these arrive, and what they have done."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models

from traces_app.models import NIL, AnnotationQueue, Trace
from traces_app.models.project_rows import InProjectFK, ProjectRow
from traces_app.models.scores import BillionthsField

if TYPE_CHECKING:
    from traces_app.access import Access


class QueueRuleQuerySet(models.QuerySet["QueueRule"]):
    def visible_to(self, access: "Access") -> Self:
        """Those of the workspace; none for reviewers, whom a filter could tell of scores."""
        if access.sees_queues_only:
            return self.none()
        return self.filter(project__in=access.project_ids)

    def running(self) -> Self:
        return self.filter(is_on=True)


class QueueRule(ProjectRow):
    """A filter whose traces, or their threads, come into the queue by themselves.

    It runs with the rights of whoever saved it last.
    """

    queue = InProjectFK(AnnotationQueue, models.CASCADE, related_name="rules", db_index=False)
    query = models.TextField(blank=True, help_text="The filter, as a trace list's address has it.")
    percent = BillionthsField(default="100", help_text="How many of those that match it takes.")
    daily_cap = models.PositiveIntegerField(
        null=True, blank=True, help_text="Items that it adds in one day (UTC) at most."
    )
    is_on = models.BooleanField(default=True)
    off_reason = models.TextField(
        blank=True, default="", help_text="Why it was switched off by itself."
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    last_updated_at = models.DateTimeField()
    last_updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    queue_id: UUID
    created_by_id: UUID
    last_updated_by_id: UUID

    objects = QueueRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="rule_is_in_one_project"),
            models.CheckConstraint(
                condition=models.Q(percent__gt=0, percent__lte=100),
                name="rule_takes_up_to_all_that_match",
            ),
            models.CheckConstraint(
                condition=models.Q(is_on=False) | models.Q(off_reason=""),
                name="rule_that_runs_has_no_reason_to_be_off",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "queue"], name="rule_by_queue"),
        ]

    def __str__(self) -> str:
        return self.query or "all traces"


class QueueRuleRun(ProjectRow):
    """What a rule did on one day, or in one run over the traces that were there already.

    ``matched`` and ``chosen`` count what was looked at; of the chosen ones some are ``added``, some
    ``capped`` (the day or the run was full), some ``refused``: gone, or taken out by somebody.
    """

    queue = InProjectFK(AnnotationQueue, models.CASCADE, related_name="+", db_index=False)
    rule = InProjectFK(QueueRule, models.CASCADE, related_name="runs", db_index=False)
    day = models.DateField(help_text="In UTC; of a run over what is there, when it was asked for.")
    job_id = models.UUIDField(default=NIL, help_text="The job of such a run, else nil.")
    looked_at = models.BigIntegerField(default=0)
    matched = models.BigIntegerField(default=0)
    chosen = models.BigIntegerField(default=0)
    added = models.BigIntegerField(default=0)
    capped = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    place = models.UUIDField(
        null=True, blank=True, help_text="The trace that such a run has come to."
    )
    is_over = models.BooleanField(default=False)

    queue_id: UUID
    rule_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="rule_run_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "rule", "day", "job_id"], name="rule_run_is_once_a_day_or_job"
            ),
        ]
        indexes = [
            models.Index(fields=["day"], name="rule_run_to_purge"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} on {self.day}"


class QueueCandidate(ProjectRow):
    """A trace that changed, until the rules of its project have looked at it."""

    trace = InProjectFK(Trace, models.CASCADE, related_name="candidates", db_index=False)
    tries = models.PositiveIntegerField(default=0)

    trace_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="candidate_is_in_one_project")
        ]
        indexes = [models.Index(fields=["project", "trace"], name="candidate_by_trace")]

    def __str__(self) -> str:
        return str(self.trace_id)
