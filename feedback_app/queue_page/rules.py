"""The rules of a queue as its pages show them: their filters in words, and what they did."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from feedback_app.models import QueueRule, QueueRuleRun
from feedback_app.services.queue_rules import FILLED
from feedback_app.trace_lists import addresses, chips, found
from feedback_app.trace_lists.asked import Asked
from feedback_app.trace_lists.chips import Chip
from feedback_app.trace_lists.found import COUNTED
from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.models import NIL, AnnotationQueue, Job

RUNS = 14
"""Days and runs that are shown of a rule."""
MOST_CHOICES = 100


@dataclass(frozen=True)
class Filter:
    """A filter in words. ``query`` opens it in the list of traces; unreadable ones have none."""

    text: str = ""
    chips: Sequence[Chip] = ()
    query: str = ""
    is_readable: bool = True

    @property
    def is_empty(self) -> bool:
        return self.is_readable and not (self.text or self.chips)


@dataclass(frozen=True)
class Run:
    """One day of a rule, or a run over what is there with its ``job`` (none once that is gone)."""

    row: QueueRuleRun
    job: Job | None

    @property
    def is_backfill(self) -> bool:
        return self.row.job_id != NIL

    @property
    def state(self) -> str:
        """Of a run over what is there: running, done, failed; or cut short for ever."""
        if self.row.is_over:
            return "done"
        if self.job is None or self.job.state == Job.State.FAILED:
            return "failed"
        return "running"


@dataclass(frozen=True)
class Shown:
    """A rule with its filter in words and its newest runs."""

    rule: QueueRule
    filter: Filter
    runs: list[Run]


@dataclass(frozen=True)
class Count:
    """How many traces a filter finds now. ``examined`` is set where a search ran out of time:
    then ``number`` are those among the newest so many."""

    number: int
    is_more: bool = False
    examined: int | None = None
    percent: Decimal = Decimal(100)

    @property
    def sample(self) -> int | None:
        """About how many of them a rule takes; None where it takes all."""
        return round(self.number * self.percent / 100) if self.percent < 100 else None


def of(access: Access, queue: AnnotationQueue) -> list[Shown]:
    """The rules of a queue, oldest first. Three queries."""
    mine = QueueRule.objects.visible_to(access).filter(project_id=queue.project_id)
    rules = list(mine.filter(queue_id=queue.pk).select_related("last_updated_by").order_by("pk"))
    runs = _runs(queue, rules)
    return [Shown(rule, in_words(rule.query, queue), runs[rule.pk]) for rule in rules]


def one(access: Access, queue: AnnotationQueue, rule: QueueRule, job_id: UUID) -> Run | None:
    """One run of a rule over what is there."""
    mine = QueueRuleRun.objects.filter(project_id=queue.project_id, rule_id=rule.pk, job_id=job_id)
    row = mine.exclude(job_id=NIL).first()
    return Run(row, Job.objects.filter(pk=job_id).first()) if row else None


def in_words(query: str, queue: AnnotationQueue) -> Filter:
    """A kept filter in words."""
    try:
        asked = addresses.filter_of(query, project_id=queue.project_id)
    except Invalid:
        return Filter(is_readable=False)
    return Filter(asked.q, chips.of(asked), asked.query(project=queue.project_id))


def count(access: Access, queue: AnnotationQueue, asked: Asked, percent: Decimal) -> Count:
    """How many traces the filter finds now, as far as a second or so of looking tells."""
    listing = found.listing(access=access, asked=asked, projects=[queue.project_id])
    total = listing.count()
    if total is not None:
        return Count(min(total, COUNTED), total > COUNTED, percent=percent)
    met = listing.walk(None, limit=COUNTED + 1, seconds=found.SECONDS)
    number = len(met.positions)
    examined = met.examined if met.stopped_at else None
    return Count(min(number, COUNTED), number > COUNTED, examined, percent)


def homes(access: Access, project_id: UUID | None) -> list[dict[str, Any]]:
    """The newest queues that a filter can fill, each with its rules. Two queries."""
    visible = AnnotationQueue.objects.visible_to(access).filter(scope__in=FILLED)
    if project_id is not None:
        visible = visible.filter(project_id=project_id)
    queues = list(visible.select_related("project").newest_first()[:MOST_CHOICES])
    rules: dict[UUID, list[QueueRule]] = defaultdict(list)
    inside = QueueRule.objects.visible_to(access).filter(queue__in=[each.pk for each in queues])
    for rule in inside.order_by("pk"):
        rules[rule.queue_id].append(rule)
    return [
        {
            "queue": queue,
            "rules": [(rule, in_words(rule.query, queue)) for rule in rules[queue.pk]],
        }
        for queue in queues
    ]


def _runs(queue: AnnotationQueue, rules: Sequence[QueueRule]) -> dict[UUID, list[Run]]:
    rows = QueueRuleRun.objects.filter(
        project_id=queue.project_id, rule__in=[rule.pk for rule in rules]
    ).order_by("-day", "-pk")[: RUNS * max(1, len(rules))]
    jobs = Job.objects.in_bulk({row.job_id for row in rows if row.job_id != NIL})
    found: dict[UUID, list[Run]] = defaultdict(list)
    for row in rows:
        if len(found[row.rule_id]) < RUNS:
            found[row.rule_id].append(Run(row, jobs.get(row.job_id)))
    return found
