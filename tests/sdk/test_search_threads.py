"""Threads found with the SDK's query language: every type of field."""

import opik
import pytest

from tests.sdk.three import at

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]

THREADS = [
    ('id = "talk-1"', {"talk-1"}),
    ('id contains "talk"', {"talk-1", "talk-2"}),
    ('status = "active"', {"talk-1", "talk-2"}),
    ('status = "inactive"', set()),
    ("number_of_messages > 2", {"talk-2"}),
    ("duration >= 60000", {"talk-1"}),
    ('first_message contains "refund"', {"talk-2"}),
    ('last_message contains "unterwegs"', {"talk-1"}),
    ('start_time < "2026-03-01T12:05:00Z"', {"talk-1"}),
    ('end_time > "2026-03-01T12:05:00Z"', {"talk-2"}),
    ("feedback_scores.helpful is_empty", {"talk-1", "talk-2"}),
    ("tags is_empty", {"talk-1", "talk-2"}),
]


@pytest.mark.parametrize(("query", "ids"), THREADS)
def test_threads_are_found_by_every_type_of_field(
    searchable: opik.Opik, query: str, ids: set[str]
) -> None:
    found = searchable.search_threads(filter_string=query)

    assert {thread.id for thread in found} == ids


def test_thread_tells_of_its_traces(searchable: opik.Opik) -> None:
    thread = searchable.search_threads(filter_string='id = "talk-2"')[0]

    assert (thread.start_time, thread.end_time) == (at(10), at(10.5))
    assert (thread.number_of_messages, thread.status) == (4, "active")
    assert thread.first_message == {"question": "Refund please", "lang": "en"}
    assert thread.last_message == {"answer": {"text": "Sure"}}
