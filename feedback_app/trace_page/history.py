"""Who changed what about one trace, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from feedback_app.models import Dataset, User
from feedback_app.trace_page import wording
from feedback_app.trace_page.wording import Told
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import AuditEvent, EntityType, Project, Score, Trace

SHOWN = 12
MOST = 500
"""Events that are looked at; older ones are in the operator's audit log alone."""


@dataclass(frozen=True)
class Line:
    """One thing that happened, in words; the names are filled in last."""

    at: datetime
    actor_id: UUID | None
    told: Told
    actor: str = ""
    whose: str = ""


@dataclass(frozen=True)
class History:
    """The newest lines, and how many there are in all."""

    lines: list[Line]
    total: int


def of(access: Access, trace: Trace, *, everything: bool = False) -> History:
    """What the audit trail and the scores themselves tell; at most five queries.

    The trail of a trace that was moved lies in every project that it has been in. A reviewer reads
    of own deeds only: what others did would tell how they judged.
    """
    trail = AuditEvent.objects.filter(
        workspace_id=access.workspace_id,
        project_id__in=access.project_ids,
        entity_type=EntityType.TRACE,
        entity_id=trace.pk,
    )
    if access.sees_queues_only:
        trail = trail.filter(actor_id=access.author_id)
    events = list(trail.order_by("-pk")[:MOST])
    lines = _lines(access, events)
    lines += _first_scores(access, trace, events)
    if all(event.action != "trace.create" for event in events):
        lines.append(Line(trace.created_at, trace.created_by_id, Told("sent the trace")))
    lines.sort(key=lambda line: line.at, reverse=True)
    return History(_with_people(lines if everything else lines[:SHOWN]), len(lines))


def _lines(access: Access, events: list[AuditEvent]) -> list[Line]:
    facts = [(_facts(event.before), _facts(event.after)) for event in events]
    if access.sees_queues_only:  # the words that own deeds took away may be another's
        facts = [
            ({}, after) if event.action == "feedback.set" else (before, after)
            for event, (before, after) in zip(events, facts, strict=True)
        ]
    names = _names(access, (each for pair in facts for each in pair))
    return [
        Line(event.created_at, event.actor_id, wording.tell(event.action, *pair, names))
        for event, pair in zip(events, facts, strict=True)
    ]


def _first_scores(access: Access, trace: Trace, events: list[AuditEvent]) -> list[Line]:
    """Scores that came first through an API have one event a request, not one each."""
    told = {
        (event.actor_id, _facts(event.after).get("name"))
        for event in events
        if event.action == "score.set"
    }
    rows = Score.objects.visible_to(access).about(EntityType.TRACE, {trace.pk})
    lines = []
    for row in rows.filter(project_id=trace.project_id):
        if (row.author_id, row.name) not in told:
            value = f"{row.value.normalize():f}"
            words = Told(
                f"scored{wording.about(row.name)}", after=value, why=wording.quoted(row.reason)
            )
            lines.append(Line(row.created_at, row.author_id, words))
    return lines


def _names(access: Access, facts: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Names of the projects and datasets that are mentioned, by the text of their ids."""
    facts = list(facts)
    named: dict[str, str] = {}
    projects = {str(each["project"]) for each in facts if "project" in each}
    if projects:
        mine = Project.objects.visible_to(access).filter(pk__in=projects)
        named |= {str(pk): name for pk, name in mine.values_list("pk", "name")}
    datasets = {str(each["dataset"]) for each in facts if "dataset" in each}
    if datasets:
        theirs = Dataset.objects.visible_to(access).filter(pk__in=datasets)
        named |= {str(pk): name for pk, name in theirs.values_list("pk", "name")}
    return named


def _with_people(lines: list[Line]) -> list[Line]:
    wanted = {str(line.actor_id) for line in lines} | {line.told.whose for line in lines}
    people = User.objects.in_bulk([UUID(pk) for pk in wanted - {"", "None"}])
    names = {str(pk): str(person) for pk, person in people.items()}
    return [
        replace(
            line,
            actor=names.get(str(line.actor_id), "Somebody") if line.actor_id else "The system",
            whose=_whose(line, names),
        )
        for line in lines
    ]


def _whose(line: Line, names: dict[str, str]) -> str:
    owner = line.told.whose
    return names.get(owner, "somebody") if owner not in {"", str(line.actor_id)} else ""


def _facts(text: str) -> dict[str, Any]:
    facts = normal_form.load(text)
    return facts if isinstance(facts, dict) else {}
