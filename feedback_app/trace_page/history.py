"""Who changed what about one trace, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from feedback_app.models import User
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import VERDICT, AuditEvent, EntityType, Score, Trace

SHOWN = 12
MOST = 500


@dataclass(frozen=True)
class Line:
    """One thing that happened: by whom, in words, from what to what."""

    at: datetime
    actor_id: UUID | None
    words: str
    before: str = ""
    after: str = ""
    actor: str = field(default="")


_WORDS = {
    "trace.create": "sent the trace",
    "trace.patch": "changed the trace",
    "trace.move": "moved it to another project",
    "comment.add": "commented",
    "comment.edit": "edited a comment",
    "comment.delete": "deleted a comment",
    "feedback.set": "wrote feedback",
    "correction.submit": "corrected the output",
    "dataset.add": "added it to a dataset",
    "dataset.add_failed": "could not add it to a dataset",
}


@dataclass(frozen=True)
class History:
    """The newest lines, and how many there are in all."""

    lines: list[Line]
    total: int


def of(access: Access, trace: Trace, *, everything: bool = False) -> History:
    """What the audit trail and the scores themselves tell; three queries."""
    events = list(
        AuditEvent.objects.filter(
            workspace_id=access.workspace_id,
            project_id=trace.project_id,
            entity_type__in=(EntityType.TRACE.value,),
            entity_id=trace.pk,
        ).order_by("-pk")[:MOST]
    )
    lines = [_told(event) for event in events]
    lines += _first_scores(access, trace, lines)
    lines.append(Line(trace.created_at, trace.created_by_id, "sent the trace"))
    if any(event.action == "trace.create" for event in events):
        lines.pop()
    lines.sort(key=lambda line: line.at, reverse=True)
    shown = lines if everything else lines[:SHOWN]
    return History(_with_names(shown), len(lines))


def _told(event: AuditEvent) -> Line:
    before = _facts(event.before)
    after = _facts(event.after)
    if event.action.startswith("score."):
        return _score_line(event, before, after)
    words = _WORDS.get(event.action, event.action.replace(".", " ").replace("_", " "))
    return Line(event.created_at, event.actor_id, words, _text(before), _text(after))


def _score_line(event: AuditEvent, before: dict[str, Any], after: dict[str, Any]) -> Line:
    name = before.get("name") or after.get("name") or ""
    about = "" if name == VERDICT else f" {name}"
    verb = "removed the score" if event.action == "score.delete" else "scored"
    return Line(event.created_at, event.actor_id, f"{verb}{about}", _number(before), _number(after))


def _first_scores(access: Access, trace: Trace, told: Iterable[Line]) -> list[Line]:
    """Scores that came first through an API have one event a request, not one each."""
    known = {(line.actor_id, line.words) for line in told}
    rows = Score.objects.visible_to(access).about(EntityType.TRACE, {trace.pk})
    lines = []
    for row in rows.filter(project_id=trace.project_id):
        words = "scored" if row.name == VERDICT else f"scored {row.name}"
        if (row.author_id, words) not in known:
            value = f"{row.value.normalize():f}"
            lines.append(Line(row.created_at, row.author_id, words, "", value))
    return lines


def _with_names(lines: list[Line]) -> list[Line]:
    people = User.objects.in_bulk({line.actor_id for line in lines if line.actor_id})
    return [
        Line(
            line.at,
            line.actor_id,
            line.words,
            line.before,
            line.after,
            str(people.get(line.actor_id, "Somebody")) if line.actor_id else "The system",
        )
        for line in lines
    ]


def _facts(text: str) -> dict[str, Any]:
    facts = normal_form.load(text)
    return facts if isinstance(facts, dict) else {}


def _number(facts: dict[str, Any]) -> str:
    value = facts.get("value")
    return "" if value is None else f"{value:g}"


def _text(facts: dict[str, Any]) -> str:
    said = facts.get("text") or facts.get("feedback") or facts.get("dataset") or ""
    return said if isinstance(said, str) and len(said) <= 120 else f"{str(said)[:119]}…"
