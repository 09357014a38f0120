"""Rules of queues: made, changed, switched, deleted, and sent over what is there already.

What they do with traces is in ``services.rule_runs``. The queue is locked before its rules.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from feedback_app.models import QueueRule, QueueRuleRun
from feedback_app.trace_lists import addresses
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import AnnotationQueue, Face, Job
from traces_app.services import events, jobs, queues

BACKFILL = "queue_rules.backfill"
MOST = 20
"""Rules of one queue."""
MOST_A_DAY = 100_000
FILLED = (AnnotationQueue.Scope.TRACE, AnnotationQueue.Scope.THREAD)
_SETTINGS = ("query", "percent", "daily_cap", "is_on")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A rule as somebody wants it; ``query`` is a trace list's address, of which the filter counts.

    No ``daily_cap`` is no limit.
    """

    query: str
    percent: Decimal = Decimal(100)
    daily_cap: int | None = None
    is_on: bool = True


def find(*, access: Access, queue_id: UUID, rule_id: UUID) -> QueueRule:
    """A rule of this queue, if it is the caller's to see. Raises NotFound."""
    rule = QueueRule.objects.visible_to(access).filter(pk=rule_id, queue_id=queue_id).first()
    if rule is None:
        raise NotFound("There is no such rule.")
    return rule


@transaction.atomic
def create(*, access: Access, queue_id: UUID, settings: Settings) -> QueueRule:
    """Make a rule, which runs with the caller's rights.

    Raises Forbidden, NotFound for the queue, Invalid, Conflict where there are MOST already.
    """
    access.must_write()
    queue = queues.find(access=access, queue_id=queue_id, lock=True)
    if queue.scope not in FILLED:
        raise Invalid("Rules fill queues of traces and of threads.")
    if QueueRule.objects.filter(project_id=queue.project_id, queue_id=queue.pk).count() >= MOST:
        raise Conflict(f"A queue has at most {MOST} rules.")
    now = timezone.now()
    rule = QueueRule(
        project_id=queue.project_id,
        queue_id=queue.pk,
        created_at=now,
        created_by_id=access.author_id,
    )
    _apply(access, rule, settings)
    rule.save(force_insert=True)
    _record(access, "rule.create", rule, {}, _facts(rule))
    return rule


@transaction.atomic
def edit(*, access: Access, queue_id: UUID, rule_id: UUID, settings: Settings) -> QueueRule:
    """Change a rule; from now on it runs with the caller's rights. Raises as ``create``."""
    rule = _locked(access, queue_id, rule_id)
    before = _facts(rule)
    _apply(access, rule, settings)
    rule.save()
    _record(access, "rule.edit", rule, before, _facts(rule))
    return rule


@transaction.atomic
def switch(*, access: Access, queue_id: UUID, rule_id: UUID, is_on: bool) -> QueueRule:
    """Let a rule run, with the caller's rights, or let it rest. Raises as ``edit``."""
    rule = _locked(access, queue_id, rule_id)
    before = _facts(rule)
    if is_on:
        same = Settings(query=rule.query, percent=rule.percent, daily_cap=rule.daily_cap)
        _apply(access, rule, same)
    else:
        rule.is_on = False
    rule.save()
    _record(access, "rule.edit", rule, before, _facts(rule))
    return rule


@transaction.atomic
def delete(*, access: Access, queue_id: UUID, rule_id: UUID) -> None:
    """Delete a rule with its log; what it added stays in the queue."""
    rule = _locked(access, queue_id, rule_id)
    before = _facts(rule)
    QueueRuleRun.objects.filter(project_id=rule.project_id, rule_id=rule.pk).delete()
    QueueRule.objects.filter(project_id=rule.project_id, pk=rule.pk).delete()
    _record(access, "rule.delete", rule, before, {})


@transaction.atomic
def ask_backfill(*, access: Access, queue_id: UUID, rule_id: UUID, token: UUID) -> Job:
    """Let a job show the rule the traces that are there. The same ``token`` is the same job."""
    rule = _locked(access, queue_id, rule_id)
    job = jobs.enqueue(
        kind=BACKFILL,
        payload={"rule": str(rule.pk), "project": str(rule.project_id)},
        key=f"{BACKFILL}:{rule.pk}:{token}",
        lane=Job.Lane.LONG,
        workspace_id=access.workspace_id,
        created_by_id=access.user_id,
    )
    QueueRuleRun.objects.get_or_create(
        project_id=rule.project_id,
        rule_id=rule.pk,
        day=today(),
        job_id=job.pk,
        defaults={"queue_id": rule.queue_id},
    )
    return job


@transaction.atomic
def give_up(*, rule: QueueRule, workspace_id: UUID, reason: str) -> None:
    """Switch a rule off that cannot run, for a reason that its page shows.

    One that was saved anew meanwhile is left as it is.
    """
    running = QueueRule.objects.running().filter(
        project_id=rule.project_id, pk=rule.pk, last_updated_at=rule.last_updated_at
    )
    if running.update(is_on=False, off_reason=reason):
        events.record_one(
            workspace_id=workspace_id,
            actor_id=None,
            face=Face.WORKER,
            action="rule.give_up",
            entity_type="rule",
            entity_id=rule.pk,
            before={"is_on": True},
            after={"is_on": False, "off_reason": reason},
        )


def today() -> date:
    """The day that the caps count in: UTC's."""
    return datetime.now(UTC).date()


def _locked(access: Access, queue_id: UUID, rule_id: UUID) -> QueueRule:
    access.must_write()
    queue = queues.find(access=access, queue_id=queue_id, lock=True)
    mine = QueueRule.objects.visible_to(access).filter(queue_id=queue.pk, pk=rule_id)
    rule = mine.select_for_update().first()
    if rule is None:
        raise NotFound("There is no such rule.")
    return rule


def _apply(access: Access, rule: QueueRule, settings: Settings) -> None:
    rule.query = addresses.filter_of(settings.query, project_id=rule.project_id).query()
    if not 0 < settings.percent <= 100:
        raise Invalid("A rule takes more than 0 and at most 100 percent.")
    if settings.daily_cap is not None and not 1 <= settings.daily_cap <= MOST_A_DAY:
        raise Invalid(f"A day's limit is from 1 to {MOST_A_DAY:,} items.")
    rule.percent, rule.daily_cap = settings.percent, settings.daily_cap
    rule.is_on, rule.off_reason = settings.is_on, ""
    rule.last_updated_at, rule.last_updated_by_id = timezone.now(), access.author_id


def _facts(rule: QueueRule) -> dict[str, object]:
    facts = {name: getattr(rule, name) for name in _SETTINGS}
    return facts | {"percent": float(rule.percent), "queue": str(rule.queue_id)}


def _record(
    access: Access,
    action: str,
    rule: QueueRule,
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    change = events.Change(action, "rule", rule.pk, rule.project_id, before, after)
    events.record(access, [change])
