"""Annotation queues: which traces or threads people are asked to judge, and by which questions."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models

from traces_app.models.events import Face
from traces_app.models.prepared import prepared
from traces_app.models.project_rows import InProjectFK, ProjectRow
from traces_app.models.scores import EntityType

if TYPE_CHECKING:
    from traces_app.access import Access

MAX_ANNOTATORS = 1000
MAX_LOCK_SECONDS = 3600


class AnnotationQueueQuerySet(models.QuerySet["AnnotationQueue"]):
    def visible_to(self, access: "Access") -> Self:
        """Opik's clients know traces and threads: for them a queue of pairs does not exist."""
        mine = self.filter(access.sight.queues())
        is_opik = access.face is Face.OPIK
        return mine.exclude(scope=AnnotationQueue.Scope.PAIR) if is_opik else mine

    def seen_by(self, access: "Access", queue_id: UUID) -> "AnnotationQueue | None":
        """The same for one of them, which each request for an item asks."""
        queue = _in_projects.first(access.project_ids, queue_id)
        if queue is None or not access.sight.has_queue(queue_id):
            return None
        is_hidden = access.face is Face.OPIK and queue.scope == AnnotationQueue.Scope.PAIR
        return None if is_hidden else queue

    def newest_first(self) -> Self:
        return self.order_by("-pk")


@prepared
def _in_projects(project_ids: list[UUID], queue_id: UUID) -> models.QuerySet["AnnotationQueue"]:
    return AnnotationQueue.objects.filter(project_id__in=project_ids, pk=queue_id)


