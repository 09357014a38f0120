import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.traces_app.query import reference, rows
from tests.traces_app.query.rows import Row
from traces_app.models import Project, Trace
from traces_app.query import sorting
from traces_app.query.sorting import BadSorting, Sorting
from traces_app.query.traces import TRACES

pytestmark = pytest.mark.django_db

SORTED_BY: dict[str, Callable[[Row], Any]] = {
    "id": lambda row: row.trace.pk,
    "name": lambda row: row.trace.name,
    "input": lambda row: row.trace.input,
    "output": lambda row: row.trace.output,
    "metadata": lambda row: row.trace.metadata,
    "thread_id": lambda row: row.trace.thread_id,
    "tags": lambda row: row.trace.tags,
    "error_info": lambda row: row.trace.error_info,
    "environment": lambda row: row.trace.environment,
    "start_time": lambda row: row.trace.start_time,
    "end_time": lambda row: row.trace.end_time,
    "duration": reference.NUMBERS["duration"],
    "ttft": reference.NUMBERS["ttft"],
    "span_count": lambda row: len(row.spans),
    "llm_span_count": reference.NUMBERS["llm_span_count"],
    "total_estimated_cost": reference.NUMBERS["total_estimated_cost"],
    "created_by": lambda row: row.trace.created_by_id,
    "experiment_id": lambda row: None,
    "usage.total_tokens": reference.NUMBERS["usage.total_tokens"],
    "feedback_scores.ÄRGER": lambda row: next(
        (mean for name, mean in row.means.items() if name.casefold() == "ärger"), None
    ),
    "verdict": lambda row: row.trace.score,
}


@pytest.fixture(scope="module")
def stored(module_db: None) -> tuple[Project, list[Row]]:
    """Rows that tests only read."""
    return rows.in_project()


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("name", SORTED_BY)
def test_rows_without_value_come_last_and_ties_newest_first(
    stored: tuple[Project, list[Row]], name: str, direction: str
) -> None:
    project, made = stored
    value = SORTED_BY[name]
    newest = sorted(made, key=lambda row: row.trace.pk, reverse=True)
    valued = [row for row in newest if value(row) is not None]
    valued.sort(key=value, reverse=direction == "DESC")
    if direction == "DESC":  # a reversed sort keeps the order of ties
        assert valued == sorted(valued, key=value, reverse=True)
    expected = valued + [row for row in newest if value(row) is None]

    asked = sorting.parse(json.dumps([{"field": name, "direction": direction}]))
    found = sorting.apply(Trace.objects.filter(project=project), asked, projects=[project.pk])

    assert [trace.pk for trace in found] == [row.trace.pk for row in expected]


def test_every_sortable_field_of_the_contract_is_tried() -> None:
    families = {name.split(".")[0] + ".*" if "." in name else name for name in SORTED_BY}

    assert set(TRACES.sortable_by) == families - {"verdict"}


@pytest.mark.parametrize("raw", [None, "", "[]", '[{"field": "colour"}]', '[{"field": "usage."}]'])
def test_nothing_known_is_no_sorting(raw: str | None) -> None:
    assert sorting.parse(raw) is None


@pytest.mark.parametrize(
    "raw", ["{", "5", "[5]", '[{"field": 5}]', '[{"field": "name", "direction": "up"}]', "[" * 9999]
)
def test_what_is_no_sorting_is_refused_with_the_text_that_was_sent(raw: str) -> None:
    with pytest.raises(BadSorting) as refusal:
        sorting.parse(raw)

    assert str(refusal.value) == f"Invalid sorting query parameter '{raw}'"


def test_only_the_first_element_counts() -> None:
    raw = '[{"field": "name"}, {"field": "id", "direction": "DESC"}]'

    assert sorting.parse(raw) == Sorting("name")
