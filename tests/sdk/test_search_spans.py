"""Spans found with the SDK's query language: every type of field."""

import opik
import pytest

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]

SPANS = [
    ('name = "ask"', {"ask"}),
    ('type = "tool"', {"look up"}),
    ('type in ("tool", "llm")', {"ask", "look up"}),
    ('model contains "gpt"', {"ask"}),
    ('provider = "openai"', {"ask"}),
    ('input contains "BESTELLUNG"', {"ask"}),
    ('output_json.text = "unterwegs"', {"ask"}),
    ("metadata.temperature < 1", {"ask"}),
    ('tags contains "paid"', {"ask"}),
    ("usage.completion_tokens = 10", {"ask"}),
    ("total_estimated_cost > 0.25", {"ask"}),
    ("duration = 30000", {"ask"}),
    ('start_time >= "2026-03-01T12:10:00Z"', {"look up"}),
    ("feedback_scores.relevance is_not_empty", {"ask"}),
    ("feedback_scores.relevance is_empty", {"look up"}),
    ("error_info is_not_empty", {"look up"}),
    ('trace_id > "00000000-0000-0000-0000-000000000000"', {"ask", "look up"}),
    ('trace_id < "00000000-0000-0000-0000-000000000000"', set()),
    ('environment = "staging"', {"look up"}),
]


@pytest.mark.parametrize(("query", "names"), SPANS)
def test_spans_are_found_by_every_type_of_field(
    searchable: opik.Opik, query: str, names: set[str]
) -> None:
    found = searchable.search_spans(filter_string=query)

    assert {span.name for span in found} == names
