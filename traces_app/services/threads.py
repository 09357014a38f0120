"""Threads: made by the first trace that names one, active again when a new trace arrives."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from traces_app.access import Access
from traces_app.models import Thread, statements


@dataclass(frozen=True, slots=True)
class Mention:
    """One trace's word that it belongs to a thread."""

    project_id: UUID
    thread_id: str
    trace_id: UUID
    is_new: bool
    source: str | None
    environment: str | None


_WRITE = """
INSERT INTO traces_app_thread AS t (id, project_id, thread_id, status, source, environment,
    created_at, created_by_id, last_updated_at, last_updated_by_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (project_id, thread_id) DO UPDATE SET status = excluded.status,
    last_updated_at = excluded.last_updated_at, last_updated_by_id = excluded.last_updated_by_id
WHERE %s
"""


def take_in(*, access: Access, mentions: Iterable[Mention], now: datetime) -> None:
    """Make the threads that traces name; those that a new trace names are active again."""
    first: dict[tuple[UUID, str], Mention] = {}
    woken: set[tuple[UUID, str]] = set()
    for mention in mentions:
        key = (mention.project_id, mention.thread_id)
        if key not in first or mention.trace_id < first[key].trace_id:
            first[key] = mention
        if mention.is_new:
            woken.add(key)
    # Both kinds in one sorted run: two batches must meet the threads in the same order.
    rows = [(*_row(access, first[key], now), key in woken) for key in sorted(first)]
    if rows:
        statements.run(_WRITE, rows)


def _row(access: Access, mention: Mention, now: datetime) -> tuple[Any, ...]:
    author = access.author_id
    return (
        model_id(mention.trace_id),
        mention.project_id,
        mention.thread_id,
        Thread.Status.ACTIVE.value,
        mention.source,
        mention.environment,
        now,
        author,
        now,
        author,
    )


def model_id(trace_id: UUID) -> UUID:
    """A fresh UUIDv7 with the time of the thread's first trace."""
    time = trace_id.int >> 80
    noise = secrets.randbits(74)
    low = 0b10 << 62 | (noise & ((1 << 62) - 1))
    return UUID(int=time << 80 | 0x7 << 76 | (noise >> 62) << 64 | low)
