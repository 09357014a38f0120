"""Writing spans: sent in batches, before or after their trace."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from traces_app.access import Access
from traces_app.errors import Conflict
from traces_app.models import EntityType, Span, Trace
from traces_app.models.spans_sql import MERGED, UPSERTS
from traces_app.services import events, projects, runs, waiting_scores
from traces_app.services.tags import TagChange
from traces_app.services.traces import ELSEWHERE

EXISTS = "Span already exists"


@dataclass(slots=True)
class SentSpan:
    """One span as a client sent it; ``values`` as in ``services.traces.SentTrace``."""

    id: UUID
    trace_id: UUID
    start_time: datetime
    sent_at: datetime
    project_name: str | None = None
    values: dict[str, Any] = field(default_factory=dict)


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
        refused |= _send(access, project_id, groups[project_id], now)
    first = min(named.values())
    change = events.Change("span.ingest", "project", first, first)
    change.after["spans"] = len(sent) - len(refused)
    events.record(access, [change])
    return refused


@transaction.atomic
def create(*, access: Access, sent: SentSpan) -> None:
    """Store one new span, or complete its stub. Raises Conflict as ``traces.create`` does."""
    access.must_write()
    now = timezone.now()
    project = projects.get_or_create(access=access, name=sent.project_name)
    homes, refused = _homes(access, [sent], {sent.id: project.pk})
    if refused:
        raise Conflict(ELSEWHERE)
    home = homes[sent.id]
    if not UPSERTS.create(_row(access, home, sent, now)):
        here = Span.objects.filter(project_id=home, pk=sent.id).exists()
        raise Conflict(EXISTS if here else ELSEWHERE)
    _settle(access, home, [sent.id], now)
    events.record(access, [events.Change("span.create", "span", sent.id, home)])


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
    homes, refused = _homes(access, [sent], {sent.id: named})
    if refused:
        raise Conflict(ELSEWHERE)
    # Locked after its trace, as a move or a delete does it.
    locked = here.only("tags").select_for_update(no_key=True).first()
    sent.values["tags"] = tags.applied_to(locked.tags if locked else None)
    home = homes[sent.id]
    if not UPSERTS.patch([_row(access, home, sent, now, is_stub=True)]):
        raise Conflict(ELSEWHERE)
    _settle(access, home, [sent.id], now)
    events.record(access, [events.Change("span.patch", "span", sent.id, home)])


def _homes(
    access: Access, sent: Sequence[SentSpan], named: dict[UUID, UUID]
) -> tuple[dict[UUID, UUID], set[UUID]]:
    """Where each span goes: to its trace if that was moved there, else where it was sent.

    The traces are locked, in the order in which batches write them: a move that came in between
    would leave the spans behind.
    """
    traces = Trace.objects.visible_to(access).filter(pk__in={row.trace_id for row in sent})
    rows = traces.order_by("project_id", "pk").select_for_update(no_key=True)
    places = {
        pk: (home, sent_home)
        for pk, home, sent_home in rows.values_list("pk", "project_id", "sent_project_id")
    }
    homes: dict[UUID, UUID] = {}
    refused: set[UUID] = set()
    for row in sent:
        place = places.get(row.trace_id)
        if place is None or named[row.id] in place:
            homes[row.id] = place[0] if place else named[row.id]
        else:
            refused.add(row.id)
    return homes, refused


def _send(
    access: Access, project_id: UUID, group: dict[UUID, SentSpan], now: datetime
) -> set[UUID]:
    ids = sorted(group)
    refused: set[UUID] = set()
    if UPSERTS.send([_row(access, project_id, group[pk], now) for pk in ids]) < len(ids):
        elsewhere = Span.objects.filter(pk__in=ids).exclude(project_id=project_id)
        refused = set(elsewhere.values_list("pk", flat=True))
    _settle(access, project_id, [pk for pk in ids if pk not in refused], now)
    return refused


def _settle(access: Access, project_id: UUID, ids: Sequence[UUID], now: datetime) -> None:
    waiting_scores.settle(
        workspace_id=access.workspace_id,
        entity_type=EntityType.SPAN,
        homes=dict.fromkeys(ids, project_id),
        now=now,
    )


def _row(
    access: Access, project_id: UUID, sent: SentSpan, now: datetime, *, is_stub: bool = False
) -> tuple[Any, ...]:
    author = access.author_id
    sent_at = None if is_stub else sent.sent_at
    fixed = (sent.id, project_id, now, author, now, author, sent_at, project_id)
    values = [sent.values.get(name) for name in MERGED]
    return (*fixed, sent.start_time, sent.trace_id, *values)
