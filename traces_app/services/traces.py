"""Writing traces: sent in batches, created, patched, moved, deleted."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from traces_app.access import Access
from traces_app.errors import Conflict, NotFound
from traces_app.models import EntityType, Project, Trace
from traces_app.models.traces_sql import MERGED, UPSERTS
from traces_app.models.upserts import EPOCH
from traces_app.services import (
    belongings,
    events,
    outbox,
    projects,
    queue_items,
    runs,
    thread_rows,
    waiting_scores,
)
from traces_app.services.tags import TagChange
from traces_app.services.thread_rows import Mention

EXISTS = "Trace already exists"
ELSEWHERE = "Project name and workspace name do not match the existing trace"


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


class _Earlier(NamedTuple):
    """What was there of a trace before it was written."""

    is_stub: bool
    thread_id: str | None


@transaction.atomic
def ingest(*, access: Access, sent: Sequence[SentTrace], now: datetime | None = None) -> set[UUID]:
    """Store a batch (architecture: upsert by id, field by field). No row of a batch is lost.

    Returns the ids that live in a project the batch did not name; they were left alone.
    """
    access.must_write()
    if not sent:
        return set()
    now = now or timezone.now()
    found = projects.get_or_create_all(
        access=access, names=dict.fromkeys(row.project_name for row in sent)
    )
    groups: dict[UUID, dict[UUID, SentTrace]] = defaultdict(dict)
    for row in sent:
        group = groups[found[projects.key_of(row.project_name)].pk]
        earlier = group.get(row.id)
        group[row.id] = row if earlier is None else runs.merged(earlier, row)
    refused: set[UUID] = set()
    new: dict[UUID, int] = {}
    for project_id in sorted(groups):
        elsewhere, new[project_id] = _send(access, project_id, groups[project_id], now)
        refused |= elsewhere
    # The counters come after all traces, or two requests could wait for each other.
    for project_id, number in new.items():
        _count_new(project_id, number, now)
    change = events.Change("trace.ingest", "project", min(groups), min(groups))
    change.after["traces"] = sum(len(group) for group in groups.values()) - len(refused)
    events.record(access, [change])
    return refused


@transaction.atomic
def create(*, access: Access, sent: SentTrace) -> None:
    """Store one new trace, or complete its stub (opik.md §2 POST).

    Raises Conflict when it has arrived before or its id lives in another project.
    """
    access.must_write()
    now = timezone.now()
    project = projects.get_or_create(access=access, name=sent.project_name)
    earlier = _earlier(access, [sent])
    home = _create_at_home(access, project.pk, sent, now)
    _count_new(home, _after_write(access, home, [sent], earlier, now), now)
    events.record(access, [events.Change("trace.create", "trace", sent.id, home)])


@transaction.atomic
def patch(
    *,
    access: Access,
    trace_id: UUID,
    values: dict[str, Any],
    tags: TagChange | None = None,
    project: tuple[str | None, UUID | None] = (None, None),
) -> None:
    """Write ``values`` over a trace, or leave a stub that the trace completes when it arrives.

    ``project`` is the name and id that the client sent; naming none means where the trace is.
    Raises Conflict when the trace lives in a project that was not named, NotFound when the
    project's id is unknown, Invalid over 50 tags.
    """
    access.must_write()
    now = timezone.now()
    stored = _locked(access, [trace_id]).first()
    if stored is not None:
        home, sent_home = _home_of(access, stored, *project)
    else:
        home = sent_home = _named(access, *project).pk
    if tags is not None:
        values = values | {"tags": tags.applied_to(stored.tags if stored else None)}
    stub = SentTrace(trace_id, EPOCH, now, values=values)
    row = _row(access, home, sent_home, stub, now, is_stub=True)
    if not UPSERTS.patch([row]):
        raise Conflict(ELSEWHERE)
    earlier = {trace_id: _Earlier(False, stored.thread_id)} if stored else {}
    _count_new(home, _after_write(access, home, [stub], earlier, now), now)
    events.record(access, [events.Change("trace.patch", "trace", trace_id, home)])


@transaction.atomic
def delete(*, access: Access, ids: Collection[UUID], project_id: UUID | None = None) -> list[UUID]:
    """Delete what the caller sees of ``ids`` with all that hangs on it; returns those deleted."""
    access.must_write()
    doomed = _locked(access, ids)
    if project_id is not None:
        doomed = doomed.filter(project_id=project_id)
    by_project: dict[UUID, list[UUID]] = defaultdict(list)
    conversations: set[thread_rows.Key] = set()
    for pk, home, thread_id in doomed.values_list("pk", "project_id", "thread_id"):
        by_project[home].append(pk)
        if thread_id:
            conversations.add((home, thread_id))
    for home, pks in sorted(by_project.items()):
        queue_items.leave(access=access, project_id=home, trace_ids=pks)
        belongings.delete(project_id=home, trace_ids=pks)
        Trace.objects.filter(project_id=home, pk__in=pks)._raw_delete("default")
    thread_rows.count(conversations)
    for home, pks in sorted(by_project.items()):
        Project.objects.filter(pk=home).update(trace_count=F("trace_count") - len(pks))
    gone = [(home, pk) for home, pks in by_project.items() for pk in pks]
    events.record(access, [events.Change("trace.delete", "trace", pk, home) for home, pk in gone])
    return [pk for _, pk in gone]


@transaction.atomic
def move(*, access: Access, trace_id: UUID, to: Project) -> None:
    """Take a trace and all that hangs on it to another project of the workspace.

    It keeps the project it was sent to, so that what is sent later still finds it.
    """
    access.must_write()
    trace = _locked(access, [trace_id]).first()
    if trace is None or to.pk not in access.project_ids:
        raise NotFound(f"Trace id: {trace_id} not found")
    home = trace.project_id
    if home == to.pk:
        return
    queue_items.leave(access=access, project_id=home, trace_ids=[trace_id])
    belongings.move(project_id=home, trace_ids=[trace_id], to=to.pk)
    Trace.objects.filter(project_id=home, pk=trace_id).update(project_id=to.pk)
    if trace.thread_id:
        mentions = [Mention(place, trace.thread_id, trace_id) for place in (home, to.pk)]
        thread_rows.take_in(access=access, mentions=mentions, now=timezone.now())
    for project_id, more in sorted(((home, -1), (to.pk, 1))):
        Project.objects.filter(pk=project_id).update(trace_count=F("trace_count") + more)
    change = events.Change("trace.move", "trace", trace_id, to.pk)
    change.before["project"], change.after["project"] = str(home), str(to.pk)
    events.record(access, [change])


def _create_at_home(access: Access, named: UUID, sent: SentTrace, now: datetime) -> UUID:
    """Write into the named project, or where the trace's stub has been moved to; which it was."""
    if UPSERTS.create(_row(access, named, named, sent, now)):
        return named
    if Trace.objects.filter(project_id=named, pk=sent.id).exists():
        raise Conflict(EXISTS)
    home = _strays(access, named, [sent.id])[0].get(sent.id)
    if home is None:
        raise Conflict(ELSEWHERE)
    if not UPSERTS.create(_row(access, home, named, sent, now)):
        raise Conflict(EXISTS)
    return home


