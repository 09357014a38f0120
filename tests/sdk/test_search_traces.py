"""Traces found with the SDK's query language: every type of field."""

import opik
import pytest
from opik.rest_api.core.api_error import ApiError

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]

ORDER, REFUND, RUSSIAN = "Order status", "Refund", "Где заказ?"
TRACES = [
    ('name = "refund"', {REFUND}),
    ('name != "Refund"', {ORDER, RUSSIAN}),
    ('name starts_with "order"', {ORDER}),
    ('name ends_with "ЗАКАЗ?"', {RUSSIAN}),
    ('name contains "s"', {ORDER}),
    ('input contains "bestellung"', {ORDER}),
    ('input contains "ГДЕ"', {RUSSIAN}),
    ('input not_contains "refund"', {ORDER, RUSSIAN}),
    ('output contains "Unterwegs"', {ORDER}),
    ('thread_id = "talk-2"', {REFUND, RUSSIAN}),
    ('thread_id = "TALK-2"', set()),
    ('start_time > "2026-03-01T12:05:00Z"', {REFUND, RUSSIAN}),
    ('start_time <= "2026-03-01T12:10:00Z"', {ORDER, REFUND}),
    ('end_time < "2026-03-01T12:05:00Z"', {ORDER}),
    ('created_at > "2026-01-01T00:00:00Z"', {ORDER, REFUND, RUSSIAN}),
    ('last_updated_at < "2026-01-01T00:00:00Z"', set()),
    ("duration > 30000", {ORDER}),
    ("duration = 30000", {REFUND}),
    ("llm_span_count >= 1", {ORDER}),
    ("total_estimated_cost = 0.5", {ORDER}),
    ("usage.total_tokens >= 100", {ORDER}),
    ("usage.prompt_tokens < 100", {ORDER}),
    ('metadata.model = "GPT-4o"', {ORDER}),
    ('metadata.model contains "a"', {REFUND}),
    ("metadata.tries > 3", {REFUND}),
    ('metadata."user.plan" = "gold"', {ORDER}),
    ('input_json.lang = "en"', {REFUND}),
    ('output_json."answer.text" starts_with "unter"', {ORDER}),
    ('tags contains "vip"', {ORDER}),
    ('tags contains "GLISH"', {REFUND}),
    ("tags is_empty", {RUSSIAN}),
    ("tags is_not_empty", {ORDER, REFUND}),
    ("feedback_scores.quality > 0.5", {REFUND}),
    ("feedback_scores.Quality <= 0.25", {ORDER}),
    ('feedback_scores."my score" = 1', {ORDER}),
    ("feedback_scores.quality is_empty", {RUSSIAN}),
    ("feedback_scores.quality is_not_empty", {ORDER, REFUND}),
    ("span_feedback_scores.relevance = 0.5", {ORDER}),
    ("error_info is_not_empty", {RUSSIAN}),
    ("error_info is_empty", {ORDER, REFUND}),
    ('environment = "staging"', {REFUND}),
    ('environment in ("production", "staging")', {ORDER, REFUND}),
    ('tags contains "vip" AND feedback_scores.quality < 0.5 AND duration > 1', {ORDER}),
    ('tags contains "vip" AND name = "Refund"', set()),
]


@pytest.mark.parametrize(("query", "names"), TRACES)
def test_traces_are_found_by_every_type_of_field(
    searchable: opik.Opik, query: str, names: set[str]
) -> None:
    found = searchable.search_traces(filter_string=query)

    assert {trace.name for trace in found} == names


def test_left_out_fields_are_absent_and_long_texts_cut(client: opik.Opik) -> None:
    client.trace(name="long", input={"text": "ü" * 12_000}, output={"a": 1}, tags=["t"])
    client.flush()

    cut = client.search_traces(exclude=["output", "tags"])[0]
    whole = client.search_traces(truncate=False)[0]

    assert (cut.output, cut.tags) == (None, None)
    assert isinstance(cut.input, str)
    assert (whole.input, whole.output) == ({"text": "ü" * 12_000}, {"a": 1})


def test_waiting_for_results_that_come_ends(client: opik.Opik) -> None:
    client.trace(name="soon")
    client.flush()

    assert len(client.search_traces(wait_for_at_least=1, wait_for_timeout=20)) == 1


def test_unknown_project_is_an_error(client: opik.Opik) -> None:
    with pytest.raises(ApiError, match="404"):
        client.search_traces()
