"""Writing the rows of threads as their traces come and go.

In the caller's transaction, which has written the traces. Who may do so is decided by the callers;
what people do with threads is in ``services.threads``.
"""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from traces_app.access import Access
from traces_app.ids import milliseconds_of
from traces_app.models import Thread, Trace, statements

Key = tuple[UUID, str]
"""Project and ``thread_id``."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Mention:
    """One trace's word that it belongs to a thread, or that it has left it."""

    project_id: UUID
    thread_id: str
    trace_id: UUID
    wakes: bool = False
    """A new trace: the thread is active again."""
    is_first: bool = False
    """The trace was written for the first time, and into this thread: it has one more."""
    source: str | None = None
    environment: str | None = None

    @property
    def key(self) -> Key:
        return self.project_id, self.thread_id


_ROW = """
traces_app_thread AS t (id, project_id, thread_id, status, source, environment, trace_count,
    woken_at, created_at, created_by_id, last_updated_at, last_updated_by_id)
"""
# A row that shall not wake the thread says so by its time; it locks the thread all the same.
_AGAIN = """
ON CONFLICT (project_id, thread_id) DO UPDATE SET
    status = excluded.status, woken_at = excluded.woken_at,
    trace_count = t.trace_count + excluded.trace_count,
    source = CASE WHEN t.trace_count = 0 THEN excluded.source ELSE t.source END,
    environment = CASE WHEN t.trace_count = 0 THEN excluded.environment ELSE t.environment END,
    last_updated_at = excluded.last_updated_at, last_updated_by_id = excluded.last_updated_by_id
WHERE excluded.woken_at = excluded.last_updated_at
"""
_LOCKED = "ON CONFLICT (project_id, thread_id) DO UPDATE SET status = t.status WHERE FALSE"


def take_in(*, access: Access, mentions: Iterable[Mention], now: datetime) -> None:
    """Make the threads that traces name; those that a new trace names are active again.

    The number of their traces is exact afterwards: new ones are added up, and where a trace came
    in any other way or left, the thread is counted anew under its lock.
    """
    groups: dict[Key, list[Mention]] = defaultdict(list)
    for mention in mentions:
        groups[mention.key].append(mention)
    # All kinds in one sorted run: two batches must meet the threads in the same order.
    rows = [_row(access, groups[key], now) for key in sorted(groups)]
    statements.insert(_ROW, rows, _AGAIN)
    doubtful = {key for key, group in groups.items() if not all(each.is_first for each in group)}
    if doubtful:
        count(doubtful)


def ensure(*, access: Access, keys: Collection[Key], now: datetime) -> dict[Key, UUID]:
    """The ids of these threads, locked; a missing one is made and has no traces yet."""
    author = access.author_id
    fixed = (Thread.Status.ACTIVE.value, None, None, 0, now, now, author, now, author)
    rows = [(model_id(now), *key, *fixed) for key in sorted(keys)]
    statements.insert(_ROW, rows, _LOCKED)
    return lock(keys)


def count(keys: Collection[Key]) -> None:
    """Count the traces of these threads anew."""
    ids = lock(keys)
    homes = {project_id for project_id, _ in ids}
    traces = Trace.objects.filter(
        project_id__in=homes, project_id=OuterRef("project_id"), thread_id=OuterRef("thread_id")
    )
    counted = traces.order_by().values("thread_id").annotate(n=Count("pk")).values("n")
    threads = Thread.objects.filter(project_id__in=homes, pk__in=list(ids.values()))
    threads.update(trace_count=Coalesce(Subquery(counted), 0))


def lock(keys: Collection[Key]) -> dict[Key, UUID]:
    """The ids of those of these threads that are there, locked until the commit."""
    names: dict[UUID, set[str]] = defaultdict(set)
    for project_id, thread_id in keys:
        names[project_id].add(thread_id)
    found: dict[Key, UUID] = {}
    for project_id in sorted(names):
        rows = Thread.objects.filter(project_id=project_id, thread_id__in=names[project_id])
        locked = rows.in_lock_order().select_for_update(no_key=True)
        found |= {(project_id, name): pk for name, pk in locked.values_list("thread_id", "pk")}
    return found


def model_id(at: datetime) -> UUID:
    """A fresh UUIDv7 of this time."""
    return _model_id((at - _EPOCH) // _MOMENT)


def _row(access: Access, group: list[Mention], now: datetime) -> tuple[Any, ...]:
    first = min(group, key=lambda each: each.trace_id)
    author = access.author_id
    return (
        _model_id(milliseconds_of(first.trace_id)),
        *first.key,
        Thread.Status.ACTIVE.value,
        first.source,
        first.environment,
        sum(each.is_first for each in group),
        now if any(each.wakes for each in group) else _last_heard(group, now),
        now,
        author,
        now,
        author,
    )


def _last_heard(group: list[Mention], now: datetime) -> datetime:
    """When the newest of traces that are not new arrived, by its id; always before ``now``."""
    newest = max(milliseconds_of(each.trace_id) for each in group)
    return _EPOCH + _MOMENT * min(newest, (now - _EPOCH) // _MOMENT - 1)


def _model_id(milliseconds: int) -> UUID:
    noise = secrets.randbits(74)
    low = 0b10 << 62 | (noise & ((1 << 62) - 1))
    return UUID(int=milliseconds << 80 | 0x7 << 76 | (noise >> 62) << 64 | low)
