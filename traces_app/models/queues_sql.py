"""Which traces stand in queues: alone, in pairs or threads. How often items were reviewed."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models.expressions import RawSQL

from traces_app.models import statements

_TRACE_IDS = """
SELECT entity_id FROM traces_app_queueitem
WHERE project_id IN ({projects}) AND queue_id IN ({queues}) AND entity_type = 'trace'
UNION ALL
SELECT other_id FROM traces_app_queueitem
WHERE project_id IN ({projects}) AND queue_id IN ({queues}) AND other_id IS NOT NULL
UNION ALL
SELECT trace.id FROM traces_app_queueitem AS item
JOIN traces_app_thread AS thread
    ON thread.project_id = item.project_id AND thread.id = item.entity_id
JOIN traces_app_trace AS trace
    ON trace.project_id = thread.project_id AND trace.thread_id = thread.thread_id
WHERE item.project_id IN ({projects}) AND item.queue_id IN ({queues})
    AND item.entity_type = 'thread'
"""

_PEOPLE = """
SELECT COUNT(DISTINCT score.author_id) FROM traces_app_score AS score
WHERE score.project_id = traces_app_queueitem.project_id
    AND score.entity_type = traces_app_queueitem.entity_type
    AND score.entity_id = traces_app_queueitem.entity_id
    AND score.queue_id = traces_app_queueitem.queue_id
"""

_REVIEWS = f"""
UPDATE traces_app_queueitem
SET review_count = ({_PEOPLE}), is_done = ({_PEOPLE}) >= reviews_needed
WHERE project_id = %s AND queue_id = %s AND entity_id = %s
"""  # noqa: S608 - of constants

_POSITION = """
UPDATE traces_app_queueitem SET position = %s
WHERE project_id = %s AND queue_id = %s AND entity_id = %s
"""


def trace_ids(project_ids: Sequence[UUID], queue_ids: Sequence[UUID]) -> RawSQL:
    """The traces of these queues, for ``pk__in``; neither list is empty.

    One list of keys, which both databases walk from the items: asked row by row, the first page
    of a large project would look at every trace that is not in a queue.
    """
    marks = {
        "projects": ", ".join(["%s"] * len(project_ids)),
        "queues": ", ".join(["%s"] * len(queue_ids)),
    }
    (bound,) = statements.stored([(*project_ids, *queue_ids) * 3])
    return RawSQL(_TRACE_IDS.format(**marks), bound)  # noqa: S611 - the marks are all that varies


def write_positions(rows: Sequence[tuple[int, UUID, UUID, UUID]]) -> None:
    """Rows of (position, project, queue, entity), sorted by all but the first."""
    statements.run(_POSITION, rows)


def count_reviews(items: Sequence[tuple[UUID, UUID, UUID]]) -> None:
    """Write how many people have scored items in their queues, and which are done thereby.

    Items by (project, queue, entity), sorted.
    """
    statements.run(_REVIEWS, items)
