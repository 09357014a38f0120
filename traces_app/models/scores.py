"""Scores: what people and judges said in numbers, their means, and those that wait for a trace."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.conf import settings
from django.core import checks
from django.db import models
from uuid_utils.compat import uuid7

from traces_app.models.project_rows import NIL, ProjectRow

if TYPE_CHECKING:
    from traces_app.access import Access

VERDICT = "User feedback"
"""The score of this exact name is the verdict: Prem's score and feedback of a trace."""

BILLION = 10**9
VALUE_LIMIT = Decimal("999999999.999999999")


def to_billionths(value: Decimal | float | str) -> int:
    """``value`` as an integer number of billionths, rounded half to even."""
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return int((number * BILLION).to_integral_value())


class BillionthsField(models.BigIntegerField):  # type: ignore[type-arg]
    """A decimal with nine digits after the point, stored exactly as a bigint of billionths.

    SQLite's own decimals lose digits at the largest values that Opik's contract allows.
    """

    def get_prep_value(self, value: Any) -> int | None:
        return None if value is None else to_billionths(value)

    def from_db_value(self, value: int | None, *_: Any) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-9)

    def to_python(self, value: Any) -> Decimal | None:
        return None if value is None else Decimal(str(value))

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        from_form: Any = models.DecimalField(max_digits=18, decimal_places=9)
        from_form.name, from_form.verbose_name = self.name, self.verbose_name
        from_form.blank, from_form.null, from_form.help_text = self.blank, self.null, self.help_text
        return from_form.formfield(**kwargs)

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return models.Field.check(self, **kwargs)


class EntityType(models.TextChoices):
    """What a score, mean, comment or attachment is about, beside the entity's id."""

    TRACE = "trace"
    SPAN = "span"
    THREAD = "thread"


class Source(models.TextChoices):
    """Through which door a score came. Opik's dialect prints ``prem`` as ``sdk``."""

    UI = "ui"
    SDK = "sdk"
    ONLINE_SCORING = "online_scoring"
    PREM = "prem"


class OnEntityQuerySet(models.QuerySet[Any]):
    """Rows that name their owner by (entity type, entity)."""

    def about(self, entity_type: str, entity_ids: "list[UUID] | set[UUID]") -> Self:
        return self.filter(entity_type=entity_type, entity_id__in=entity_ids)


class ScoreQuerySet(OnEntityQuerySet):
    def visible_to(self, access: "Access") -> Self:
        return self.filter(access.sight.scores())


class ScoreMeanQuerySet(OnEntityQuerySet):
    def visible_to(self, access: "Access") -> Self:
        return self.filter(access.sight.means())


class Score(ProjectRow):
    """What one author said under one name about one entity, in one queue or none."""

    entity_type = models.CharField(max_length=10, choices=EntityType)
    entity_id = models.UUIDField()
    name = models.CharField(max_length=255)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    queue_id = models.UUIDField(default=NIL, help_text="The nil uuid outside of queues.")
    value = BillionthsField()
    reason = models.TextField(blank=True, default="")
    category_name = models.CharField(max_length=255, blank=True, default="")
    source = models.CharField(max_length=20, choices=Source)
    created_at = models.DateTimeField()
    last_updated_at = models.DateTimeField()

    author_id: UUID

    objects = ScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="score_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "entity_type", "entity_id", "name", "author", "queue_id"],
                name="score_is_once_per_author_and_queue",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "queue_id", "entity_type", "author", "entity_id"],
                condition=~models.Q(queue_id=NIL),
                name="score_by_queue",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} = {self.value.normalize():f}"


class ScoreMean(ProjectRow):
    """The mean of all rows of one name on one entity: what filters, sorting and lists read."""

    entity_type = models.CharField(max_length=10, choices=EntityType)
    entity_id = models.UUIDField()
    name = models.CharField(max_length=255)
    name_key = models.CharField(max_length=1024)
    value = BillionthsField()
    count = models.IntegerField()
    newest_at = models.DateTimeField()

    objects = ScoreMeanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="score_mean_is_in_one_project"),
            models.UniqueConstraint(
                fields=["project", "entity_type", "entity_id", "name"],
                name="score_mean_is_once_per_name",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "entity_type", "name_key", "value", "entity_id"],
                name="score_mean_by_value",
            ),
            models.Index(
                fields=["project", "entity_type", "name"],
                # Always so, and said by nothing but the question for names: without statistics,
                # SQLite would take this index for the one by entity.
                condition=models.Q(count__gte=1),
                name="score_mean_by_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} = {self.value.normalize():f} (n {self.count})"


class WaitingScore(models.Model):
    """A score whose trace or span the workspace does not have yet. Nearly always empty."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey("traces_app.Workspace", models.CASCADE, related_name="+")
    entity_type = models.CharField(max_length=10, choices=EntityType)
    entity_id = models.UUIDField()
    name = models.CharField(max_length=255)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    queue_id = models.UUIDField(default=NIL)
    value = BillionthsField()
    reason = models.TextField(null=True, help_text="Null when none was sent.")
    category_name = models.CharField(max_length=255, blank=True, default="")
    source = models.CharField(max_length=20, choices=Source)
    created_at = models.DateTimeField(db_index=True)

    author_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "entity_type", "entity_id", "name", "author", "queue_id"],
                name="waiting_score_is_once_per_author_and_queue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.entity_type} {self.entity_id}"
