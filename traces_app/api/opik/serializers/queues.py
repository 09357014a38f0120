"""Annotation queues as Opik's clients send and read them (opik.md §4)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from msgspec import Raw, Struct
from msgspec.json import Decoder

from traces_app import normal_form
from traces_app.access import Access
from traces_app.api.opik import checks
from traces_app.api.opik.serializers.scores import number
from traces_app.models import AnnotationQueue, QueueItem, QueueQuestion
from traces_app.models.project_rows import NIL
from traces_app.models.queues import MAX_ANNOTATORS, MAX_LOCK_SECONDS
from traces_app.query import queues as queries
from traces_app.services import authors
from traces_app.services.queues import MAX_NAME, NewQueue, Question, Wishes
from traces_app.services.reservations import Claim

Json = dict[str, Any]


class QueueUpdate(Struct, kw_only=True):
    """What a PATCH changes of a queue; what is null or absent stays."""

    name: str | None = None
    description: str | None = None
    instructions: str | None = None
    comments_enabled: bool | None = None
    feedback_definition_names: list[str] | None = None
    annotators_per_item: int | None = None
    lock_timeout_seconds: int | None = None
    automation: Json | None = None
    annotator_view: Json | None = None

    def wishes(self) -> Wishes:
        """What the service takes. Raises Unprocessable, Malformed."""
        rules = checks.Rules()
        self.check(rules)
        rules.enforce()
        return self._wishes()

    def check(self, rules: checks.Rules) -> None:
        rules.blank_only_if_absent("name", self.name)
        rules.at_most("name", self.name, MAX_NAME)
        _between(rules, "annotatorsPerItem", self.annotators_per_item, MAX_ANNOTATORS)
        _between(rules, "lockTimeoutSeconds", self.lock_timeout_seconds, MAX_LOCK_SECONDS)
        for name in self.feedback_definition_names or ():
            rules.not_blank("feedbackDefinitionNames[].<list element>", name)
            rules.at_most("feedbackDefinitionNames[].<list element>", name, MAX_NAME)

    def _wishes(self) -> Wishes:
        names = self.feedback_definition_names
        return Wishes(
            name=self.name,
            description=self.description,
            instructions=self.instructions,
            comments_enabled=self.comments_enabled,
            annotators_per_item=self.annotators_per_item,
            lock_timeout_seconds=self.lock_timeout_seconds,
            automation=None if self.automation is None else normal_form.dump(self.automation),
            annotator_view=(
                None if self.annotator_view is None else normal_form.dump(self.annotator_view)
            ),
            questions=None if names is None else [Question(name=name) for name in names],
        )


class QueueWrite(QueueUpdate, kw_only=True):
    """A queue to be made, alone or in a batch."""

    id: UUID | None = None
    project_id: UUID | None = None
    scope: Literal["trace", "thread"] | None = None

    def check(self, rules: checks.Rules) -> None:
        rules.not_null("projectId", self.project_id)
        if self.name is None:
            rules.not_blank("name", self.name)
        rules.not_null("scope", self.scope)
        super().check(rules)

    def wanted(self, path: str = "") -> NewQueue:
        """What the service takes. Raises Unprocessable, BadRequest, Malformed."""
        rules = checks.Rules(path)
        self.check(rules)
        rules.enforce()
        if self.id is not None:
            checks.must_be_version_7("Annotation queue", self.id)
        return NewQueue(
            project_id=self.project_id or NIL,
            scope=self.scope or "",
            wishes=self._wishes(),
            id=self.id,
        )


class QueueBatch(Struct):
    """Up to 1,000 queues."""

    annotation_queues: list[QueueWrite] | None = None


class Reviewer(Struct):
    """Who has scored in a queue; ``status`` is how many of its items."""

    username: str
    status: int


class Average(Struct):
    """The mean of the scores of a name that were given in a queue."""

    name: str
    value: float


class QueueRead(Struct, kw_only=True):
    """One annotation queue; what is null is left out."""

    id: UUID
    project_id: UUID
    project_name: str
    name: str
    description: str | None = None
    instructions: str | None = None
    scope: str
    comments_enabled: bool
    feedback_definition_names: list[str]
    annotators_per_item: int
    lock_timeout_seconds: int
    automation: Json | None = None
    annotator_view: Json | None = None
    reviewers: list[Reviewer] | None = None
    feedback_scores: list[Average] | None = None
    items_count: int
    created_at: datetime
    created_by: str
    last_updated_at: datetime
    last_updated_by: str


class QueuePage(Struct):
    """One page of queues."""

    page: int
    size: int
    total: int
    content: list[QueueRead]
    sortable_by: list[str]


class ItemRead(Struct):
    """A trace or thread of a queue, and how it came there."""

    id: UUID
    source: str


class ItemsRead(Struct):
    """Those of the items asked for that are in the queue."""

    content: list[ItemRead]


class LockRead(Struct):
    """Whether the item is reserved for the caller now, else who holds it."""

    acquired: bool
    item_id: UUID
    locked_by: str
    expires_at: datetime


class ItemLocks(Struct):
    """Who holds one item."""

    active_locks: int
    locked_by: list[str]


class LocksRead(Struct):
    """The items that are held just now, by their ids."""

    locks: dict[UUID, ItemLocks]


QUEUE = Decoder(QueueWrite)
QUEUE_BATCH = Decoder(QueueBatch)
QUEUE_UPDATE = Decoder(QueueUpdate)


def read(queues: Collection[AnnotationQueue], access: Access) -> list[Json]:
    """What the API prints of each queue; four queries beside those of the queues.

    ``queues`` come with their projects. Averages are left out where the caller judges blind.
    """
    if not queues:
        return []
    ids, projects = [queue.pk for queue in queues], {queue.project_id for queue in queues}
    said = _Said(
        _question_names(projects, ids),
        queries.reviewers(projects, ids),
        queries.averages(projects, ids),
    )
    people = authors.names(
        [
            *(pk for queue in queues for pk in (queue.created_by_id, queue.last_updated_by_id)),
            *(pk for reviewers in said.reviewers.values() for pk, _ in reviewers),
        ]
    )
    return [
        {
            name: value
            for name, value in (_printed(queue, people) | said.of(queue, people, access)).items()
            if value is not None
        }
        for queue in queues
    ]


def items(rows: Collection[QueueItem]) -> ItemsRead:
    return ItemsRead([ItemRead(row.entity_id, row.source) for row in rows])


def lock(item_id: UUID, claim: Claim) -> LockRead:
    holder = authors.names([claim.holder_id]).get(claim.holder_id, "")
    return LockRead(claim.is_mine, item_id, holder, claim.expires_at)


def locks(held: dict[UUID, list[UUID]]) -> LocksRead:
    people = authors.names(pk for holders in held.values() for pk in holders)
    return LocksRead(
        {
            item_id: ItemLocks(len(holders), [people.get(pk, "") for pk in holders])
            for item_id, holders in held.items()
        }
    )


@dataclass(frozen=True)
class _Said:
    """What stands beside queues in other tables, by queue."""

    names: dict[UUID, list[str]]
    reviewers: dict[UUID, list[tuple[UUID, int]]]
    averages: dict[UUID, list[tuple[str, Decimal]]]

    def of(self, queue: AnnotationQueue, people: dict[UUID, str], access: Access) -> Json:
        averages = [
            {"name": name, "value": number(mean)} for name, mean in self.averages.get(queue.pk, [])
        ]
        sees_scores = access.sight.may_ask_for_scores([queue.project_id])
        return {
            "feedback_definition_names": self.names.get(queue.pk, []),
            "reviewers": [
                {"username": people.get(pk, ""), "status": count}
                for pk, count in self.reviewers.get(queue.pk, [])
            ],
            "feedback_scores": averages if sees_scores else None,
        }


def _printed(queue: AnnotationQueue, people: dict[UUID, str]) -> Json:
    return {
        "id": queue.pk,
        "project_id": queue.project_id,
        "project_name": queue.project.name,
        "name": queue.name,
        "description": queue.description or None,
        "instructions": queue.instructions or None,
        "scope": queue.scope,
        "comments_enabled": queue.comments_enabled,
        "annotators_per_item": queue.annotators_per_item,
        "lock_timeout_seconds": queue.lock_timeout_seconds,
        "automation": Raw(queue.automation.encode()) if queue.automation else None,
        "annotator_view": Raw(queue.annotator_view.encode()) if queue.annotator_view else None,
        "items_count": queue.item_count,
        "created_at": queue.created_at,
        "created_by": people.get(queue.created_by_id),
        "last_updated_at": queue.last_updated_at,
        "last_updated_by": people.get(queue.last_updated_by_id),
    }


def _question_names(projects: Collection[UUID], queue_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    names: dict[UUID, list[str]] = defaultdict(list)
    rows = QueueQuestion.objects.filter(project_id__in=projects, queue_id__in=queue_ids)
    for queue_id, name in rows.order_by("position").values_list("queue_id", "name"):
        names[queue_id].append(name)
    return names


def _between(rules: checks.Rules, field: str, value: int | None, most: int) -> None:
    if value is not None and value < 1:
        rules.broken(field, "must be greater than or equal to 1")
    if value is not None and value > most:
        rules.broken(field, f"must be less than or equal to {most}")
