"""Threads with everything in their traces that could mislead a filter, and what they must show."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from feedback_app.models import User
from tests import factories
from tests.traces_app.query.rows import NOON
from traces_app.models import (
    AnnotationQueue,
    EntityType,
    Project,
    QueueItem,
    ScoreMean,
    Span,
    Thread,
    Trace,
)

_LONG = timedelta(hours=30)
_SHORT = timedelta(microseconds=1500)

# Of each thread: its own columns, and its traces; a trace's "spans" are its spans.
_THREADS: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
    ({"thread_id": "bare"}, [{}]),
    (
        {
            "thread_id": "Thread-1",
            "status": "inactive",
            "tags": '["Красный","blue"]',
            "source": "sdk",
            "environment": "prod",
            "created_at": NOON + timedelta(seconds=1),
            "last_updated_at": NOON + _SHORT,
        },
        [
            {"start": 60, "input": '"Later"', "output": '"last of the started"'},
            {"input": '"Как дела?"', "end_time": NOON + _SHORT, "output": '"Привет, МИР"'},
            {"start": 1, "input": '"a"', "end_time": NOON, "output": '"earlier"'},
        ],
    ),
    (
        {"thread_id": "thread-1", "tags": '["100%","a_b","it\'s"]', "source": "experiment"},
        [
            {
                "input": '{"messages":[{"content":"she said \\"yes\\"\\nand left"}]}',
                "output": '{"a":"100% \\"quoted\\"\\nnext"}',
                "end_time": NOON + _LONG,
                "spans": [
                    {"usage": '{"total_tokens":10,"b":1}', "total_estimated_cost": 0.1},
                    {"usage": '{"total_tokens":"many"}', "total_estimated_cost": 0.2},
                ],
            },
            {
                "end_time": NOON + _LONG,
                "output": '"ß 😀"',
                "spans": [{"usage": '{"total_tokens":2.5}', "total_estimated_cost": 1e300}],
            },
        ],
    ),
    ({"thread_id": "100%_\\'", "environment": "dev", "tags": "[]"}, [{"is_stub": True}]),
    (
        {"thread_id": "ПРИВЕТ 😀 ß", "source": "unknown", "environment": "", "tags": '["RED","a"]'},
        [
            {"is_stub": True, "output": '"of a stub"', "end_time": NOON + timedelta(seconds=2)},
            {"start": 1, "input": None, "end_time": NOON, "output": '"5"'},
            {"start": 1, "input": '"not the first"'},
        ],
    ),
    ({"thread_id": "5", "tags": '["😀"]'}, [{"input": "5", "output": "true", "end_time": NOON}]),
    ({"thread_id": "empty", "tags": '["a"]', "source": "sdk"}, []),
]
_MEANS: list[dict[str, str]] = [
    {},
    {"Quality": "0.5", "ärger": "-3"},
    {"quality": "0.333333333", "Quality": "999999999.999999999"},
    {"QUALITY": "0"},
    {"Ärger": "1"},
    {"Quality": "-999999999.999999999"},
    {"Quality": "0.5"},
]
_IN_QUEUE = {1, 4}


@dataclass
class Row:
    """A stored thread, with what the reference reads instead of asking the database."""

    thread: Thread
    traces: list[Trace]
    means: dict[str, Decimal]
    spans: list[dict[str, Any]] = field(default_factory=list)
    queues: list[str] = field(default_factory=list)


def in_project() -> tuple[Project, list[Row]]:
    """All rows in a project of their own, beside a twin project that must never show."""
    person, workspace = factories.user(), factories.workspace()
    stored(factories.project(workspace), person)
    project = factories.project(workspace)
    return project, stored(project, person)


def stored(project: Project, person: User) -> list[Row]:
    """The rows in the database, oldest first."""
    queue = _queue(project, person)
    rows = []
    for number, (values, runs) in enumerate(_THREADS):
        thread = Thread.objects.create(
            **_by(project, person) | values, woken_at=NOON, trace_count=len(runs)
        )
        means = {name: Decimal(value) for name, value in _MEANS[number].items()}
        row = Row(thread, [], means)
        for run in runs:
            _add_trace(row, dict(run), person)
        _add_means(row)
        if number in _IN_QUEUE:
            _add_to_queue(row, queue, person)
        rows.append(row)
    return rows


def _by(project: Project, person: User) -> dict[str, Any]:
    return {
        "project": project,
        "created_at": NOON,
        "created_by": person,
        "last_updated_at": NOON,
        "last_updated_by": person,
    }


def _add_trace(row: Row, values: dict[str, Any], person: User) -> None:
    project = row.thread.project
    spans = values.pop("spans", [])
    start = NOON + timedelta(seconds=values.pop("start", 0))
    is_stub = values.pop("is_stub", False)
    trace = Trace.objects.create(
        **_by(project, person),
        sent_project_id=project.pk,
        sent_at=None if is_stub else NOON,
        start_time=NOON - timedelta(days=20_000) if is_stub else start,
        thread_id=row.thread.thread_id,
        **values,
    )
    row.traces.append(trace)
    row.spans += spans
    for span in spans:
        Span.objects.create(
            **_by(project, person),
            sent_project_id=project.pk,
            trace_id=trace.pk,
            start_time=NOON,
            **span,
        )


def _add_means(row: Row) -> None:
    for name, value in row.means.items():
        ScoreMean.objects.create(
            project=row.thread.project,
            entity_type=EntityType.THREAD,
            entity_id=row.thread.pk,
            name=name,
            name_key=name.casefold(),
            value=str(value),
            count=1,
            newest_at=NOON,
        )


def _queue(project: Project, person: User) -> AnnotationQueue:
    pk = UUID(int=uuid7().int >> 16 << 16 | 0xABC1)
    return AnnotationQueue.objects.create(
        **_by(project, person), id=pk, name="queue", scope="thread"
    )


def _add_to_queue(row: Row, queue: AnnotationQueue, person: User) -> None:
    row.queues.append(str(queue.pk))
    QueueItem.objects.create(
        project=queue.project,
        queue=queue,
        entity_type=EntityType.THREAD,
        entity_id=row.thread.pk,
        position=0,
        added_at=NOON,
        added_by=person,
    )
