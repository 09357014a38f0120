"""Reviews: what one person answered to the questions of a queue about one of its items."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models

from traces_app.models import NIL, Thread, Trace
from traces_app.models.project_rows import InProjectFK, ProjectRow

if TYPE_CHECKING:
    from traces_app.access import Access


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, access: "Access") -> Self:
        """Those of the workspace; a reviewer sees own ones only."""
        mine = self.filter(project__in=access.project_ids)
        return mine.filter(author_id=access.author_id) if access.sees_queues_only else mine


class Review(ProjectRow):
    """One person's work on one item: being written, submitted, put off or declined.

    It names the queue by a plain uuid and outlives the item when its trace is moved.
    """

    class State(models.TextChoices):
        OPEN = "open"
        SUBMITTED = "submitted"
        SKIPPED = "skipped", "skipped for now"
        DECLINED = "declined"

    NO_ANSWERS = "{}"

    queue_id = models.UUIDField()
    judged_id = models.UUIDField(help_text="The trace or thread; of a pair the first.")
    other_id = models.UUIDField(
        null=True, blank=True, help_text="Of a pair: the other trace; the nil uuid: the correction."
    )
    is_first_left = models.BooleanField(
        null=True, blank=True, help_text="Of a pair: whether the first stood on the left."
    )
    trace = InProjectFK(Trace, models.CASCADE, null=True, related_name="reviews")
    thread = InProjectFK(Thread, models.CASCADE, null=True, related_name="reviews")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answers = models.TextField(
        default=NO_ANSWERS, help_text="JSON text: the submitted answers by question."
    )
    feedback = models.TextField(blank=True, default="")
    draft = models.TextField(
        null=True, blank=True, help_text="JSON text: what is being written, as the form has it."
    )
    decline_reason = models.TextField(blank=True, default="")
    is_flagged = models.BooleanField(default=False)
    flag_note = models.TextField(blank=True, default="")
    seconds = models.FloatField(default=0, help_text="Spent on it with the page in sight.")
    instructions_version = models.PositiveIntegerField(default=0)
    token = models.UUIDField(default=NIL, help_text="Of the submit: the same one twice is one.")
    created_at = models.DateTimeField()
    last_updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    author_id: UUID
    trace_id: UUID | None
    thread_id: UUID | None

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="review_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "queue_id", "judged_id", "author"],
                name="review_is_once_per_author",
            ),
            models.CheckConstraint(
                condition=models.Q(other_id__isnull=True, is_first_left__isnull=True)
                | models.Q(other_id__isnull=False, is_first_left__isnull=False),
                name="review_of_a_pair_knows_its_sides",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "queue_id", "author", "state", "submitted_at"],
                name="review_by_author",
            ),
            # My history, newest first.
            models.Index(
                fields=["project", "author", "last_updated_at", "id"], name="review_by_time"
            ),
        ]

    @property
    def is_submitted(self) -> bool:
        return self.state == self.State.SUBMITTED

    @property
    def has_answers(self) -> bool:
        """Whether answers were submitted; those that were taken back are kept beside the draft."""
        return self.answers != self.NO_ANSWERS

    def __str__(self) -> str:
        return f"{self.state} review of {self.judged_id}"
