"""Every operator and every sorting of spans against a plain reference on the same rows."""

import json
import sys
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from tests.traces_app.query import span_rows
from tests.traces_app.query.span_rows import PARENT, Row
from tests.traces_app.query.test_operators import NUMERIC, PATHS, VALUES, Case
from traces_app.models import Project, Span
from traces_app.query import filters, search, sorting
from traces_app.query.fields import OPERATORS, Type
from traces_app.query.spans import SPANS

pytestmark = pytest.mark.django_db

Stored = tuple[Project, list[Row]]

TYPES: tuple[Case, ...] = tuple(("", text) for text in ("llm", "llm,tool", "LLM", "absent"))
COSTS: tuple[Case, ...] = tuple(("", text) for text in ("0", "0.3", "10", "4", "1e300", "1e400"))


def cases(name: str, operator: str, made: list[Row]) -> list[Case]:
    kind = SPANS.fields[name].type
    if kind is Type.DICTIONARY and operator in NUMERIC:
        return [(path, value) for path in PATHS for value in ("1", "-35")] + [("n", "1e300")]
    if kind is Type.STRING_EXACT:
        uuids = [str(PARENT), str(made[1].trace.trace_id), str(made[1].trace.pk)]
        return [*VALUES[kind], *(("", part) for text in uuids for part in (text, text[:9]))]
    return [*VALUES[kind], *{Type.ENUM: TYPES, Type.NUMBER: COSTS}.get(kind, ())]


@pytest.fixture(scope="module")
def stored(module_db: None) -> Stored:
    """Rows that tests only read."""
    return span_rows.in_project()


def matching(project: Project, sent: dict[str, Any]) -> set[UUID]:
    spans = Span.objects.filter(project__in=[project.pk])
    clauses = filters.parse([sent], registry=SPANS)
    found = filters.apply(spans, clauses, projects=[project.pk], registry=SPANS)
    return set(found.values_list("pk", flat=True))


def expected(made: list[Row], sent: dict[str, str]) -> set[UUID]:
    value = sent["value"].replace("\x00", "\ufffd")
    asked = (sent["field"], sent["operator"], sent["key"], value)
    return {row.trace.pk for row in made if span_rows.holds(row, *asked)}


@pytest.fixture(autouse=True)
def _room_for_the_reference() -> Iterator[None]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(5000)
    yield
    sys.setrecursionlimit(limit)


PAIRS = [
    (name, str(operator))
    for name, field in SPANS.fields.items()
    for operator in sorted(OPERATORS[field.type])
]


@pytest.mark.parametrize(("name", "operator"), PAIRS)
def test_operator_matches_the_reference(stored: Stored, name: str, operator: str) -> None:
    project, made = stored

    for key, value in cases(name, operator, made):
        sent = {"field": name, "operator": operator, "key": key, "value": value}
        assert matching(project, sent) == expected(made, sent), sent


SORTED_BY = [
    *SPANS.sorts,
    *("usage.total_tokens", "usage.completion_tokens"),
    *("feedback_scores.ÄRGER", "feedback_scores.quality"),
]


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("name", SORTED_BY)
def test_rows_without_value_come_last_and_ties_newest_first(
    stored: Stored, name: str, direction: str
) -> None:
    project, made = stored
    value = span_rows.value_of(name)
    newest = sorted(made, key=lambda row: row.trace.pk, reverse=True)
    valued = [row for row in newest if value(row) is not None]
    valued.sort(key=value, reverse=direction == "DESC")
    wanted = valued + [row for row in newest if value(row) is None]
    raw = json.dumps([{"field": name, "direction": direction}])

    asked = sorting.parse(raw, registry=SPANS)
    spans = Span.objects.filter(project=project)
    found = sorting.apply(spans, asked, projects=[project.pk], registry=SPANS)

    assert asked is not None
    assert [span.pk for span in found] == [row.trace.pk for row in wanted]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("мир", ["Привет, МИР"]),
        ("gpt-Ж", ["Привет, МИР"]),
        ("guardrail", ["ΑΣ İstanbul STRASSE ß \ufffd"]),
        ("valueerror", ["ΑΣ İstanbul STRASSE ß \ufffd"]),
        ('said "yes"\nand', ["100% sure_thing \\ it's"]),
        ("красный", ["Привет, МИР"]),
        ("nowhere", []),
    ],
)
def test_search_looks_into_every_text_of_a_span(
    stored: Stored, words: str, names: list[str]
) -> None:
    project, _ = stored

    found = search.apply(Span.objects.filter(project=project), words, registry=SPANS)

    assert list(found.values_list("name", flat=True)) == names


@pytest.mark.parametrize("field", ["thread_id", "span_feedback_scores", "llm_span_count", "x"])
def test_fields_of_traces_alone_are_unknown(field: str) -> None:
    with pytest.raises(filters.BadFilter, match="Invalid filters query parameter"):
        filters.parse([{"field": field, "operator": "=", "value": "1"}], registry=SPANS)


def test_groups_are_read_by_the_registry_of_spans(stored: Stored) -> None:
    project, made = stored
    one, other = (
        {"field": "type", "operator": "=", "key": "", "value": kind} for kind in ("llm", "tool")
    )

    found = matching(project, {"any": [one, [other]]})

    assert found == expected(made, one) | expected(made, other) != set()
