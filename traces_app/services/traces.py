"""Writing traces: sent in batches, created, patched, moved, deleted."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from traces_app.access import Access
from traces_app.errors import Conflict, NotFound
from traces_app.models import Project, Trace
from traces_app.models.traces_sql import UPSERTS
from traces_app.models.upserts import EPOCH
from traces_app.services import (
    belongings,
    events,
    outbox,
    projects,
    queue_items,
    runs,
    sent_traces,
    thread_rows,
    trace_homes,
    trash,
)
from traces_app.services.meetings import survives_meeting
from traces_app.services.sent_traces import Earlier, SentTrace
from traces_app.services.tags import TagChange
from traces_app.services.thread_rows import Mention
from traces_app.services.trace_homes import ELSEWHERE

EXISTS = "Trace already exists"


@survives_meeting
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
        sent_traces.count_new(project_id, number, now)
    change = events.Change("trace.ingest", "project", min(groups), min(groups))
    change.after["traces"] = sum(len(group) for group in groups.values()) - len(refused)
    events.record(access, [change])
    return refused


@survives_meeting
@transaction.atomic
def create(*, access: Access, sent: SentTrace) -> None:
    """Store one new trace, or complete its stub (opik.md §2 POST).

    Raises Conflict when it has arrived before or its id lives in another project.
    """
    access.must_write()
    now = timezone.now()
    project = projects.get_or_create(access=access, name=sent.project_name)
    earlier = sent_traces.earlier_of(access, [sent])
    home = _create_at_home(access, project.pk, sent, now)
    sent_traces.count_new(home, sent_traces.follow(access, home, [sent], earlier, now), now)
    events.record(access, [events.Change("trace.create", "trace", sent.id, home)])


@survives_meeting
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
    stored = trace_homes.locked(access, [trace_id]).first()
    if stored is not None:
        home, sent_home = trace_homes.home_of(access, stored, *project)
    else:
        home = sent_home = trace_homes.named(access, *project).pk
    if tags is not None:
        values = values | {"tags": tags.applied_to(stored.tags if stored else None)}
    stub = SentTrace(trace_id, EPOCH, now, values=values)
    row = sent_traces.row(access, home, sent_home, stub, now, is_stub=True)
    if not UPSERTS.patch([row]):
        raise Conflict(ELSEWHERE)
    earlier = {trace_id: Earlier(False, stored.thread_id)} if stored else {}
    sent_traces.count_new(home, sent_traces.follow(access, home, [stub], earlier, now), now)
    events.record(access, [events.Change("trace.patch", "trace", trace_id, home)])


@survives_meeting
@transaction.atomic
def patch_all(
    *, access: Access, ids: Collection[UUID], values: dict[str, Any], tags: TagChange
) -> list[UUID]:
    """Write ``values`` over each of ``ids`` that the caller sees; returns those changed.

    The others stay unknown: no stub is left. Raises Invalid when one would have over 50 tags.
    """
    access.must_write()
    now = timezone.now()
    groups: dict[UUID, list[SentTrace]] = defaultdict(list)
    earlier: dict[UUID, Earlier] = {}
    rows = []
    for stored in trace_homes.locked(access, ids):
        changed = values | {"tags": tags.applied_to(stored.tags)}
        sent = SentTrace(stored.pk, EPOCH, now, values=changed)
        home, sent_home = stored.project_id, stored.sent_project_id
        rows.append(sent_traces.row(access, home, sent_home, sent, now, is_stub=True))
        groups[home].append(sent)
        earlier[stored.pk] = Earlier(False, stored.thread_id)
    UPSERTS.patch(rows)
    for home, written in groups.items():
        sent_traces.follow(access, home, written, earlier, now)
    done = [(home, sent.id) for home, written in groups.items() for sent in written]
    events.record(access, [events.Change("trace.patch", "trace", pk, home) for home, pk in done])
    return [pk for _, pk in done]


@survives_meeting
@transaction.atomic
def delete(
    *,
    access: Access,
    ids: Collection[UUID],
    project_id: UUID | None = None,
    batch: UUID | None = None,
) -> list[UUID]:
    """Delete what the caller sees of ``ids`` with all that hangs on it; returns those deleted.

    With a ``batch``, which names what is deleted together, they go into the trash.
    """
    access.must_write()
    doomed = trace_homes.locked(access, ids)
    if project_id is not None:
        doomed = doomed.filter(project_id=project_id)
    by_project: dict[UUID, list[UUID]] = defaultdict(list)
    conversations: dict[thread_rows.Key, UUID] = {}
    for pk, home, thread_id in doomed.values_list("pk", "project_id", "thread_id"):
        by_project[home].append(pk)
        if thread_id:
            conversations[home, thread_id] = pk
    for home, pks in sorted(by_project.items()):
        _delete_rows(access, home, pks, batch)
    thread_rows.count(conversations)
    for home, pks in sorted(by_project.items()):
        named = {name: pk for (place, name), pk in conversations.items() if place == home}
        left = queue_items.leave(access=access, project_id=home, trace_ids=pks, thread_ids=named)
        if batch is not None:
            trash.keep_items(project_id=home, trace_ids=pks, traces_of=named, items=left)
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
    trace = trace_homes.locked(access, [trace_id]).first()
    if trace is None or to.pk not in access.project_ids:
        raise NotFound(f"Trace id: {trace_id} not found")
    home = trace.project_id
    if home == to.pk:
        return
    belongings.move(project_id=home, trace_ids=[trace_id], to=to.pk)
    Trace.objects.filter(project_id=home, pk=trace_id).update(project_id=to.pk)
    if trace.thread_id:
        mentions = [Mention(place, trace.thread_id, trace_id) for place in (home, to.pk)]
        thread_rows.take_in(access=access, mentions=mentions, now=timezone.now())
    names = [trace.thread_id] if trace.thread_id else []
    queue_items.leave(access=access, project_id=home, trace_ids=[trace_id], thread_ids=names)
    for project_id, more in sorted(((home, -1), (to.pk, 1))):
        Project.objects.filter(pk=project_id).update(trace_count=F("trace_count") + more)
    outbox.write(project_id=to.pk, trace_ids=[trace_id])
    change = events.Change("trace.move", "trace", trace_id, to.pk)
    change.before["project"], change.after["project"] = str(home), str(to.pk)
    events.record(access, [change])


def _delete_rows(access: Access, home: UUID, pks: list[UUID], batch: UUID | None) -> None:
    if batch is not None:
        trash.keep(access=access, project_id=home, trace_ids=pks, batch=batch)
    belongings.delete(project_id=home, trace_ids=pks, keeps_files=batch is not None)
    Trace.objects.filter(project_id=home, pk__in=pks)._raw_delete("default")


def _create_at_home(access: Access, named: UUID, sent: SentTrace, now: datetime) -> UUID:
    """Write into the named project, or where the trace's stub has been moved to; which it was."""
    if UPSERTS.create(sent_traces.row(access, named, named, sent, now)):
        return named
    if Trace.objects.filter(project_id=named, pk=sent.id).exists():
        raise Conflict(EXISTS)
    home = trace_homes.strays(access, named, [sent.id])[0].get(sent.id)
    if home is None:
        raise Conflict(ELSEWHERE)
    if not UPSERTS.create(sent_traces.row(access, home, named, sent, now)):
        raise Conflict(EXISTS)
    return home


def _send(
    access: Access, project_id: UUID, group: dict[UUID, SentTrace], now: datetime
) -> tuple[set[UUID], int]:
    """The ids that were left alone, and how many traces are new."""
    ids = sorted(group)
    earlier = sent_traces.earlier_of(access, group.values())
    touched = UPSERTS.send(
        [sent_traces.row(access, project_id, project_id, group[pk], now) for pk in ids]
    )
    strays: dict[UUID, UUID] = {}
    refused: set[UUID] = set()
    if touched < len(ids):
        strays, refused = trace_homes.strays(access, project_id, ids)
        for home in sorted(set(strays.values())):
            moved = [group[pk] for pk in ids if strays.get(pk) == home]
            UPSERTS.send([sent_traces.row(access, home, project_id, row, now) for row in moved])
            sent_traces.follow(access, home, moved, earlier, now)
    stored = [group[pk] for pk in ids if pk not in strays and pk not in refused]
    return refused, sent_traces.follow(access, project_id, stored, earlier, now)
