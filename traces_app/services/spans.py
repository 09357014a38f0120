"""Writing spans: sent in batches, before or after their trace."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from traces_app.access import Access
from traces_app.errors import Conflict
from traces_app.models import EntityType, Span, Trace
from traces_app.models.spans_sql import MERGED, UPSERTS
from traces_app.models.upserts import EPOCH
from traces_app.services import belongings, events, outbox, projects, runs, waiting_scores
from traces_app.services.meetings import survives_meeting
from traces_app.services.tags import TagChange
from traces_app.services.trace_homes import ELSEWHERE

EXISTS = "Span already exists"


@dataclass(slots=True)
class SentSpan:
    """One span as a client sent it; ``values`` as in ``services.sent_traces.SentTrace``."""

    id: UUID
    trace_id: UUID
    start_time: datetime
    sent_at: datetime
    project_name: str | None = None
    values: dict[str, Any] = field(default_factory=dict)


@survives_meeting
@transaction.atomic
def ingest(*, access: Access, sent: Sequence[SentSpan]) -> set[UUID]:
    """Store a batch of spans, each where its trace is now.

    Returns the ids that live in a project the batch did not name, or whose trace does; they
    were left alone.
    """
    access.must_write()
    if not sent:
        return set()
    now = timezone.now()
    found = projects.get_or_create_all(
        access=access, names=dict.fromkeys(row.project_name for row in sent)
    )
    named = {row.id: found[projects.key_of(row.project_name)].pk for row in sent}
    homes, refused = _homes(access, sent, named)
    groups: dict[UUID, dict[UUID, SentSpan]] = defaultdict(dict)
    for row in sent:
        if row.id not in refused:
            group = groups[homes[row.id]]
            earlier = group.get(row.id)
            group[row.id] = row if earlier is None else runs.merged(earlier, row)
    for project_id in sorted(groups):
        refused |= _send(access, project_id, groups[project_id], named, now)
    first = min(named.values())
    change = events.Change("span.ingest", "project", first, first)
    change.after["spans"] = len(sent) - len(refused)
    events.record(access, [change])
    return refused


@survives_meeting
@transaction.atomic
def create(*, access: Access, sent: SentSpan) -> None:
    """Store one new span, or complete its stub. Raises Conflict as ``traces.create`` does."""
    access.must_write()
    now = timezone.now()
    named = projects.get_or_create(access=access, name=sent.project_name).pk
    home = _home(access, sent, named)
    if not UPSERTS.create(_row(access, home, named, sent, now)):
        here = Span.objects.filter(project_id=home, pk=sent.id).exists()
        raise Conflict(EXISTS if here else ELSEWHERE)
    _settle(access, home, [sent], now)
    events.record(access, [events.Change("span.create", "span", sent.id, home)])


@survives_meeting
@transaction.atomic
def patch(
    *,
    access: Access,
    sent: SentSpan,
    tags: TagChange,
    project_id: UUID | None = None,
) -> None:
    """Write what ``sent`` holds over a span, or leave a stub until the span arrives.

    Raises Conflict when it or its trace lives in a project that was not named, NotFound for an
    unknown project id, Invalid over 50 tags.
    """
    access.must_write()
    now = timezone.now()
    here = Span.objects.visible_to(access).filter(pk=sent.id)
    stored = here.only("project_id").first()
    if project_id is not None:
        named = projects.find(access=access, project_id=project_id).pk
    elif stored is not None and sent.project_name is None:
        named = stored.project_id
    else:
        named = projects.get_or_create(access=access, name=sent.project_name).pk
    home = _home(access, sent, named)
    # Locked after its trace, as a move or a delete does it.
    locked = here.only("tags").select_for_update(no_key=True).first()
    sent.values["tags"] = tags.applied_to(locked.tags if locked else None)
    if not UPSERTS.patch([_row(access, home, named, sent, now, is_stub=True)]):
        raise Conflict(ELSEWHERE)
    _settle(access, home, [sent], now)
    events.record(access, [events.Change("span.patch", "span", sent.id, home)])


@survives_meeting
@transaction.atomic
def patch_all(
    *, access: Access, ids: Collection[UUID], values: dict[str, Any], tags: TagChange
) -> None:
    """Write ``values`` over the spans of ``ids`` that the caller sees; no stubs are left.

    Raises Invalid, and changes none, when one of them would have over 50 tags.
    """
    access.must_write()
    now = timezone.now()
    stored = list(_locked(access, ids))
    rows = []
    for span in stored:
        changed = values | {"tags": tags.applied_to(span.tags)}
        sent = SentSpan(span.pk, span.trace_id, EPOCH, now, values=changed)
        rows.append(_row(access, span.project_id, span.sent_project_id, sent, now, is_stub=True))
    UPSERTS.patch(rows)
    by_project = Counter(span.project_id for span in stored)
    events.record(
        access,
        [
            events.Change("span.patch_all", "project", home, home, after={"spans": number})
            for home, number in by_project.items()
        ],
    )


@survives_meeting
@transaction.atomic
def delete(*, access: Access, ids: Collection[UUID]) -> list[UUID]:
    """Delete what the caller sees of ``ids`` with all that was said of it; returns those deleted.

    Spans below a deleted one stay: the trace then shows them at its root.
    """
    access.must_write()
    doomed = [(span.project_id, span.pk) for span in _locked(access, ids)]
    for home in sorted({home for home, _ in doomed}):
        belongings.delete_spans(
            project_id=home, span_ids=[pk for place, pk in doomed if place == home]
        )
    events.record(access, [events.Change("span.delete", "span", pk, home) for home, pk in doomed])
    return [pk for _, pk in doomed]


def _home(access: Access, sent: SentSpan, named: UUID) -> UUID:
    homes, refused = _homes(access, [sent], {sent.id: named})
    if refused:
        raise Conflict(ELSEWHERE)
    return homes[sent.id]


def _homes(
    access: Access, sent: Sequence[SentSpan], named: dict[UUID, UUID]
) -> tuple[dict[UUID, UUID], set[UUID]]:
    """Where each span goes: to its trace if that is elsewhere, else where it was sent.

    That is for spans which name the project of their trace, or the one that it or they themselves
    were first sent to; others are refused.
    """
    places = _places(access, {row.trace_id for row in sent})
    homes: dict[UUID, UUID] = {}
    refused: dict[UUID, UUID] = {}
    for row in sent:
        place = places.get(row.trace_id)
        if place is None or named[row.id] in place:
            homes[row.id] = place[0] if place else named[row.id]
        else:
            refused[row.id] = place[0]
    if refused:
        taken_along = Span.objects.visible_to(access).filter(pk__in=list(refused))
        for pk, home, first in taken_along.values_list("pk", "project_id", "sent_project_id"):
            if (home, first) == (refused[pk], named[pk]):
                homes[pk] = refused.pop(pk)
    _look_again(access, {row.trace_id for row in sent} - places.keys())
    return homes, set(refused)


def _places(access: Access, trace_ids: set[UUID]) -> dict[UUID, tuple[UUID, UUID]]:
    """Where traces are and where they were sent.

    They are locked, in the order in which batches write them: a move that came in between would
    leave the spans behind.
    """
    traces = Trace.objects.visible_to(access).filter(pk__in=trace_ids)
    rows = traces.order_by("project_id", "pk").select_for_update(no_key=True)
    return {
        pk: (home, sent_home)
        for pk, home, sent_home in rows.values_list("pk", "project_id", "sent_project_id")
    }


def _look_again(access: Access, trace_ids: set[UUID]) -> None:
    """Once the spans are stored: their traces may have arrived elsewhere in the meantime."""
    if trace_ids:
        anew = replace(access)  # with the projects that there are by then
        transaction.on_commit(partial(take_along, access=anew, trace_ids=trace_ids))


def take_along(*, access: Access, trace_ids: Collection[UUID]) -> None:
    """Bring the spans of these traces to where the traces are."""
    traces = Trace.objects.visible_to(access).filter(pk__in=list(trace_ids))
    if not traces.exists():
        return  # nearly always, and asked without a lock
    with transaction.atomic():
        by_home: dict[UUID, list[UUID]] = defaultdict(list)
        for pk, (home, _) in _places(access, set(trace_ids)).items():
            by_home[home].append(pk)
        for home, pks in sorted(by_home.items()):
            belongings.gather(trace_ids=pks, to=home, among=access.project_ids)


def _send(
    access: Access,
    project_id: UUID,
    group: dict[UUID, SentSpan],
    named: dict[UUID, UUID],
    now: datetime,
) -> set[UUID]:
    ids = sorted(group)
    refused: set[UUID] = set()
    rows = [_row(access, project_id, named[pk], group[pk], now) for pk in ids]
    if UPSERTS.send(rows) < len(ids):
        elsewhere = Span.objects.filter(pk__in=ids).exclude(project_id=project_id)
        refused = set(elsewhere.values_list("pk", flat=True))
    _settle(access, project_id, [group[pk] for pk in ids if pk not in refused], now)
    return refused


def _settle(access: Access, project_id: UUID, written: Sequence[SentSpan], now: datetime) -> None:
    waiting_scores.settle(
        workspace_id=access.workspace_id,
        entity_type=EntityType.SPAN,
        homes=dict.fromkeys([row.id for row in written], project_id),
        now=now,
    )
    # What a trace costs and which model it names is read from its spans.
    outbox.write(project_id=project_id, trace_ids=sorted({row.trace_id for row in written}))


def _locked(access: Access, ids: Collection[UUID]) -> "QuerySet[Span]":
    # In the order in which batches write them, or the two could wait for each other.
    visible = Span.objects.visible_to(access).filter(pk__in=list(ids)).order_by("project_id", "pk")
    return visible.only("project_id", "sent_project_id", "trace_id", "tags").select_for_update()


def _row(
    access: Access,
    project_id: UUID,
    sent_project_id: UUID,
    sent: SentSpan,
    now: datetime,
    *,
    is_stub: bool = False,
) -> tuple[Any, ...]:
    author = access.author_id
    sent_at = None if is_stub else sent.sent_at
    fixed = (sent.id, project_id, now, author, now, author, sent_at, sent_project_id)
    values = [sent.values.get(name) for name in MERGED]
    return (*fixed, sent.start_time, sent.trace_id, *values)