def _send(
    access: Access, project_id: UUID, group: dict[UUID, SentTrace], now: datetime
) -> tuple[set[UUID], int]:
    """The ids that were left alone, and how many traces are new."""
    ids = sorted(group)
    earlier = _earlier(access, group.values())
    touched = UPSERTS.send([_row(access, project_id, project_id, group[pk], now) for pk in ids])
    strays: dict[UUID, UUID] = {}
    refused: set[UUID] = set()
    if touched < len(ids):
        strays, refused = _strays(access, project_id, ids)
        for home in sorted(set(strays.values())):
            moved = [group[pk] for pk in ids if strays.get(pk) == home]
            UPSERTS.send([_row(access, home, project_id, row, now) for row in moved])
            _after_write(access, home, moved, earlier, now)
    stored = [group[pk] for pk in ids if pk not in strays and pk not in refused]
    return refused, _after_write(access, project_id, stored, earlier, now)


def _earlier(access: Access, sent: Iterable[SentTrace]) -> dict[UUID, _Earlier]:
    """Of traces that name a thread, those that are there already."""
    ids = [row.id for row in sent if row.values.get("thread_id")]
    if not ids:
        return {}
    there = Trace.objects.filter(project__in=access.project_ids, pk__in=ids)
    rows = there.values_list("pk", "sent_at", "thread_id")
    return {pk: _Earlier(sent_at is None, thread_id) for pk, sent_at, thread_id in rows}


def _strays(
    access: Access, project_id: UUID, ids: Sequence[UUID]
) -> tuple[dict[UUID, UUID], set[UUID]]:
    """Of ids that are not in the project: where those moved away now are, and the others."""
    elsewhere = Trace.objects.filter(pk__in=ids).exclude(project_id=project_id)
    moved: dict[UUID, UUID] = {}
    refused: set[UUID] = set()
    for pk, home, sent in elsewhere.values_list("pk", "project_id", "sent_project_id"):
        if home in access.project_ids and sent == project_id:
            moved[pk] = home
        else:
            refused.add(pk)
    return moved, refused


def _after_write(
    access: Access,
    project_id: UUID,
    written: list[SentTrace],
    earlier: Mapping[UUID, _Earlier],
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
    earlier: Mapping[UUID, _Earlier],
) -> Iterator[Mention]:
    """Which threads the traces are in now, by what is stored, and which they have left."""
    for row in written:
        before, thread_id = earlier.get(row.id), threads.get(row.id)
        if thread_id:
            yield Mention(
                project_id,
                thread_id,
                row.id,
                wakes=row.id in new or (before is not None and before.is_stub),
                is_first=row.id in new,
                source=row.values.get("source"),
                environment=row.values.get("environment"),
            )
        if before and before.thread_id and before.thread_id != thread_id:
            yield Mention(project_id, before.thread_id, row.id)


def _count_new(project_id: UUID, number: int, now: datetime) -> None:
    if number:
        Project.objects.filter(pk=project_id).update(
            trace_count=F("trace_count") + number, last_trace_at=now
        )


def _row(
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


def _locked(access: Access, ids: Iterable[UUID]) -> QuerySet[Trace]:
    # In the order in which batches write them, or the two could wait for each other.
    visible = Trace.objects.visible_to(access).filter(pk__in=list(ids))
    visible = visible.order_by("project_id", "pk")
    return visible.only("project_id", "sent_project_id", "tags", "thread_id").select_for_update()


def _named(access: Access, name: str | None, project_id: UUID | None) -> Project:
    if project_id is not None:
        return projects.find(access=access, project_id=project_id)
    return projects.get_or_create(access=access, name=name)


def _home_of(
    access: Access, stored: Trace, name: str | None, project_id: UUID | None
) -> tuple[UUID, UUID]:
    """Where a stored trace is, if the client named that place or the one it was sent to."""
    homes = {stored.project_id, stored.sent_project_id}
    if project_id is not None:
        projects.find(access=access, project_id=project_id)
        if project_id not in homes:
            raise Conflict(ELSEWHERE)
    elif name is not None and not Project.objects.filter(pk__in=homes).named(name).exists():
        raise Conflict(ELSEWHERE)
    return stored.project_id, stored.sent_project_id
