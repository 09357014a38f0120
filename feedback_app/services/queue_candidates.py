"""Changed traces that the rules of queues are yet to look at.

The outbox hands them to ``take_in``, which keeps them as candidates; a periodic job that it hurries
shows them to the rules of their project, so that no filter runs in the outbox's own transaction.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db import DataError
from django.db.models import F, QuerySet

from feedback_app.models import QueueCandidate, QueueRule
from feedback_app.services import queue_rules, rule_runs
from traces_app.errors import Invalid
from traces_app.services import jobs
from traces_app.services.outbox import ChangedTrace

logger = logging.getLogger(__name__)

KIND = "queue_rules.look"
AT_ONCE = 100
"""Candidates that are looked at in one go."""
MOST_TRIES = 5

UNANSWERABLE = "The database cannot answer its filter. Choose another."


def take_in(changed: Sequence[ChangedTrace]) -> None:
    """Keep as candidates those changed traces whose project has a rule that runs."""
    homes = {each.project_id for each in changed}
    running = QueueRule.objects.running().filter(project__in=homes)
    ruled = set(running.values_list("project_id", flat=True))
    wanted = sorted({each for each in changed if each.project_id in ruled})
    if not wanted:
        return
    QueueCandidate.objects.bulk_create(
        QueueCandidate(project_id=each.project_id, trace_id=each.trace_id) for each in wanted
    )
    jobs.hurry(kind=KIND)


def look() -> int:
    """Show the candidates that wait longest to the rules of their projects; how many there were."""
    batch = _next_batch()
    by_project: dict[UUID, list[UUID]] = defaultdict(list)
    for each in batch:
        by_project[each.project_id].append(each.trace_id)
    rules = QueueRule.objects.running().filter(project__in=list(by_project))
    for rule in rules.select_related("project").order_by("project_id", "pk"):
        _try(rule, list(dict.fromkeys(by_project[rule.project_id])))
    _forget(batch)
    return len(batch)


def look_again() -> None:
    """Have the job come back at once if a candidate is left. In the transaction that ends it."""
    if QueueCandidate.objects.exists():
        jobs.hurry(kind=KIND)


def _next_batch() -> list[QueueCandidate]:
    """The oldest candidates. One that was tried too often, and ended its process, is let go."""
    batch = list(QueueCandidate.objects.order_by("pk")[:AT_ONCE])
    if not batch:
        return []
    _those(batch).update(tries=F("tries") + 1)
    spent = [each for each in batch if each.tries >= MOST_TRIES]
    if spent:
        logger.warning("Rules could not look at %d traces in %d tries", len(spent), MOST_TRIES)
        _forget(spent)
    return [each for each in batch if each.tries < MOST_TRIES]


def _forget(batch: Sequence[QueueCandidate]) -> None:
    if batch:
        rows = _those(batch)
        rows._raw_delete(rows.db)


def _those(batch: Sequence[QueueCandidate]) -> QuerySet[QueueCandidate]:
    return QueueCandidate.objects.filter(
        project__in={each.project_id for each in batch}, pk__in=[each.pk for each in batch]
    )


def _try(rule: QueueRule, trace_ids: list[UUID]) -> None:
    """Show a rule these traces; one that cannot run is switched off."""
    try:
        rule_runs.look(rule_runs.plan(rule), trace_ids)
    except Invalid as refusal:
        _give_up(rule, str(refusal))
    except DataError:
        _give_up(rule, UNANSWERABLE)


def _give_up(rule: QueueRule, reason: str) -> None:
    queue_rules.give_up(rule=rule, workspace_id=rule.project.workspace_id, reason=reason)
