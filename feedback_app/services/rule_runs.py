"""What rules do: they look at traces that changed, or at all that are there, and fill their queue.

Every transaction adds what one look has chosen, and counts what it did in the rule's log while it
holds the queue: so the day's limit holds whoever else is at work.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from feedback_app.models import QueueRule, QueueRuleRun
from feedback_app.services import asked_jobs, queue_rules
from feedback_app.trace_lists import addresses, found
from feedback_app.trace_lists.asked import Asked
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Forbidden, Invalid, NotFound
from traces_app.models import (
    NIL,
    AnnotationQueue,
    AuditEvent,
    EntityType,
    Face,
    QueueItem,
    Thread,
    Trace,
)
from traces_app.services import entities, queue_items, queues, threads

WINDOW = 100
"""Traces that a run over what is there looks at, and adds, in one transaction."""
MOST = 50_000
"""Items that such a run adds, if the rule has no limit of its own."""
KEPT = timedelta(days=90)
_PURGED_AT_ONCE = 500

LEFT = "Who saved it last has left the workspace. Save it to let it run with your rights."
MAY_NOT = "Who saved it last may not fill queues any more. Save it to let it run with your rights."
UNREADABLE = "Its filter cannot be read any more. Choose it anew."


@dataclass(frozen=True)
class Plan:
    """A rule that can run: with whose rights, into which queue, by which filter."""

    rule: QueueRule
    access: Access
    queue: AnnotationQueue
    asked: Asked


@dataclass(frozen=True)
class Seen:
    """What a look found: ``chosen`` are the traces or threads that it takes."""

    looked_at: int
    matched: int
    chosen: list[UUID] = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    """Of which run of the rule a look is part. ``start`` and ``end`` are the places of one over
    what is there; no ``end`` is its end."""

    day: date
    job_id: UUID = NIL
    start: UUID | None = None
    end: UUID | None = None

    @property
    def is_backfill(self) -> bool:
        return self.job_id != NIL


def look(ready: Plan, trace_ids: list[UUID]) -> None:
    """Show a rule traces that changed; those in its queue need no look."""
    fresh = _not_inside(ready, trace_ids)
    if fresh:
        _put(ready, Step(queue_rules.today()), _see(ready, fresh))


def backfill(
    *, project_id: UUID, rule_id: UUID, job_id: UUID, report: Callable[[int, int], None]
) -> QueueRuleRun:
    """Show a rule all traces that are there, newest first; it goes on where it was cut short.

    The rule's limit of a day is that of this run. Raises NotFound for a rule that was deleted,
    Invalid for one that cannot run.
    """
    rules = QueueRule.objects.filter(project_id=project_id, pk=rule_id)
    rule = rules.select_related("project").first()
    run = QueueRuleRun.objects.filter(project_id=project_id, rule_id=rule_id, job_id=job_id).first()
    if rule is None or run is None:
        raise NotFound("This rule was deleted.")
    ready = plan(rule)
    while not run.is_over:
        ids = _window(ready, run.place)
        end = ids[-1] if len(ids) == WINDOW else None
        step = Step(run.day, job_id, start=run.place, end=end)
        done = _put(ready, step, _see(ready, ids))
        if done is None:
            raise NotFound("This rule was deleted.")
        run = done
        report(run.looked_at, max(run.looked_at, rule.project.trace_count))
    return run


def plan(rule: QueueRule) -> Plan:
    """What a rule needs to run. Raises Invalid with the reason why it cannot."""
    try:
        access = asked_jobs.access_of(
            workspace_id=rule.project.workspace_id, user_id=rule.last_updated_by_id
        )
        access = replace(access, face=Face.WORKER)
        access.must_write()
        queue = queues.find(access=access, queue_id=rule.queue_id)
        asked = addresses.filter_of(rule.query, project_id=rule.project_id)
    except NotFound as refusal:
        raise Invalid(LEFT) from refusal
    except Forbidden as refusal:
        raise Invalid(MAY_NOT) from refusal
    except Invalid as refusal:
        raise Invalid(UNREADABLE) from refusal
    return Plan(rule, access, queue, asked)


def takes(rule_id: UUID, judged_id: UUID, percent: Decimal) -> bool:
    """Whether a rule's sample holds a trace or thread: the same answer each time.

    One that takes more percent takes all that it took before, too.
    """
    digest = hashlib.blake2b(judged_id.bytes, key=rule_id.bytes, digest_size=8).digest()
    return int.from_bytes(digest) * 100 < percent * 2**64


def purge() -> int:
    """Forget what rules did long ago; how many days and runs."""
    old = QueueRuleRun.objects.filter(day__lt=queue_rules.today() - KEPT)
    gone = 0
    while batch := list(old.values_list("pk", flat=True)[:_PURGED_AT_ONCE]):
        gone += old.filter(pk__in=batch).delete()[0]
    return gone


def _not_inside(ready: Plan, trace_ids: list[UUID]) -> list[UUID]:
    """Without those that need no look: they are in the queue."""
    if ready.queue.scope != AnnotationQueue.Scope.TRACE:
        return trace_ids
    inside = _inside(ready.queue, trace_ids)
    return [pk for pk in trace_ids if pk not in inside]


def _inside(queue: AnnotationQueue, judged: Collection[UUID]) -> set[UUID]:
    items = QueueItem.objects.filter(
        project_id=queue.project_id, queue_id=queue.pk, entity_id__in=list(judged)
    )
    return set(items.values_list("entity_id", flat=True))


def _window(ready: Plan, start: UUID | None) -> list[UUID]:
    here = Trace.objects.visible_to(ready.access).filter(project_id=ready.rule.project_id)
    rest = here if start is None else here.filter(pk__lt=start)
    return list(rest.order_by("-pk").values_list("pk", flat=True)[:WINDOW])


def _see(ready: Plan, trace_ids: list[UUID]) -> Seen:
    """Which of these match, and what of them the sample holds, in the order given."""
    projects = [ready.rule.project_id]
    wanted = found.matching(access=ready.access, asked=ready.asked, projects=projects)
    names = dict(wanted.filter(pk__in=trace_ids).values_list("pk", "thread_id"))
    matched = [pk for pk in trace_ids if pk in names]
    judged = matched
    if ready.queue.scope == AnnotationQueue.Scope.THREAD:
        judged = _threads(ready, [names[pk] for pk in matched])
    chosen = [pk for pk in judged if takes(ready.rule.pk, pk, ready.rule.percent)]
    return Seen(len(trace_ids), len(matched), chosen)


def _threads(ready: Plan, names: Sequence[str | None]) -> list[UUID]:
    known = threads.ids_of(ready.rule.project_id, [name for name in names if name])
    return list(dict.fromkeys(known[name] for name in names if name in known))


@transaction.atomic
def _put(ready: Plan, step: Step, seen: Seen) -> QueueRuleRun | None:
    """Add what was chosen, as far as the limit goes, and count it; None for a rule that is gone."""
    there = _locked(ready, seen.chosen)
    # What is judged, then the queue, then its rule and log: as all who write to them lock them.
    try:
        queue = queues.find(access=ready.access, queue_id=ready.queue.pk, lock=True)
    except NotFound:
        return None  # it was deleted meanwhile, and its rules with it
    run = _run(ready.rule, step)
    if run is None or run.place != step.start:
        return run  # another worker is further than we are
    inside, left = _inside(queue, seen.chosen), _taken_out(queue, seen.chosen)
    wanted = [pk for pk in seen.chosen if pk in there and pk not in inside | left]
    cap = ready.rule.daily_cap or (MOST if step.is_backfill else None)
    room = len(wanted) if cap is None else max(0, cap - run.added)
    if wanted[:room]:
        run.added += queue_items.add(
            access=ready.access,
            queue_id=queue.pk,
            entity_ids=wanted[:room],
            source=QueueItem.Source.AUTOMATED,
        )
    run.looked_at += seen.looked_at
    run.matched += seen.matched
    run.chosen += len(seen.chosen)
    run.capped += len(wanted[room:])
    run.refused += len(set(seen.chosen) - there - inside | (left - inside))
    if step.is_backfill:
        run.place, run.is_over = step.end, step.end is None or bool(wanted[room:])
    run.save()
    return run


def _locked(ready: Plan, judged: Sequence[UUID]) -> set[UUID]:
    """Those that are in the project still, held there until the commit."""
    kind = EntityType(ready.queue.scope)
    homes = entities.locked_homes(ready.access, kind, set(judged))
    there = {pk for pk, home in homes.items() if home == ready.queue.project_id}
    if kind == EntityType.THREAD:
        empty = Thread.objects.filter(
            project_id=ready.queue.project_id, pk__in=there, trace_count=0
        )
        there -= set(empty.values_list("pk", flat=True))
    return there


def _run(rule: QueueRule, step: Step) -> QueueRuleRun | None:
    """The log that a step counts in; None where the rule is gone, or rests and nobody asked."""
    mine = QueueRule.objects.filter(project_id=rule.project_id, pk=rule.pk)
    if not (mine if step.is_backfill else mine.running()).exists():
        return None
    return QueueRuleRun.objects.select_for_update().get_or_create(
        project_id=rule.project_id,
        rule_id=rule.pk,
        day=step.day,
        job_id=step.job_id,
        defaults={"queue_id": rule.queue_id},
    )[0]


def _taken_out(queue: AnnotationQueue, judged: Collection[UUID]) -> set[UUID]:
    """What somebody took out of the queue; no rule brings it back."""
    told = AuditEvent.objects.filter(
        project_id=queue.project_id,
        entity_type=queue.scope,
        entity_id__in=list(judged),
        action="queue.remove",
        before=normal_form.dump({"queue": str(queue.pk)}),
    )
    return set(told.values_list("entity_id", flat=True))
