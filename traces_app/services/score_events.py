"""What becomes of scores and of a verdict's words, in the audit trail (architecture §3)."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from traces_app.access import Access
from traces_app.models import NIL, Face, Score, Source, Trace
from traces_app.services import events, verdicts
from traces_app.services.score_rows import NewScore, Overwritten, ScoreKey


def written(access: Access, scores: list[NewScore], before: dict[ScoreKey, Overwritten]) -> None:
    """One event for each score of a page, or that replaces a person's; one for all others."""
    one_by_one = access.face in (Face.PAGE, Face.ADMIN)
    changes = []
    for score in scores:
        old = before.get(score.key)
        if one_by_one or (old is not None and _by_a_person(old)):
            changes.append(_set(score, old))
    silent = len(scores) - len(changes)
    if silent:
        first = scores[0].project_id
        changes.append(events.Change("score.batch", "project", first, first, after={"n": silent}))
    events.record(access, changes)


def cleared(access: Access, scores: list[NewScore]) -> None:
    """A verdict whose reason is "" takes the feedback away that somebody wrote alone."""
    clearing = [score for score in scores if verdicts.clears_words(score)]
    if not clearing:
        return
    lone = Trace.objects.filter(
        project_id__in={score.project_id for score in clearing},
        pk__in=[score.entity_id for score in clearing],
        lone_feedback__isnull=False,
    )
    words(access, dict.fromkeys(lone.values_list("project_id", "pk"), ""))


def words(access: Access, alone: Mapping[tuple[UUID, UUID], str]) -> None:
    """The feedback of each (project, trace) as it was, and as it will be; "" is none."""
    traces = Trace.objects.filter(
        project_id__in={home for home, _ in alone}, pk__in=[pk for _, pk in alone]
    )
    before = dict(traces.values_list("pk", "feedback"))
    one_by_one = access.face in (Face.PAGE, Face.ADMIN)
    changes = [
        events.Change(
            "feedback.set",
            "trace",
            pk,
            home,
            before={"feedback": before[pk]},
            after={"feedback": text or None},
        )
        for (home, pk), text in alone.items()
        if one_by_one or before[pk]
    ]
    silent = len(alone) - len(changes)
    if silent:
        home, _ = next(iter(alone))
        changes.append(events.Change("feedback.batch", "project", home, home, after={"n": silent}))
    events.record(access, changes)


def _by_a_person(old: Overwritten) -> bool:
    return old.source in (Source.UI, Source.PREM) or old.queue_id != NIL


def _set(score: NewScore, old: Overwritten | None) -> events.Change:
    before: dict[str, object] = {"name": score.name}
    if old is not None:
        before |= {"value": float(old.value), "reason": old.reason}
    after = {"name": score.name, "value": float(score.value), "reason": score.reason or ""}
    return events.Change(
        "score.set", score.entity_type.value, score.entity_id, score.project_id, before, after
    )


def deleted(row: Score) -> events.Change:
    """That a score is gone, and whose it was."""
    before = {
        "name": row.name,
        "value": float(row.value),
        "reason": row.reason,
        "author": str(row.author_id),
    }
    return events.Change("score.delete", row.entity_type, row.entity_id, row.project_id, before)


def returned(row: Score, value: Decimal, reason: str) -> events.Change:
    """That a score is again what it was before."""
    before = {"name": row.name, "value": float(row.value), "reason": row.reason}
    after = {"name": row.name, "value": float(value), "reason": reason}
    return events.Change("score.set", row.entity_type, row.entity_id, row.project_id, before, after)
