"""How scores and their means are written: plain SQL, rows sorted by key."""

from collections.abc import Iterable, Sequence
from typing import Any

from traces_app.models import statements

_SCORE = """
traces_app_score (project_id, entity_type, entity_id, name, author_id, queue_id,
    id, value, reason, category_name, source, created_at, last_updated_at)
"""

_SCORE_AGAIN = """
ON CONFLICT (project_id, entity_type, entity_id, name, author_id, queue_id) DO UPDATE SET
    value = excluded.value, reason = excluded.reason, category_name = excluded.category_name,
    source = excluded.source, last_updated_at = excluded.last_updated_at
"""

_MEAN = """
traces_app_scoremean (project_id, entity_type, entity_id, name,
    id, name_key, value, count, newest_at)
"""

_MEAN_AGAIN = """
ON CONFLICT (project_id, entity_type, entity_id, name) DO UPDATE SET newest_at = excluded.newest_at
"""

_MEAN_ANEW = """
ON CONFLICT (project_id, entity_type, entity_id, name) DO UPDATE SET
    value = excluded.value, count = excluded.count, newest_at = excluded.newest_at
"""

_WAITING = """
INSERT INTO traces_app_waitingscore AS t (workspace_id, entity_type, entity_id, name, author_id,
    queue_id, id, value, reason, category_name, source, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (workspace_id, entity_type, entity_id, name, author_id, queue_id) DO UPDATE SET
    value = excluded.value, category_name = excluded.category_name,
    source = excluded.source, created_at = excluded.created_at,
    reason = CASE WHEN excluded.entity_type = 'trace' AND excluded.name = 'User feedback'
        THEN COALESCE(excluded.reason, t.reason) ELSE excluded.reason END
"""

_VERDICT = """
UPDATE traces_app_trace SET score = %s, feedback = %s, verdict_by_id = %s, verdict_at = %s,
    verdict_source = %s
WHERE project_id = %s AND id = %s
"""

_LONE_FEEDBACK = """
UPDATE traces_app_trace SET lone_feedback = %s, lone_feedback_by_id = %s, lone_feedback_at = %s
WHERE project_id = %s AND id = %s
"""


def write_scores(rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows in the order of _SCORE's columns, each key once; values in billionths."""
    statements.insert(_SCORE, sorted(rows, key=_key), _SCORE_AGAIN)


def write_means(rows: Iterable[tuple[Any, ...]]) -> None:
    """Make the means that are missing and lock the others, whose values stay; each key once."""
    statements.insert(_MEAN, sorted(rows, key=_key), _MEAN_AGAIN)


def update_means(rows: Iterable[tuple[Any, ...]]) -> None:
    """Write over means that are there, and locked."""
    statements.insert(_MEAN, sorted(rows, key=_key), _MEAN_ANEW)


def write_waiting(rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows in the order of _WAITING's columns; values in billionths.

    A verdict without a reason keeps the author's earlier one, as it would on a trace.
    """
    statements.run(_WAITING, sorted(rows, key=_key))


def write_verdicts(rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows of (score, feedback, author, time, source, project, trace)."""
    statements.run(_VERDICT, rows)


def write_lone_feedback(rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows of (text, author, time, project, trace)."""
    statements.run(_LONE_FEEDBACK, rows)


def _key(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row[:6]
