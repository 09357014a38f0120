"""Rows with everything in them that once broke a filter somewhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from feedback_app.models import User
from tests import factories
from traces_app.models import (
    NIL,
    AnnotationQueue,
    EntityType,
    Project,
    QueueItem,
    Score,
    ScoreMean,
    Source,
    Span,
    Trace,
)
from traces_app.services.score_rows import mean

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DEEP = '{"a":' * 500 + "1" + "}" * 500

_TRACES: list[dict[str, Any]] = [
    {},
    {
        "name": "Привет, МИР",
        "input": '"Как дела?"',
        "metadata": '{"Ключ":"Ж","n":5,"a":{"b":[1,{"c":"deep"}]},"model":"gpt-x"}',
        "tags": '["Красный","blue"]',
        "thread_id": "Thread-1",
        "environment": "prod",
        "source": "sdk",
        "end_time": NOON + timedelta(microseconds=1500),
        "ttft": 2.5,
        "score": Decimal("0.7"),
        "feedback": "Хорошо",
    },
    {
        "name": "100% sure_thing \\ it's",
        "input": '{"messages":[{"content":"she said \\"yes\\"\\nand left"}]}',
        "output": '"100% \\"quoted\\"\\nnext"',
        "metadata": '{"n":"5.0","t":true,"e":"","o":{},"l":[],"z":null,"a.b":{"c":1}}',
        "tags": '["100%","a_b","it\'s"]',
        "thread_id": "thread-1",
        "environment": "dev",
        "source": "experiment",
        "model_id": "gpt-x",
        "end_time": NOON + timedelta(hours=30),
        "score": Decimal("0"),
    },
    {
        "name": "😀 emoji",
        "output": '{"n":1e400,"a":{"b":"😀"}}',
        "metadata": '{"a":{"b":1},"a":{"b":2},"n":' + "9" * 5000 + "}",
        "tags": '["😀"]',
        "source": "unknown",
        "environment": "",
        "end_time": NOON,
        "ttft": 0.0,
        "score": Decimal("1"),
        "feedback": "100%",
        "added_to_dataset": True,
    },
    {
        "name": "ΑΣ İstanbul STRASSE ß \ufffd",
        "input": DEEP,
        "output": '[1,2,{"a":[10,20]}]',
        "metadata": '["n", -3.5e1]',
        "tags": "[]",
        "error_info": '{"exception_type":"ValueError","traceback":"line 1\\nline 2"}',
        "model_id": "",
        "visibility_mode": "hidden",
        "processing_status": "failed",
    },
    {"name": "a", "input": "5", "output": "true", "metadata": '"text"', "tags": '["A","a"]'},
    {"name": "B", "metadata": '{"n":-0,"a":"ABC","model":7}', "ttft": 1e300, "tags": '["RED"]'},
]

# Of each trace: its means by name, and the means of each of its spans.
_MEANS: list[dict[str, str]] = [
    {},
    {"Quality": "0.5", "ärger": "-3"},
    {"quality": "0.333333333", "Quality": "999999999.999999999"},
    {"QUALITY": "0"},
    {"Ärger": "1"},
    {"Quality": "-999999999.999999999"},
    {"Quality": "0.500000001"},
]
_SPANS: list[list[dict[str, Any]]] = [
    [],
    [
        {"type": "llm", "model": "old", "usage": '{"total_tokens":10,"prompt_tokens":4}'},
        {
            "type": "llm",
            "model": "gpt-y",
            "total_estimated_cost": 0.1,
            "usage": '{"total_tokens":5}',
        },
        {"type": "tool", "model": "gpt-z", "total_estimated_cost": 0.2, "means": {"Quality": "1"}},
    ],
    [
        {"type": "llm", "usage": '{"total_tokens":"many"}', "means": {"Quality": "0.5"}},
        {"usage": '{"total_tokens":1e400,"completion_tokens":3}', "means": {"quality": "0.1"}},
        {"type": "llm", "model": "gpt-x", "means": {"Quality": "0.500000001"}},
    ],
    [{"usage": "[]", "total_estimated_cost": 0.0, "means": {"QUALITY": "999999999.999999999"}}]
    * 12,
    [{"total_estimated_cost": 1e300}],
    [],
    [{"type": "llm", "usage": '{"total_tokens":0}', "total_estimated_cost": 2.5}],
]
# Of each trace: (source, in a queue?) of its single scores.
_SCORES: list[list[tuple[Source, bool]]] = [
    [],
    [(Source.UI, False)],
    [(Source.SDK, False)],
    [(Source.SDK, True)],
    [(Source.PREM, False), (Source.ONLINE_SCORING, False)],
    [],
    [],
]
# Of each trace: the ends of the ids of the queues that it stands in.
_QUEUES: list[list[int]] = [[], [0xABC1], [0xABC1, 0xABC2], [], [0xABC2], [], [0xABC3]]


@dataclass
class Row:
    """A stored trace, with what the reference reads instead of asking the database."""

    trace: Trace
    means: dict[str, Decimal]
    spans: list[dict[str, Any]] = field(default_factory=list)
    scores: list[tuple[Source, bool]] = field(default_factory=list)
    queues: list[str] = field(default_factory=list)


def stored(project: Project, person: User) -> list[Row]:
    """The rows in the database, oldest first."""
    rows = []
    for number, values in enumerate(_TRACES):
        start = NOON + timedelta(seconds=number // 2)
        made = _trace(project, person, {"start_time": start, **values})
        rows.append(Row(made, _decimals(_MEANS[number]), _SPANS[number], _SCORES[number]))
    Trace.objects.bulk_create(row.trace for row in rows)
    _add_spans(project, rows, person)
    _add_scores(project, rows, person)
    _add_queues(project, rows, person)
    traces = [(row.trace.pk, row.means) for row in rows]
    ScoreMean.objects.bulk_create(_means(project, EntityType.TRACE, traces))
    return rows


def trace(project: Project, person: User, **values: Any) -> Trace:
    """One trace of ``values``, stored."""
    made = _trace(project, person, values)
    made.save(force_insert=True)
    return made


def in_project() -> tuple[Project, list[Row]]:
    """All rows in a project of their own, beside a twin project that must never show."""
    person, workspace = factories.user(), factories.workspace()
    stored(factories.project(workspace), person)
    project = factories.project(workspace)
    return project, stored(project, person)


def span_means(row: Row) -> list[tuple[str, Decimal]]:
    """(name, mean over the spans) as they are printed."""
    values: dict[str, list[int]] = {}
    for span in row.spans:
        for name, value in span.get("means", {}).items():
            values.setdefault(name, []).append(int(Decimal(value).scaleb(9)))
    return [(name, Decimal(mean(numbers)).scaleb(-9)) for name, numbers in values.items()]


def _trace(project: Project, person: User, values: dict[str, Any]) -> Trace:
    shown = {"visibility_mode": "default", "processing_status": "none", "added_to_dataset": False}
    return Trace(**_arrived(project, person), **shown | {"start_time": NOON} | values)


def _arrived(project: Project, person: User) -> dict[str, Any]:
    return {
        "project": project,
        "sent_project_id": project.pk,
        "created_at": NOON,
        "created_by": person,
        "last_updated_at": NOON,
        "last_updated_by": person,
    }


def _decimals(means: dict[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in means.items()}


def _means(
    project: Project, kind: EntityType, entities: Iterable[tuple[UUID, dict[str, Decimal]]]
) -> Iterator[ScoreMean]:
    for entity_id, means in entities:
        for name, value in means.items():
            yield ScoreMean(
                project=project,
                entity_type=kind,
                entity_id=entity_id,
                name=name,
                name_key=name.casefold(),
                value=str(value),
                count=1,
                newest_at=NOON,
            )


def _add_spans(project: Project, rows: list[Row], person: User) -> None:
    spans, means = [], []
    for row in rows:
        for values in row.spans:
            columns = {name: value for name, value in values.items() if name != "means"}
            arrived = _arrived(project, person)
            span = Span(**arrived, trace_id=row.trace.pk, start_time=NOON, **columns)
            spans.append(span)
            means.append((span.pk, _decimals(values.get("means", {}))))
    Span.objects.bulk_create(spans)
    ScoreMean.objects.bulk_create(_means(project, EntityType.SPAN, means))


def _add_scores(project: Project, rows: list[Row], person: User) -> None:
    Score.objects.bulk_create(
        Score(
            project=project,
            entity_type=EntityType.TRACE,
            entity_id=row.trace.pk,
            name=f"{source} {in_queue}",
            author=person,
            queue_id=uuid7() if in_queue else NIL,
            value="1",
            source=source,
            created_at=NOON,
            last_updated_at=NOON,
        )
        for row in rows
        for source, in_queue in row.scores
    )


def _add_queues(project: Project, rows: list[Row], person: User) -> None:
    ends = sorted({end for listed in _QUEUES for end in listed})
    ids = {end: UUID(int=uuid7().int >> 16 << 16 | end) for end in ends}
    whose = {"created_at": NOON, "created_by": person}
    whose |= {"last_updated_at": NOON, "last_updated_by": person}
    for end in ends:
        AnnotationQueue.objects.create(
            id=ids[end], project=project, name=f"queue {end}", scope="trace", **whose
        )
    for row, listed in zip(rows, _QUEUES, strict=True):
        row.queues = [str(ids[end]) for end in listed]
        QueueItem.objects.bulk_create(
            QueueItem(
                project=project,
                queue_id=ids[end],
                entity_type=EntityType.TRACE,
                entity_id=row.trace.pk,
                position=0,
                added_at=NOON,
                added_by=person,
            )
            for end in listed
        )