class AnnotationQueue(ProjectRow):
    """Items of one project to be judged. The API's defaults are Opik's, a page may set others."""

    class Scope(models.TextChoices):
        """What its items are."""

        TRACE = "trace"
        THREAD = "thread"
        PAIR = "pair"

        @property
        def entity_type(self) -> EntityType:
            """What is scored in such a queue: of a pair, its first trace."""
            return EntityType.THREAD if self is type(self).THREAD else EntityType.TRACE

    class Order(models.TextChoices):
        """In which order its items are handed out: by the time of the trace or thread, by nothing,
        or by what is said of it, which changes as scores come in."""

        OLDEST = "oldest", "oldest first"
        NEWEST = "newest", "newest first"
        RANDOM = "random", "shuffled, the same for everyone"
        JUDGE = "judge", "lowest judge score first"
        DISAGREEMENT = "disagreement", "most disagreement first"

    name = models.CharField(max_length=255)
    description = models.TextField(blank=True, default="")
    instructions = models.TextField(blank=True, default="", help_text="Markdown.")
    scope = models.CharField(max_length=10, choices=Scope)
    order = models.CharField(max_length=20, choices=Order, default=Order.OLDEST)
    is_for_everyone = models.BooleanField(
        default=True, help_text="Every reviewer of the workspace sees it, not only named ones."
    )
    is_blind = models.BooleanField(
        default=False, help_text="Reviewers see own scores only, before and after they submit."
    )
    comments_enabled = models.BooleanField(default=False)
    corrections_enabled = models.BooleanField(default=False)
    annotators_per_item = models.PositiveIntegerField(
        default=1, help_text="Reviews that an item needs, and people who hold it at one time."
    )
    double_percent = models.PositiveSmallIntegerField(
        default=0, help_text="Of the items, so many in a hundred need a second review."
    )
    lock_timeout_seconds = models.PositiveIntegerField(
        default=300, help_text="How long an item stays reserved for a reviewer."
    )
    automation = models.TextField(null=True, blank=True, help_text="JSON text, as it was sent.")
    annotator_view = models.TextField(
        null=True, blank=True, help_text="JSON text, as it was sent; its HTML is never shown."
    )
    item_count = models.BigIntegerField(default=0, editable=False)
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

    objects = AnnotationQueueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="queue_is_in_one_project"),
            models.CheckConstraint(
                condition=models.Q(
                    annotators_per_item__gte=1, annotators_per_item__lte=MAX_ANNOTATORS
                ),
                name="queue_needs_1_to_1000_reviews_an_item",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    lock_timeout_seconds__gte=1, lock_timeout_seconds__lte=MAX_LOCK_SECONDS
                ),
                name="queue_reserves_for_at_most_an_hour",
            ),
            models.CheckConstraint(
                condition=models.Q(double_percent__lte=100),
                name="queue_doubles_at_most_all_its_items",
            ),
            models.CheckConstraint(
                condition=~models.Q(is_blind=True, order__in=["judge", "disagreement"]),
                name="queue_that_is_blind_follows_no_scores",
                violation_error_message="A blind queue takes no order by scores.",
            ),
        ]
        indexes = [
            # Each batch of scores asks whether there is one.
            models.Index(
                fields=["project"],
                condition=models.Q(order__in=["judge", "disagreement"]),
                name="queue_that_follows_scores",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def follows_scores(self) -> bool:
        """Whether its order changes as scores come in."""
        return self.order in FOLLOWING_SCORES

    @property
    def entity_type(self) -> EntityType:
        """What its scores are about."""
        return self.Scope(self.scope).entity_type

    @property
    def takes_pairs(self) -> bool:
        return self.scope == self.Scope.PAIR


FOLLOWING_SCORES = (AnnotationQueue.Order.JUDGE, AnnotationQueue.Order.DISAGREEMENT)


class QueueQuestion(ProjectRow):
    """One score that the queue asks for, under the name of a feedback definition."""

    queue = InProjectFK(AnnotationQueue, models.CASCADE, related_name="questions", db_index=False)
    name = models.CharField(max_length=255, help_text="The score's name.")
    position = models.PositiveIntegerField()
    help = models.TextField(blank=True, default="")
    option_help = models.TextField(default="{}", help_text="JSON text: help by option.")
    is_required = models.BooleanField(default=False)
    default_answer = models.TextField(null=True, blank=True, help_text="JSON text.")
    show_if = models.TextField(
        null=True, blank=True, help_text="JSON text: on which answers to others it is asked."
    )

    queue_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="question_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "queue", "name"], name="question_is_once_per_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QueueReviewer(ProjectRow):
    """Somebody who is named as a reviewer of a queue."""

    queue = InProjectFK(AnnotationQueue, models.CASCADE, related_name="reviewers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    queue_id: UUID
    user_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="reviewer_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "user", "queue"], name="reviewer_is_once_per_queue"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.queue}"


class QueueItemQuerySet(models.QuerySet["QueueItem"]):
    def visible_to(self, access: "Access") -> Self:
        return self.filter(access.sight.queue_items())

    def single(self) -> Self:
        """Without pairs, of which Opik's clients do not know."""
        return self.filter(other_id__isnull=True)


class QueueItem(ProjectRow):
    """One trace or thread (by its ``thread_model_id``) in one queue, or a pair by its first trace.

    ``reviews_needed`` follows the queue; ``review_count`` and ``is_done`` follow the scores that
    were given in it.
    """

    class Source(models.TextChoices):
        """How it came into the queue, in Opik's words."""

        MANUAL = "manual"
        AUTOMATED = "automated"

    queue = InProjectFK(AnnotationQueue, models.CASCADE, related_name="items", db_index=False)
    entity_type = models.CharField(max_length=10, choices=EntityType)
    entity_id = models.UUIDField()
    other_id = models.UUIDField(
        null=True,
        blank=True,
        help_text="Of a pair: the trace to compare with; the nil uuid: its newest correction.",
    )
    position = models.BigIntegerField(help_text="Its place in the queue's order, least first.")
    source = models.CharField(max_length=10, choices=Source, default=Source.MANUAL)
    reviews_needed = models.PositiveIntegerField(default=1)
    review_count = models.PositiveIntegerField(default=0)
    is_done = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    queue_id: UUID

    objects = QueueItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="queue_item_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "queue", "entity_id"], name="queue_item_is_once"
            ),
            models.CheckConstraint(
                condition=models.Q(other_id__isnull=True)
                | models.Q(entity_type=EntityType.TRACE)
                & ~models.Q(other_id=models.F("entity_id")),
                name="pair_is_of_two_sides",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "entity_type", "entity_id"], name="queue_item_by_entity"
            ),
            models.Index(
                fields=["project", "queue", "is_done", "position", "id"],
                name="queue_item_to_review",
            ),
            models.Index(
                fields=["project", "other_id"],
                condition=models.Q(other_id__isnull=False),
                name="queue_item_by_other",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity_type} {self.entity_id}"
