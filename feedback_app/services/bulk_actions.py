"""What is done to many traces at once: each for itself, and what cannot be done says why."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, Self
from uuid import UUID

from django.db import models, transaction

from feedback_app.services import dataset_returns, datasets, named_datasets, pairs, queue_returns
from traces_app.access import Access
from traces_app.errors import Invalid, NotFound
from traces_app.models import NIL, VERDICT, AnnotationQueue, EntityType, Trace
from traces_app.services import (
    entities,
    queue_items,
    queues,
    score_returns,
    scores,
    threads,
    trace_tags,
    traces,
)
from traces_app.services.meetings import survives_meeting
from traces_app.services.scores import Said
from traces_app.services.tags import MAX_TAGS


class Verb(models.TextChoices):
    QUEUE = "queue", "Add to a queue"
    THREAD = "thread", "Add their conversations to a queue"
    PAIR = "pair", "Have compared with its correction"
    DATASET = "dataset", "Add to a dataset"
    TAG = "tag", "Tag"
    UNTAG = "untag", "Take a tag off"
    SCORE = "score", "Score"
    DELETE = "delete", "Delete"


SCOPES = {
    Verb.QUEUE: AnnotationQueue.Scope.TRACE,
    Verb.THREAD: AnnotationQueue.Scope.THREAD,
    Verb.PAIR: AnnotationQueue.Scope.PAIR,
}
"""What the items are of the queue that an action fills."""


@dataclass(frozen=True)
class Action:
    """One thing to do to each trace.

    ``target`` is the queue, or the dataset, None for each project's default one; of a deletion it
    names the batch, by which it is restored. A score has
    ``name``, ``value`` and ``reason``, of which None leaves the caller's own earlier words.
    """

    verb: Verb
    target: UUID | None = None
    tag: str = ""
    name: str = VERDICT
    value: Decimal = Decimal(0)
    reason: str | None = None

    def payload(self) -> dict[str, object]:
        """As a job keeps it."""
        return {
            "verb": str(self.verb),
            "target": str(self.target) if self.target else None,
            "tag": self.tag,
            "name": self.name,
            "value": f"{self.value:f}",
            "reason": self.reason,
        }

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Self:
        return cls(
            Verb(kept["verb"]),
            UUID(kept["target"]) if kept["target"] else None,
            kept["tag"],
            kept["name"],
            Decimal(kept["value"]),
            kept["reason"],
        )


@dataclass(slots=True)
class Outcome:
    """How many were changed, how many were so already, and which were refused and why.

    For ``queued`` ones the generator was asked for an answer, which comes later. ``before`` says
    what changed traces were, where that can be taken back, and ``homes`` their projects.
    """

    done: int = 0
    there: int = 0
    queued: int = 0
    refused: dict[UUID, str] = field(default_factory=dict)
    before: dict[UUID, dict[str, str]] = field(default_factory=dict)
    homes: dict[UUID, UUID] = field(default_factory=dict)

    @property
    def matched(self) -> int:
        return self.done + self.there + self.queued + len(self.refused)


def check(*, access: Access, action: Action) -> UUID | None:
    """The one project whose traces can take the action; None for any.

    Raises Forbidden, NotFound for the target, Invalid for what could be done to no trace.
    """
    access.must_write()
    if action.verb in SCOPES:
        return _queue(access, action).project_id
    if action.verb == Verb.DATASET and action.target is not None:
        return named_datasets.find(access=access, dataset_id=action.target).project_id
    if action.verb in (Verb.TAG, Verb.UNTAG):
        trace_tags.clean(action.tag)
    if action.verb == Verb.SCORE and action.name == VERDICT and not 0 <= action.value <= 1:
        raise Invalid("A verdict is a number from 0 to 1.")
    return None


def target_name(*, access: Access, action: Action) -> str:
    """The name of the queue or dataset; empty where the action has none. Raises NotFound."""
    if action.target is None or action.verb == Verb.DELETE:
        return ""
    if action.verb in SCOPES:
        return queues.find(access=access, queue_id=action.target).name
    return named_datasets.find(access=access, dataset_id=action.target).name


@survives_meeting
@transaction.atomic
def perform(*, access: Access, action: Action, ids: Collection[UUID]) -> Outcome:
    """Do it to what the caller sees of ``ids``; the others are passed over.

    Raises Forbidden, NotFound for the target, Invalid for what could be done to no trace.
    """
    home = check(access=access, action=action)
    # Held, so that none is deleted or moved between this look and the action.
    visible = Trace.objects.visible_to(access).filter(pk__in=list(ids))
    held = visible.order_by("project_id", "pk").select_for_update(no_key=True)
    homes = dict(held.values_list("pk", "project_id"))
    strangers = [pk for pk, project_id in homes.items() if home not in (None, project_id)]
    here = [pk for pk in homes if pk not in set(strangers)]
    outcome = _VERBS[action.verb](access, action, here) if here else Outcome()
    outcome.refused |= dict.fromkeys(strangers, _OF_ANOTHER_PROJECT)
    outcome.homes = homes
    return outcome


def _queue(access: Access, action: Action) -> AnnotationQueue:
    if action.target is None:
        raise NotFound("There is no such queue.")
    queue = queues.find(access=access, queue_id=action.target)
    wanted = SCOPES[action.verb]
    if queue.scope != wanted:
        raise Invalid(f"This queue takes {queue.scope}s, not {wanted}s.")
    return queue


def _add_to_queue(access: Access, action: Action, ids: list[UUID]) -> Outcome:
    queue = _queue(access, action)
    add = partial(queue_items.add, access=access, queue_id=queue.pk, entity_ids=ids)
    new = queue_returns.added(access=access, queue=queue, ids=ids, add=add)
    return Outcome(len(new), len(ids) - len(new), before=_items(new))


def _add_conversations(access: Access, action: Action, ids: list[UUID]) -> Outcome:
    """The thread of each trace, once: those that are new count for the first of their traces."""
    queue = _queue(access, action)
    threads_of = _threads_of(queue.project_id, ids)
    outside = dict.fromkeys((pk for pk in ids if pk not in threads_of), _NO_CONVERSATION)
    if not threads_of:
        return Outcome(refused=outside)
    wanted = set(threads_of.values())
    entities.locked_homes(access, EntityType.THREAD, wanted)  # before the queue, as ``add`` does
    add = partial(queue_items.add, access=access, queue_id=queue.pk, entity_ids=wanted)
    new = queue_returns.added(access=access, queue=queue, ids=wanted, add=add)
    first = {threads_of[pk]: pk for pk in reversed(ids) if pk in threads_of}
    before = _items({first[thread]: item for thread, item in new.items()})
    return Outcome(len(new), len(threads_of) - len(new), refused=outside, before=before)


def _threads_of(project_id: UUID, trace_ids: list[UUID]) -> dict[UUID, UUID]:
    """By trace, of those that are of a thread."""
    named = Trace.objects.filter(
        project_id=project_id, pk__in=trace_ids, thread_id__isnull=False
    ).values_list("pk", "thread_id")
    names = {pk: name for pk, name in named if name}
    known = threads.ids_of(project_id, list(names.values()))
    return {pk: known[name] for pk, name in names.items() if name in known}


def _pair(access: Access, action: Action, ids: list[UUID]) -> Outcome:
    queue = _queue(access, action)
    corrected = pairs.corrected(access=access, project_id=queue.project_id, ids=ids)
    refused = {pk: pairs.UNCORRECTED for pk in ids if pk not in corrected}
    new: dict[UUID, UUID] = {}
    if corrected:
        wanted = dict.fromkeys(sorted(corrected), NIL)
        add = partial(pairs.add, access=access, queue_id=queue.pk, pairs=wanted)
        new = queue_returns.added(access=access, queue=queue, ids=corrected, add=add)
    return Outcome(len(new), len(corrected) - len(new), refused=refused, before=_items(new))


def _items(new: Mapping[UUID, UUID]) -> dict[UUID, dict[str, str]]:
    return {pk: {"item": str(item)} for pk, item in new.items()}


def _add_to_dataset(access: Access, action: Action, ids: list[UUID]) -> Outcome:
    results = datasets.add_traces(access=access, ids=ids, dataset_id=action.target)
    new = sum(each.is_new for each in results)
    refused = {each.trace_id: each.error for each in results if each.status == "failed"}
    queued = sum(each.status == "queued" for each in results)
    there = len(results) - new - queued - len(refused)
    made = dataset_returns.made(access=access, results=results)
    before = {
        pk: {"datapoint": str(point), "at": at.isoformat()} for pk, (point, at) in made.items()
    }
    return Outcome(new, there, queued, refused, before)


def _tag(access: Access, action: Action, ids: list[UUID]) -> Outcome:
    is_taken_off = action.verb == Verb.UNTAG
    tagged = trace_tags.change(access=access, ids=ids, tag=action.tag, is_taken_off=is_taken_off)
    done, full = len(tagged.changed), tagged.full
    there = len(ids) - done - len(full)
    refused = dict.fromkeys(full, _TOO_MANY_TAGS)
    return Outcome(done, there, refused=refused, before={pk: {} for pk in tagged.changed})


def _score(access: Access, action: Action, ids: Iterable[UUID]) -> Outcome:
    source = scores.source_of(access.face)
    said = [Said(pk, action.name, action.value, source, action.reason) for pk in ids]
    earlier = score_returns.record(access=access, said=said)
    return Outcome(len(said), before={pk: each.payload() for pk, each in earlier.items()})


def _delete(access: Access, action: Action, ids: list[UUID]) -> Outcome:
    return Outcome(len(traces.delete(access=access, ids=ids, batch=action.target)))


_OF_ANOTHER_PROJECT = "It is of another project."
_NO_CONVERSATION = "It is of no conversation."
_TOO_MANY_TAGS = f"It has {MAX_TAGS} tags already."
_VERBS: dict[str, Callable[[Access, Action, list[UUID]], Outcome]] = {
    Verb.QUEUE: _add_to_queue,
    Verb.THREAD: _add_conversations,
    Verb.PAIR: _pair,
    Verb.DATASET: _add_to_dataset,
    Verb.TAG: _tag,
    Verb.UNTAG: _tag,
    Verb.SCORE: _score,
    Verb.DELETE: _delete,
}
