"""How scores and their means are written: plain SQL, rows sorted by key."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from traces_app.models.upserts import bound

_SCORE = """
INSERT INTO traces_app_score (project_id, entity_type, entity_id, name, author_id, queue_id,
    id, value, reason, category_name, source, created_at, last_updated_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (project_id, entity_type, entity_id, name, author_id, queue_id) DO UPDATE SET
    value = excluded.value, reason = excluded.reason, category_name = excluded.category_name,
    source = excluded.source, last_updated_at = excluded.last_updated_at
"""

_MEAN = """
INSERT INTO traces_app_scoremean (project_id, entity_type, entity_id, name,
    id, name_key, value, count, newest_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (project_id, entity_type, entity_id, name) DO UPDATE SET newest_at = excluded.newest_at
"""

_NEW_MEAN_VALUE = """
UPDATE traces_app_scoremean SET value = %s, count = %s, newest_at = %s
WHERE project_id = %s AND id = %s
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
    """Rows in the order of _SCORE's columns; values in billionths."""
    _executemany(_SCORE, sorted(rows, key=_key))


def write_means(rows: Iterable[tuple[Any, ...]]) -> None:
    """Make the means that are missing and lock the others, whose values stay."""
    _executemany(_MEAN, sorted(rows, key=_key))


def update_means(rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows of (value, count, newest_at, project, id)."""
    _executemany(_NEW_MEAN_VALUE, rows)


def write_waiting(rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows in the order of _WAITING's columns; values in billionths.

    A verdict without a reason keeps the author's earlier one, as it would on a trace.
    """
    _executemany(_WAITING, sorted(rows, key=_key))


def write_verdicts(rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows of (score, feedback, author, time, source, project, trace)."""
    _executemany(_VERDICT, rows)


def write_lone_feedback(rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows of (text, author, time, project, trace)."""
    _executemany(_LONE_FEEDBACK, rows)


def _key(row: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(str(value) for value in row[:6])


def _executemany(sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql, [tuple([bound(value) for value in row]) for row in rows])
