"""In which order the items of a queue are handed out."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from statistics import mean, pstdev
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from traces_app import normal_form
from traces_app.models import (
    NIL,
    AnnotationQueue,
    FeedbackDefinition,
    Project,
    QueueItem,
    Score,
    Source,
)
from traces_app.models.prepared import prepared
from traces_app.models.queues import FOLLOWING_SCORES
from traces_app.models.queues_sql import write_positions
from traces_app.models.scores import BILLION

_AT_ONCE = 1000
_LAST = 2**63 - 1
_MACHINES = (Source.SDK, Source.ONLINE_SCORING)
Range = tuple[Decimal, Decimal]
Values = Mapping[str, Mapping[UUID, Sequence[Decimal]]]
"""What was said of one thing: by name and author."""


def reorder(queue: AnnotationQueue) -> None:
    """Give every item its place in the queue's order, after that was changed."""
    items = QueueItem.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
    # In the order in which scores write them, or the two could wait for each other.
    ids = items.order_by("entity_id").select_for_update().values_list("entity_id", flat=True)
    _write(queue, list(ids.iterator()))


def renew(changed: Iterable[tuple[UUID, str, UUID]]) -> None:
    """Let the places of things that were scored follow; by (project, entity type, entity).

    In the caller's transaction, which has them locked. One look where no queue follows scores.
    """
    about = set(changed)
    for queue in _following(list({home for home, _, _ in about})):
        mine = (queue.project_id, queue.entity_type)
        ids = {pk for home, kind, pk in about if (home, kind) == mine}
        items = QueueItem.objects.filter(
            project_id=queue.project_id, queue_id=queue.pk, entity_id__in=ids
        )
        _write(queue, sorted(items.values_list("entity_id", flat=True)))


@prepared
def _following(project_ids: list[UUID]) -> QuerySet[AnnotationQueue]:
    queues = AnnotationQueue.objects.filter(project_id__in=project_ids, order__in=FOLLOWING_SCORES)
    return queues.order_by("project_id", "pk")


def positions(queue: AnnotationQueue, entity_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Where items stand in their queue, least first.

    By the time in the id, or shuffled, or by what is said of them: the judge's score or how far
    people are apart, see ``_judge_score`` and ``_disagreement``; last where nothing is said.
    """
    if not queue.follows_scores:
        return {entity_id: _position(queue, entity_id) for entity_id in entity_ids}
    found: dict[UUID, int] = dict.fromkeys(entity_ids, _LAST)
    for start in range(0, len(entity_ids), _AT_ONCE):
        found |= _by_scores(queue, entity_ids[start : start + _AT_ONCE])
    return found


def _position(queue: AnnotationQueue, entity_id: UUID) -> int:
    if queue.order == AnnotationQueue.Order.RANDOM:
        digest = hashlib.blake2b(entity_id.bytes, key=queue.pk.bytes, digest_size=8).digest()
        return int.from_bytes(digest) >> 1
    milliseconds = entity_id.int >> 80
    return -milliseconds if queue.order == AnnotationQueue.Order.NEWEST else milliseconds


def _by_scores(queue: AnnotationQueue, ids: Collection[UUID]) -> dict[UUID, int]:
    """The places of those of which enough is said."""
    rows = Score.objects.about(queue.entity_type, set(ids)).filter(project_id=queue.project_id)
    number: Callable[[Values, Mapping[str, Range]], Decimal | None] = _disagreement
    if queue.order == AnnotationQueue.Order.JUDGE:
        rows, number = rows.filter(queue_id=NIL, source__in=_MACHINES), _judge_score
    said: dict[UUID, Any] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for entity_id, name, author, value in rows.values_list(
        "entity_id", "name", "author_id", "value"
    ):
        said[entity_id][name][author].append(value)
    ranges = _ranges(queue.project_id, {name for values in said.values() for name in values})
    numbers = {entity_id: number(values, ranges) for entity_id, values in said.items()}
    return {
        pk: max(-_LAST, min(round(each * BILLION), _LAST - 1))
        for pk, each in numbers.items()
        if each is not None
    }


def _judge_score(said: Values, ranges: Mapping[str, Range]) -> Decimal | None:
    """The mean of what machines say outside of queues: scores that came by SDK or online scoring.

    Each name counts once, with the mean of its authors, whose values are brought to 0..1 where a
    definition gives the name a range; without one the value stands as it is.
    """
    each = []
    for name, by_author in said.items():
        value = mean(mean(values) for values in by_author.values())
        least, most = ranges.get(name, (Decimal(0), Decimal(1)))
        each.append((value - least) / (most - least))
    return mean(each) if each else None


def _disagreement(said: Values, ranges: Mapping[str, Range]) -> Decimal | None:
    """The widest spread between authors, people and judges, in any name that two of them scored.

    That is the standard deviation of their values, as a share of the definition's range where
    there is one. Negative, so that the widest comes first. None: no two scored one name.
    """
    spreads = []
    for name, by_author in said.items():
        if len(by_author) < 2:
            continue
        least, most = ranges.get(name, (Decimal(0), Decimal(1)))
        spread = pstdev([mean(values) for values in by_author.values()])
        spreads.append(spread / (most - least))
    return -max(spreads) if spreads else None


def _ranges(project_id: UUID, names: Collection[str]) -> dict[str, Range]:
    """From where to where the definitions of these names go, of those that have numbers."""
    if not names:
        return {}
    workspace = Project.objects.filter(pk=project_id).values("workspace_id")
    known = FeedbackDefinition.objects.filter(workspace_id__in=workspace, name__in=names)
    found = {}
    for definition in known:
        details: Any = normal_form.load(definition.details)
        numbers = _numbers(definition.type, details)
        if numbers and max(numbers) > min(numbers):
            found[definition.name] = (min(numbers), max(numbers))
    return found


def _numbers(kind: str, details: Mapping[str, Any]) -> list[Decimal]:
    types = FeedbackDefinition.Type
    if kind == types.NUMERICAL:
        return [Decimal(str(details["min"])), Decimal(str(details["max"]))]
    if kind == types.CATEGORICAL:
        return [Decimal(str(value)) for value in details["categories"].values()]
    return []


def _write(queue: AnnotationQueue, entity_ids: Sequence[UUID]) -> None:
    """Of items in the order of their ids."""
    found = positions(queue, entity_ids)
    write_positions([(found[pk], queue.project_id, queue.pk, pk) for pk in entity_ids])
