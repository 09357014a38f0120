"""Traces as they were sent, and what follows for the rest when they are written.

In the caller's transaction. Which verbs there are is in ``services.traces``.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F

from traces_app.access import Access
from traces_app.models import EntityType, Project, Trace
from traces_app.models.traces_sql import MERGED
from traces_app.services import belongings, outbox, thread_rows, waiting_scores
from traces_app.services.thread_rows import Mention


@dataclass(slots=True)
class SentTrace:
    """One trace as a client sent it, whatever the dialect.

    ``values`` holds merging columns by name; JSON ones are text in the normal form, and what is
    absent or None was not sent.
    """

    id: UUID
    start_time: datetime
    sent_at: datetime
    project_name: str | None = None
    values: dict[str, Any] = field(default_factory=dict)


class Earlier(NamedTuple):
    """What was there of a trace before it was written."""

    is_stub: bool
    thread_id: str | None


def row(
    access: Access,
    project_id: UUID,
    sent_project_id: UUID,
    sent: SentTrace,
    now: datetime,
    *,
    is_stub: bool = False,
) -> tuple[Any, ...]:
    author = access.author_id
    sent_at = None if is_stub else sent.sent_at
    fixed = (sent.id, project_id, now, author, now, author, sent_at, sent_project_id)
    return (*fixed, sent.start_time, *[sent.values.get(name) for name in MERGED])


def earlier_of(access: Access, sent: Iterable[SentTrace]) -> dict[UUID, Earlier]:
    """Of traces that name a thread, those that are there already."""
    ids = [row.id for row in sent if row.values.get("thread_id")]
    if not ids:
        return {}
    there = Trace.objects.filter(project__in=access.project_ids, pk__in=ids)
    rows = there.values_list("pk", "sent_at", "thread_id")
    return {pk: Earlier(sent_at is None, thread_id) for pk, sent_at, thread_id in rows}


def follow(
    access: Access,
    project_id: UUID,
    written: list[SentTrace],
    earlier: Mapping[UUID, Earlier],
    now: datetime,
) -> int:
    """Tell spans, threads, waiting scores, outbox; how many traces were not there before."""
    if not written:
        return 0
    ids = [row.id for row in written]
    stored = Trace.objects.filter(project_id=project_id, pk__in=ids)
    threads: dict[UUID, str | None] = {}
    new: set[UUID] = set()
    for pk, made_at, thread_id in stored.values_list("pk", "created_at", "thread_id"):
        threads[pk] = thread_id
        if made_at == now:
            new.add(pk)
    belongings.gather(trace_ids=new, to=project_id, among=access.project_ids)
    named = [row for row in written if row.values.get("thread_id")]
    mentions = _mentions(project_id, named, threads, new, earlier)
    thread_rows.take_in(access=access, mentions=mentions, now=now)
    waiting_scores.settle(
        workspace_id=access.workspace_id,
        entity_type=EntityType.TRACE,
        homes=dict.fromkeys(ids, project_id),
        now=now,
    )
    outbox.write(project_id=project_id, trace_ids=ids)
    return len(new)


def _mentions(
    project_id: UUID,
    written: list[SentTrace],
    threads: Mapping[UUID, str | None],
    new: Collection[UUID],
    earlier: Mapping[UUID, Earlier],
) -> Iterator[Mention]:
    """Which threads the traces are in now, by what is stored, and which they have left."""
    for row in written:
        before, thread_id = earlier.get(row.id), threads.get(row.id)
        if thread_id:
            yield Mention(
                project_id,
                thread_id,
                row.id,
                # Not there when we looked: new, or a stub came in between.
                wakes=before is None or before.is_stub,
                is_first=row.id in new,
                source=row.values.get("source"),
                environment=row.values.get("environment"),
            )
        if before and before.thread_id and before.thread_id != thread_id:
            yield Mention(project_id, before.thread_id, row.id)


def count_new(project_id: UUID, number: int, now: datetime) -> None:
    if number:
        Project.objects.filter(pk=project_id).update(
            trace_count=F("trace_count") + number, last_trace_at=now
        )
