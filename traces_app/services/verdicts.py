"""The verdict of a trace: the newest score called "User feedback" between 0 and 1, its reason.

One rule for every face (architecture §3): Prem's score and feedback, Opik's score of that name,
what the pages show and what the dataset threshold reads are the same thing.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from traces_app.models import VERDICT, EntityType, Score, Trace
from traces_app.models.prepared import prepared
from traces_app.models.scores import BILLION, to_billionths
from traces_app.models.scores_sql import write_lone_feedback, write_verdicts

if TYPE_CHECKING:
    from traces_app.services.score_rows import NewScore


def keep_reasons(scores: Iterable["NewScore"], before: Mapping[Any, Any]) -> None:
    """Give each verdict that came without a reason the author's own earlier words.

    These are the reason of the row it replaces, else the feedback that the author wrote alone.
    A reason sent as "" clears both.
    """
    absent: list[NewScore] = []
    cleared: list[NewScore] = []
    for score in scores:
        if score.reason is None:
            absent.append(score)
        elif clears_words(score):
            cleared.append(score)
    lone = _lone_feedback({score.entity_id for score in absent}, {s.project_id for s in absent})
    for score in absent:
        earlier = before.get(score.key)
        own = lone.get((score.entity_id, score.author_id), "")
        score.reason = (earlier.reason if earlier else "") or own
    if cleared:
        write_alone({score.entity_id for score in cleared}, {s.project_id for s in cleared}, None)


def clears_words(score: "NewScore") -> bool:
    """Whether a score takes away the feedback that stands alone.

    One that does not move the verdict leaves its words alone, too.
    """
    return score.is_verdict and score.reason == "" and 0 <= to_billionths(score.value) <= BILLION


def write_alone(
    trace_ids: Collection[UUID],
    project_ids: Collection[UUID],
    feedback: str | None,
    author_id: UUID | None = None,
) -> None:
    """Set or clear the feedback that stands on traces without a score."""
    Trace.objects.filter(project_id__in=project_ids, pk__in=trace_ids).update(
        lone_feedback=feedback or None,
        lone_feedback_by=author_id if feedback else None,
        lone_feedback_at=timezone.now() if feedback else None,
    )


def write_each_alone(words: Mapping[tuple[UUID, UUID], str], author_id: UUID) -> None:
    """Set the feedback that stands alone, a text of its own per (project, trace); "" clears."""
    now = timezone.now()
    write_lone_feedback(
        [
            (text, author_id, now, *pair) if text else (None, None, None, *pair)
            for pair, text in sorted(words.items())
        ]
    )


def refresh(traces: Iterable[tuple[UUID, UUID]]) -> None:
    """Compute the verdict of (project, trace) pairs anew from the rows that are there."""
    wanted = sorted(set(traces))
    if not wanted:
        return
    projects = list({project_id for project_id, _ in wanted})
    ids = [trace_id for _, trace_id in wanted]
    newest: dict[UUID, tuple[Decimal, str, UUID, datetime, str]] = {}
    for trace_id, *row in _verdicts(projects, ids):
        newest[trace_id] = tuple(row)
    alone = {pk: (text, author, at) for pk, text, author, at in _alone(projects, ids)}
    write_verdicts(
        [
            (*_verdict(newest.get(trace_id), alone.get(trace_id)), project_id, trace_id)
            for project_id, trace_id in wanted
        ]
    )


@prepared
def _verdicts(project_ids: list[UUID], ids: list[UUID]) -> "QuerySet[Score, tuple[Any, ...]]":
    rows = Score.objects.about(EntityType.TRACE, ids).filter(
        project_id__in=project_ids, name=VERDICT, value__gte=Decimal(0), value__lte=Decimal(1)
    )
    return rows.order_by("last_updated_at", "pk").values_list(
        "entity_id", "value", "reason", "author_id", "last_updated_at", "source"
    )


@prepared
def _alone(project_ids: list[UUID], ids: list[UUID]) -> "QuerySet[Trace, tuple[Any, ...]]":
    rows = Trace.objects.filter(project_id__in=project_ids, pk__in=ids, lone_feedback__isnull=False)
    return rows.values_list("pk", "lone_feedback", "lone_feedback_by", "lone_feedback_at")


def _verdict(
    row: tuple[Decimal, str, UUID, datetime, str] | None,
    alone: tuple[Any, ...] | None,
) -> tuple[int | None, str | None, UUID | None, datetime | None, str | None]:
    if row is None:
        text, author, at = alone or (None, None, None)
        return None, text, author, at, None
    value, reason, author, at, source = row
    text = reason or None
    if alone is not None and (text is None or alone[2] > at):
        text = alone[0]
    return to_billionths(value), text, author, at, source


def _lone_feedback(ids: set[UUID], projects: set[UUID]) -> dict[tuple[UUID, UUID | None], str]:
    if not ids:
        return {}
    rows = Trace.objects.filter(
        project_id__in=projects, pk__in=ids, lone_feedback__isnull=False
    ).values_list("pk", "lone_feedback_by", "lone_feedback")
    return {(pk, author): text or "" for pk, author, text in rows}
