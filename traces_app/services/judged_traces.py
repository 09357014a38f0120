"""Traces that come with their verdict, and changes of both at once (prem.md §4.3, §4.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from msgspec import UNSET, UnsetType
from uuid_utils.compat import uuid7

from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import VERDICT, EntityType, Project, Trace
from traces_app.services import feedbacks, projects, scores, traces
from traces_app.services.scores import Said
from traces_app.services.sent_traces import SentTrace

NOT_FOUND = "Trace not found"


@dataclass(slots=True)
class JudgedTrace:
    """A new trace; ``values`` as in SentTrace. Without a project it goes to the default one."""

    values: dict[str, Any]
    project_id: UUID | None = None
    score: Decimal | None = None
    feedback: str = ""


@dataclass(slots=True)
class Rejudgement:
    """What to change; what is UNSET stays. None takes the caller's score or words away."""

    score: Decimal | UnsetType | None = UNSET
    feedback: str | UnsetType | None = UNSET
    project_id: UUID | UnsetType | None = UNSET


@transaction.atomic
def create(*, access: Access, sent: Sequence[JudgedTrace]) -> list[UUID | None]:
    """Store new traces with their verdicts; their ids, None where the project is unknown."""
    access.must_write()
    named = {trace.project_id for trace in sent if trace.project_id is not None}
    visible = Project.objects.visible_to(access).filter(pk__in=named)
    names: dict[UUID | None, str | None] = {None: None}
    names.update(visible.values_list("pk", "name"))
    ids = [uuid7() if trace.project_id in names else None for trace in sent]
    now = timezone.now()
    stored = [(pk, trace) for pk, trace in zip(ids, sent, strict=True) if pk is not None]
    if not stored:
        return ids
    batch = [
        SentTrace(pk, now, now, names[trace.project_id], trace.values | {"end_time": now})
        for pk, trace in stored
    ]
    traces.ingest(access=access, sent=batch, now=now)
    source = scores.source_of(access.face)
    said = [
        Said(pk, VERDICT, trace.score, source, trace.feedback)
        for pk, trace in stored
        if trace.score is not None
    ]
    if said:
        scores.record(access=access, entity_type=EntityType.TRACE, said=said)
    words = {pk: trace.feedback for pk, trace in stored if trace.score is None and trace.feedback}
    if words:
        feedbacks.give_all(access=access, feedbacks=words)
    return ids


@transaction.atomic
def update(*, access: Access, trace_id: UUID, change: Rejudgement) -> None:
    """Change a trace's verdict, its project, or both. Raises NotFound, also for the project."""
    access.must_judge()
    visible = Trace.objects.visible_to(access).filter(pk=trace_id)
    if not visible.select_for_update(no_key=True).exists():
        raise NotFound(NOT_FOUND)
    if change.project_id is not UNSET:
        access.must_write()
        traces.move(access=access, trace_id=trace_id, to=_project(access, change.project_id))
    feedback = change.feedback
    if change.score is None:
        feedbacks.withdraw(access=access, trace_id=trace_id)
    elif change.score is not UNSET:
        reason = None if feedback is UNSET else feedback or ""
        said = Said(trace_id, VERDICT, change.score, scores.source_of(access.face), reason)
        scores.record(access=access, entity_type=EntityType.TRACE, said=[said])
        return
    if feedback is not UNSET:
        feedbacks.give(access=access, trace_id=trace_id, feedback=feedback)


def _project(access: Access, project_id: UUID | None) -> Project:
    if project_id is None:
        return projects.get_or_create(access=access, name=None)
    return projects.find(access=access, project_id=project_id)
