"""Spans with everything in them that once broke a filter, and what each filter means of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from feedback_app.models import User
from tests import factories
from tests.traces_app.query import reference
from tests.traces_app.query.rows import DEEP, NOON
from traces_app.models import EntityType, Project, ScoreMean, Span

PARENT = UUID("01a20588-1df8-76cc-a7d1-425d2cad6e65")

_SPANS: list[dict[str, Any]] = [
    {},
    {
        "name": "Привет, МИР",
        "type": "llm",
        "model": "GPT-ж",
        "provider": "openai",
        "input": '"Как дела?"',
        "metadata": '{"Ключ":"Ж","n":5,"a":{"b":[1,{"c":"deep"}]}}',
        "tags": '["Красный","blue"]',
        "usage": '{"total_tokens":10,"prompt_tokens":4,"original_usage.x":5}',
        "total_estimated_cost": 0.3,
        "environment": "prod",
        "source": "sdk",
        "end_time": NOON + timedelta(microseconds=1500),
        "ttft": 2.5,
        "parent_span_id": PARENT,
    },
    {
        "name": "100% sure_thing \\ it's",
        "type": "tool",
        "model": "a_b%",
        "provider": "",
        "input": '{"messages":[{"content":"she said \\"yes\\"\\nand left"}]}',
        "output": '"100% \\"quoted\\"\\nnext"',
        "metadata": '{"n":"5.0","t":true,"e":"","o":{},"l":[],"z":null,"a.b":{"c":1}}',
        "tags": '["100%","a_b","it\'s"]',
        "usage": '{"total_tokens":"many","completion_tokens":2}',
        "total_estimated_cost": 0.0,
        "environment": "dev",
        "source": "experiment",
        "end_time": NOON + timedelta(hours=30),
    },
    {
        "name": "😀 emoji",
        "type": "general",
        "model": "",
        "output": '{"n":1e400,"a":{"b":"😀"}}',
        "metadata": '{"a":{"b":1},"a":{"b":2},"n":' + "9" * 5000 + "}",
        "tags": '["😀"]',
        "usage": '{"total_tokens":1e400,"completion_tokens":3}',
        "total_estimated_cost": 1e300,
        "source": "unknown",
        "environment": "",
        "end_time": NOON,
        "ttft": 0.0,
    },
    {
        "name": "ΑΣ İstanbul STRASSE ß \ufffd",
        "type": "guardrail",
        "input": DEEP,
        "output": '[1,2,{"a":[10,20]}]',
        "metadata": '["n", -3.5e1]',
        "tags": "[]",
        "usage": "[]",
        "error_info": '{"exception_type":"ValueError","traceback":"line 1\\nline 2"}',
    },
    {"name": "a", "input": "5", "output": "true", "metadata": '"text"', "tags": '["A","a"]'},
    {"name": "B", "type": "llm", "metadata": '{"n":-0,"a":"ABC"}', "ttft": 1e300, "model": "a"},
]
_MEANS: list[dict[str, str]] = [
    {},
    {"Quality": "0.5", "ärger": "-3"},
    {"quality": "0.333333333", "Quality": "999999999.999999999"},
    {"QUALITY": "0"},
    {"Ärger": "1"},
    {"Quality": "-999999999.999999999"},
    {"Quality": "0.500000001"},
]


@dataclass
class Row:
    """A stored span under the name that the reference looks at, and its means."""

    trace: Span
    means: dict[str, Decimal]


def in_project() -> tuple[Project, list[Row]]:
    """All rows in a project of their own, beside a twin project that must never show."""
    person, workspace = factories.user(), factories.workspace()
    _stored(factories.project(workspace), person)
    project = factories.project(workspace)
    return project, _stored(project, person)


def _stored(project: Project, person: User) -> list[Row]:
    rows = []
    for number, values in enumerate(_SPANS):
        span = Span(
            project=project,
            trace_id=uuid7(),
            sent_project_id=project.pk,
            created_at=NOON,
            created_by=person,
            last_updated_at=NOON,
            last_updated_by=person,
            **{"start_time": NOON + timedelta(seconds=number // 2)} | values,
        )
        means = {name: Decimal(value) for name, value in _MEANS[number].items()}
        rows.append(Row(span, means))
    Span.objects.bulk_create(row.trace for row in rows)
    ScoreMean.objects.bulk_create(
        ScoreMean(
            project=project,
            entity_type=EntityType.SPAN,
            entity_id=row.trace.pk,
            name=name,
            name_key=name.casefold(),
            value=str(value),
            count=1,
            newest_at=NOON,
        )
        for row in rows
        for name, value in row.means.items()
    )
    return rows


def _usage(key: str) -> Callable[[Span], float | None]:
    def number(span: Span) -> float | None:
        found = reference.as_number(reference.text_at(span.usage, [key]) or "")
        return None if found in (float("inf"), float("-inf")) else found

    return number


NUMBERS: dict[str, Callable[[Span], float | None]] = {
    "total_estimated_cost": lambda span: span.total_estimated_cost,
    **{
        f"usage.{key}": _usage(key)
        for key in ("total_tokens", "prompt_tokens", "completion_tokens")
    },
}
TEXTS: dict[str, Callable[[Span, str, str], bool]] = {
    "model": lambda span, operator, value: reference.text_holds(span.model, operator, value),
    "provider": lambda span, operator, value: reference.text_holds(span.provider, operator, value),
    "trace_id": lambda span, operator, value: reference.text_holds(
        str(span.trace_id), operator, value, fold=False
    ),
    "parent_span_id": lambda span, operator, value: reference.text_holds(
        str(span.parent_span_id or ""), operator, value, fold=False
    ),
    "type": lambda span, operator, value: reference.member_holds(span.type, operator, value),
}


def holds(row: Row, name: str, operator: str, key: str, value: str) -> bool:
    """Does the filter let the span through?"""
    if name in NUMBERS:
        found: Any = NUMBERS[name](row.trace)
        return reference.number_holds(found, operator, value, reference.as_number)
    if name in TEXTS:
        opposite = reference.OPPOSITES.get(operator)
        if opposite is not None:
            return not TEXTS[name](row.trace, opposite, value)
        return TEXTS[name](row.trace, operator, value)
    return reference.holds(row, name, operator, key, value)  # type: ignore[arg-type]


def value_of(name: str) -> Callable[[Row], Any]:
    """What rows are sorted by under a name."""
    if name == "duration":
        return lambda row: reference.NUMBERS["duration"](row)  # type: ignore[arg-type]
    if name in NUMBERS:
        return lambda row: NUMBERS[name](row.trace)
    if name.startswith("feedback_scores."):
        wanted = name.partition(".")[2].casefold()
        return lambda row: next(
            (mean for said, mean in sorted(row.means.items()) if said.casefold() == wanted), None
        )
    column = {"id": "pk", "created_by": "created_by_id", "last_updated_by": "last_updated_by_id"}
    return lambda row: getattr(row.trace, column.get(name, name))
