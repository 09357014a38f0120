"""Threads as Opik's clients read them: nulls omitted, messages passed through (opik.md §3)."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Subquery, TextField

from traces_app.api.opik.serializers import placeholders, run_reads
from traces_app.api.opik.serializers.shown import Shown
from traces_app.models import EntityType, ScoreMean, Thread
from traces_app.models.threads import ThreadQuerySet
from traces_app.query import rollups, threads
from traces_app.query.rollups import Rollup

EXCLUDABLE = frozenset(
    [
        "start_time",
        "end_time",
        "duration",
        "first_message",
        "last_message",
        "feedback_scores",
        "status",
        "number_of_messages",
        "total_estimated_cost",
        "usage",
        "comments",
        "tags",
        "annotation_queues",
        "last_updated_at",
        "last_updated_by",
        "created_at",
        "created_by",
        "environment",
    ]
)
"""What ``exclude`` may name."""

_COLUMNS = (
    "id",
    "project_id",
    "thread_id",
    "status",
    "tags",
    "environment",
    "trace_count",
    "created_at",
    "last_updated_at",
    "last_updated_by_id",
)
_DOCUMENTS = frozenset({"first_message", "last_message", "tags"})
_WITHOUT = ("providers", "span_feedback_scores")


def read(
    chosen: ThreadQuerySet,
    *,
    project_id: UUID,
    shown: Shown,
    truncate: bool = False,
    strip_attachments: bool = False,
    exclude: Collection[str] = (),
) -> list[dict[str, Any]]:
    """What the API prints of each thread of the project, in the queryset's order.

    A fixed number of queries; two more where files go back into messages.
    """
    derived = {name: value for name, value in _derived(project_id).items() if name not in exclude}
    rows = [_complete(row) for row in chosen.annotate(**derived).values(*_COLUMNS, *derived)]
    if not (truncate or strip_attachments):
        _put_files_back(project_id, rows)
    said = run_reads.said_about(EntityType.THREAD, rows, exclude, shown)
    rolled = _rolled_up(project_id, rows, exclude, shown)
    return [
        _printed(row, said, rolled.get(row["thread_id"], Rollup()), truncate, exclude)
        for row in rows
    ]


def read_sorted(chosen: ThreadQuerySet, *, project_id: UUID, **how: Any) -> list[dict[str, Any]]:
    """The same of threads in an order of their own: what is derived is read of these alone.

    SQLite would read it of all that it sorts.
    """
    order = {pk: place for place, pk in enumerate(chosen.values_list("pk", flat=True))}
    wanted = Thread.objects.filter(project_id=project_id, pk__in=list(order))
    rows = read(wanted, project_id=project_id, **how)
    return sorted(rows, key=lambda row: order[row["thread_model_id"]])


def _derived(project_id: UUID) -> dict[str, Any]:
    projects = [project_id]
    first = threads.opening(projects).values("input")[:1]
    last = threads.closing(projects).values("output")[:1]
    return {
        "start_time": threads.start_time(projects),
        "end_time": threads.end_time(projects),
        "first_message": Subquery(first, output_field=TextField()),
        "last_message": Subquery(last, output_field=TextField()),
        "first_sender": threads.created_by(projects),
    }


def _put_files_back(project_id: UUID, rows: list[dict[str, Any]]) -> None:
    """Files are those of the traces: the first message is one's input, the last one's output."""
    marked = [row for row in rows if placeholders.is_marked(row, ("first_message", "last_message"))]
    if not marked:
        return  # nearly always
    first = threads.opening([project_id]).values("pk")[:1]
    last = threads.closing([project_id]).values("pk")[:1]
    here = Thread.objects.filter(project_id=project_id, pk__in=[row["id"] for row in marked])
    ends = here.annotate(first=Subquery(first), last=Subquery(last))
    traces = {pk: pair for pk, *pair in ends.values_list("pk", "first", "last")}
    sides = [
        (row, message, {"id": trace_id, "project_id": project_id, field: row.get(message)}, field)
        for row in marked
        for trace_id, message, field in zip(
            traces[row["id"]], ("first_message", "last_message"), ("input", "output"), strict=True
        )
        if row.get(message) is not None
    ]
    placeholders.fill(EntityType.TRACE, [side for _, _, side, _ in sides])
    for row, message, side, field in sides:
        row[message] = side[field]


def _complete(row: dict[str, Any]) -> dict[str, Any]:
    row["created_by_id"] = row.pop("first_sender")
    for name in ("start_time", "end_time"):
        row.setdefault(name, None)
    return row


def _rolled_up(
    project_id: UUID, rows: list[dict[str, Any]], exclude: Collection[str], shown: Shown
) -> dict[str, Rollup]:
    if not rows or {"usage", "total_estimated_cost"} <= set(exclude):
        return {}
    names = [row["thread_id"] for row in rows]
    means = ScoreMean.objects.visible_to(shown.access)
    return rollups.of_threads([project_id], names, means=means, without=(*_WITHOUT, *exclude))


def _printed(
    row: dict[str, Any],
    said: run_reads.Said,
    rollup: Rollup,
    truncate: bool,
    exclude: Collection[str],
) -> dict[str, Any]:
    printed = run_reads.printed(row, said, documents=_DOCUMENTS, truncate=truncate)
    traces = printed.pop("trace_count")
    printed |= {
        "id": printed.pop("thread_id"),
        "thread_model_id": row["id"],
        "number_of_messages": traces * threads.MESSAGES_A_TRACE,
        "last_updated_by": said.authors.get(row["last_updated_by_id"]),
        "usage": rollup.usage or None,
        "total_estimated_cost": rollup.cost,
    }
    return {
        name: value for name, value in printed.items() if value is not None and name not in exclude
    }
