"""Writing traces: sent in batches, created, patched, moved, deleted."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
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
    threads,
    waiting_scores,
)
from traces_app.services.tags import TagChange

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
    home = _create_at_home(access, project.pk, sent, now)
    _count_new(home, _after_write(access, home, [sent], {sent.id}, now), now)
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
    _count_new(home, _after_write(access, home, [stub], set(), now), now)
    events.record(access, [events.Change("trace.patch", "trace", trace_id, home)])


@transaction.atomic
def delete(*, access: Access, ids: Collection[UUID], project_id: UUID | None = None) -> list[UUID]:
    """Delete what the caller sees of ``ids`` with all that hangs on it; returns those deleted."""
    access.must_write()
    doomed = _locked(access, ids)
    if project_id is not None:
        doomed = doomed.filter(project_id=project_id)
    by_project: dict[UUID, list[UUID]] = defaultdict(list)
    for pk, home in doomed.values_list("pk", "project_id"):
        by_project[home].append(pk)
    for home, pks in sorted(by_project.items()):
        queue_items.leave(access=access, project_id=home, trace_ids=pks)
        belongings.delete(project_id=home, trace_ids=pks)
        Trace.objects.filter(project_id=home, pk__in=pks)._raw_delete("default")
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
        mention = _mention(to.pk, trace_id, trace.thread_id, {}, is_new=False)
        threads.take_in(access=access, mentions=[mention], now=timezone.now())
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
    stubs = _stubs(access, group.values())
    touched = UPSERTS.send([_row(access, project_id, project_id, group[pk], now) for pk in ids])
    strays: dict[UUID, UUID] = {}
    refused: set[UUID] = set()
    if touched < len(ids):
        strays, refused = _strays(access, project_id, ids)
        for home in sorted(set(strays.values())):
            moved = [group[pk] for pk in ids if strays.get(pk) == home]
            UPSERTS.send([_row(access, home, project_id, row, now) for row in moved])
            _after_write(access, home, moved, stubs, now)
    stored = [group[pk] for pk in ids if pk not in strays and pk not in refused]
    return refused, _after_write(access, project_id, stored, stubs, now)


def _stubs(access: Access, sent: Iterable[SentTrace]) -> set[UUID]:
    """Of traces that name a thread, those of which only a stub is there: they arrive now."""
    ids = [row.id for row in sent if row.values.get("thread_id")]
    if not ids:
        return set()
    stubs = Trace.objects.filter(project__in=access.project_ids, pk__in=ids, sent_at__isnull=True)
    return set(stubs.values_list("pk", flat=True))


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
    access: Access, project_id: UUID, written: list[SentTrace], arrived: set[UUID], now: datetime
) -> int:
    """Tell threads, waiting scores and outbox; how many of the traces were not there before.

    ``arrived`` are those that were there as a stub only.
    """
    if not written:
        return 0
    made = Trace.objects.filter(
        project_id=project_id, created_at=now, pk__in=[row.id for row in written]
    )
    new = set(made.values_list("pk", flat=True))
    active = new | arrived
    mentions = [
        _mention(project_id, row.id, row.values["thread_id"], row.values, is_new=row.id in active)
        for row in written
        if row.values.get("thread_id")
    ]
    threads.take_in(access=access, mentions=mentions, now=now)
    waiting_scores.settle(
        workspace_id=access.workspace_id,
        entity_type=EntityType.TRACE,
        homes={row.id: project_id for row in written},
        now=now,
    )
    outbox.write(project_id=project_id, trace_ids=[row.id for row in written])
    return len(new)


def _count_new(project_id: UUID, number: int, now: datetime) -> None:
    if number:
        Project.objects.filter(pk=project_id).update(
            trace_count=F("trace_count") + number, last_trace_at=now
        )


def _mention(
    project_id: UUID, trace_id: UUID, thread_id: str, values: dict[str, Any], *, is_new: bool
) -> threads.Mention:
    return threads.Mention(
        project_id,
        thread_id,
        trace_id,
        is_new=is_new,
        source=values.get("source"),
        environment=values.get("environment"),
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
