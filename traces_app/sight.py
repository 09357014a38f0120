"""What one caller sees: a condition for each kind of row, which its ``visible_to`` filters by.

Owners, members and viewers see their workspace. A reviewer sees the items of own queues: a thread
with its traces, each trace with its spans, scores, comments and attachments. On items of a blind
queue a reviewer sees own scores only.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from traces_app.models import (
    AnnotationQueue,
    EntityType,
    QueueItem,
    QueueQuestion,
    QueueReviewer,
    Span,
)
from traces_app.models.prepared import prepared
from traces_app.models.queues_sql import trace_ids

_NOTHING = Q(pk__in=[])


class WholeWorkspace:
    """Everything in these projects."""

    def __init__(self, project_ids: list[UUID]) -> None:
        self._project_ids = project_ids

    def projects(self) -> Q:
        return Q(pk__in=self._project_ids)

    def traces(self) -> Q:
        return Q(project__in=self._project_ids)

    threads = spans = scores = means = comments = corrections = queues = queue_items = traces
    attachments = traces

    def definitions(self) -> Q:
        """All of the workspace, which the caller's query names itself."""
        return Q()

    def hidden_verdicts(self) -> Q:
        """Traces of whose verdicts the caller sees own ones only."""
        return _NOTHING

    def may_ask_for_scores(self, project_ids: Sequence[UUID]) -> bool:
        """Whether filters, sorting, stats and names by scores are the caller's to ask there."""
        return True

    def has_queue(self, queue_id: UUID) -> bool:
        """Whether the caller may say something in the name of this queue."""
        return True


class OwnQueue(NamedTuple):
    """What of a queue decides on what its reviewers see."""

    pk: UUID
    project_id: UUID
    is_blind: bool
    comments_enabled: bool


class OwnQueues:
    """The items of a reviewer's queues, and what hangs on them."""

    def __init__(self, queues: Sequence[OwnQueue], author_id: UUID) -> None:
        self._own = list(queues)
        self._blind = [queue for queue in queues if queue.is_blind]
        self._silent = [queue for queue in self._blind if not queue.comments_enabled]
        self._author_id = author_id

    def projects(self) -> Q:
        return Q(pk__in={queue.project_id for queue in self._own})

    def queues(self) -> Q:
        return _in_projects(self._own) & Q(pk__in=[queue.pk for queue in self._own])

    def definitions(self) -> Q:
        asked = QueueQuestion.objects.filter(
            project_id__in=sorted({queue.project_id for queue in self._own}),
            queue_id__in=[queue.pk for queue in self._own],
        )
        return Q(name__in=asked.values("name"))

    def queue_items(self) -> Q:
        return _in_projects(self._own) & Q(queue_id__in=[queue.pk for queue in self._own])

    def traces(self) -> Q:
        return _traces(self._own)

    def threads(self) -> Q:
        return _threads("pk", self._own)

    def spans(self) -> Q:
        return _traces(self._own, "trace_id")

    def scores(self) -> Q:
        return _about(self._own) & (Q(author_id=self._author_id) | ~_about(self._blind))

    def means(self) -> Q:
        return _about(self._own) & ~_about(self._blind)

    def comments(self) -> Q:
        return _about(self._own) & (Q(created_by_id=self._author_id) | ~_about(self._silent))

    def attachments(self) -> Q:
        return _about(self._own)

    def corrections(self) -> Q:
        others = ~_traces(self._blind, "trace_id")
        return _traces(self._own, "trace_id") & (Q(author_id=self._author_id) | others)

    def hidden_verdicts(self) -> Q:
        return _traces(self._blind)

    def may_ask_for_scores(self, project_ids: Sequence[UUID]) -> bool:
        return {queue.project_id for queue in self._blind}.isdisjoint(project_ids)

    def has_queue(self, queue_id: UUID) -> bool:
        return any(queue.pk == queue_id for queue in self._own)


def own_queues(*, user_id: UUID, project_ids: Sequence[UUID]) -> list[OwnQueue]:
    """The queues that a reviewer is named for, and those for everyone; one query."""
    return [OwnQueue(*row) for row in _own_rows(list(project_ids), user_id)]


@prepared
def _own_rows(project_ids: list[UUID], user_id: UUID) -> "QuerySet[Any, tuple[Any, ...]]":
    named = QueueReviewer.objects.filter(
        project_id__in=project_ids,
        project_id=OuterRef("project_id"),
        queue_id=OuterRef("pk"),
        user_id=user_id,
    )
    rows = AnnotationQueue.objects.filter(project_id__in=project_ids)
    own = rows.filter(Q(is_for_everyone=True) | Exists(named))
    return own.values_list(*OwnQueue._fields)


def _in_projects(queues: Sequence[OwnQueue]) -> Q:
    return Q(project__in=sorted({queue.project_id for queue in queues}))


def _traces(queues: Sequence[OwnQueue], column: str = "pk") -> Q:
    """Rows whose ``column`` is a trace of these queues."""
    if not queues:
        return _NOTHING
    projects = sorted({queue.project_id for queue in queues})
    ids = trace_ids(projects, [queue.pk for queue in queues])
    return Q(project__in=projects) & Q(**{f"{column}__in": ids})


def _threads(column: str, queues: Sequence[OwnQueue]) -> Q:
    if not queues:
        return _NOTHING
    items = QueueItem.objects.filter(
        project_id__in=sorted({queue.project_id for queue in queues}),
        queue_id__in=[queue.pk for queue in queues],
        entity_type=EntityType.THREAD,
    )
    return _in_projects(queues) & Q(**{f"{column}__in": items.values("entity_id")})


def _about(queues: Sequence[OwnQueue]) -> Q:
    """Rows that name their owner by (entity type, entity), where that hangs on these queues."""
    if not queues:
        return _NOTHING
    spans = Span.objects.filter(
        _traces(queues, "trace_id"), project_id=OuterRef("project_id"), pk=OuterRef("entity_id")
    )
    return (
        Q(entity_type=EntityType.TRACE) & _traces(queues, "entity_id")
        | Q(entity_type=EntityType.SPAN) & Q(Exists(spans))
        | Q(entity_type=EntityType.THREAD) & _threads("entity_id", queues)
    )
