"""Traces as a file has them: what went in and came out, and all that was said about it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Raw

from feedback_app.models import Correction
from traces_app.access import Access
from traces_app.models import Comment, EntityType, Score, ScoreMean, Trace
from traces_app.models.project_rows import BY_ID
from traces_app.services import authors

Row = dict[str, Any]
_PLAIN = ("name", "environment", "source", "feedback", "processing_status", "processing_error")
_JSON = ("input", "output", "metadata", "tags", "error_info")


def of(access: Access, ids: Sequence[UUID]) -> list[Row]:
    """The rows of those that the caller sees, in the order of ``ids``. Six queries.

    Means are by name, scores by author with the reason; of the corrections the newest is in force.
    """
    traces = Trace.objects.visible_to(access).filter(pk__in=ids).select_related("project")
    found = traces.in_bulk()
    scores = _by(Score.objects.visible_to(access).about(EntityType.TRACE, set(found)))
    comments = _by(Comment.objects.visible_to(access).about(EntityType.TRACE, set(found)))
    means = _by(ScoreMean.objects.visible_to(access).about(EntityType.TRACE, set(found)))
    corrections = defaultdict(list)
    submitted = Correction.objects.submitted().filter(
        project__in=access.project_ids, trace_id__in=list(found)
    )
    for correction in submitted.order_by("-submitted_at", "-pk"):
        corrections[correction.trace_id].append(correction)
    people = authors.names(
        [
            *(trace.verdict_by_id for trace in found.values()),
            *(each.author_id for said in scores.values() for each in said),
            *(each.created_by_id for said in comments.values() for each in said),
            *(each.author_id for made in corrections.values() for each in made),
        ]
    )
    return [
        _trace(found[pk], people)
        | {
            "means": {each.name: float(each.value) for each in means[pk]},
            "scores": [_score(each, people) for each in scores[pk]],
            "comments": [_comment(each, people) for each in comments[pk]],
            "corrections": [_correction(each, people) for each in corrections[pk]],
        }
        for pk in ids
        if pk in found
    ]


def _by(said: Any) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for each in said.order_by(BY_ID):
        grouped[each.entity_id].append(each)
    return grouped


def _trace(trace: Trace, people: dict[UUID, str]) -> Row:
    by = trace.verdict_by_id
    return {
        "id": str(trace.pk),
        "project": trace.project.name,
        "started_at": _time(trace.start_time),
        "ended_at": _time(trace.end_time),
        "thread": trace.thread_id,
        "model": trace.model_id,
        **{name: getattr(trace, name) for name in _PLAIN},
        **{name: _json(getattr(trace, name)) for name in _JSON},
        "score": None if trace.score is None else float(trace.score),
        "scored_by": people.get(by) if by else None,
        "scored_at": _time(trace.verdict_at),
        "score_source": trace.verdict_source,
        "added_to_dataset": trace.added_to_dataset,
    }


def _score(score: Score, people: dict[UUID, str]) -> Row:
    return {
        "name": score.name,
        "value": float(score.value),
        "category": score.category_name or None,
        "reason": score.reason or None,
        "author": people.get(score.author_id, ""),
        "source": score.source,
        "queue": str(score.queue_id) if score.queue_id.int else None,
        "at": _time(score.last_updated_at),
    }


def _comment(comment: Comment, people: dict[UUID, str]) -> Row:
    return {
        "text": comment.text,
        "author": people.get(comment.created_by_id, ""),
        "at": _time(comment.created_at),
    }


def _correction(correction: Correction, people: dict[UUID, str]) -> Row:
    return {
        "output": _json(correction.output),
        "author": people.get(correction.author_id, ""),
        "at": _time(correction.submitted_at),
    }


def _json(stored: str | None) -> Raw | None:
    return None if stored is None else Raw(stored.encode())


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
