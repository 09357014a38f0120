"""Telling everyone who wants to know that traces have changed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from traces_app.models import OutboxRow, outbox_sql

BATCH = 200
"""Rows a step, so that its transaction stays well under 50 ms on SQLite."""


class ChangedTrace(NamedTuple):
    """Some of them may be gone by now, or stand in the list more than once."""

    project_id: UUID
    trace_id: UUID


Consumer = Callable[[Sequence[ChangedTrace]], None]
"""Runs in the transaction of the step: a few quick statements, or it enqueues a job."""


def write(*, project_id: UUID, trace_ids: Sequence[UUID]) -> None:
    """Remember in the caller's transaction that these traces changed."""
    if trace_ids:
        outbox_sql.insert(project_id, trace_ids)


def write_all(changed: Iterable[ChangedTrace]) -> None:
    """Remember traces of several projects, each once."""
    by_project: dict[UUID, set[UUID]] = defaultdict(set)
    for each in changed:
        by_project[each.project_id].add(each.trace_id)
    for project_id, trace_ids in sorted(by_project.items()):
        write(project_id=project_id, trace_ids=sorted(trace_ids))


def drain(consumers: Sequence[Consumer], *, limit: int = BATCH) -> int:
    """Hand the oldest rows to every consumer and forget them; how many there were.

    When a consumer raises, nobody has been told: the rows stay for the next step.
    """
    if not OutboxRow.objects.exists():
        return 0  # asked outside the transaction, which would lock SQLite for nothing
    with transaction.atomic():
        rows = list(OutboxRow.objects.select_for_update(skip_locked=True).order_by("pk")[:limit])
        changed = [ChangedTrace(row.project_id, row.trace_id) for row in rows]
        for consumer in consumers:
            consumer(changed)
        OutboxRow.objects.filter(
            project__in={row.project_id for row in rows}, pk__in=[row.pk for row in rows]
        ).delete()
    return len(rows)
