"""More than one page of everything."""

from collections.abc import Iterator

import opik
import pytest
from uuid_utils.compat import uuid7

from tests.sdk import clients
from tests.servers import Server

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]

MANY = 2_100  # more than one page, which holds at most 2,000


@pytest.fixture(scope="module")
def many(server: Server) -> Iterator[opik.Opik]:
    """A client whose project has more traces, spans and threads than one page holds."""
    with clients.connected(server, f"many-{uuid7()}") as client:
        for number in range(MANY):
            client.trace(name=f"t{number}", thread_id=f"talk-{number}").span(name=f"s{number}")
        client.flush()
        yield client


def test_pages_of_traces_hold_each_once_newest_first(many: opik.Opik) -> None:
    found = many.search_traces(max_results=10_000)

    assert [trace.name for trace in found] == [f"t{number}" for number in reversed(range(MANY))]


def test_pages_of_spans_hold_each_once(many: opik.Opik) -> None:
    found = many.search_spans(max_results=10_000)

    assert [span.name for span in found] == [f"s{number}" for number in reversed(range(MANY))]


def test_pages_of_threads_hold_each_once(many: opik.Opik) -> None:
    found = many.search_threads(max_results=10_000)

    assert len(found) == MANY
    assert {thread.id for thread in found} == {f"talk-{number}" for number in range(MANY)}


def test_no_more_are_read_than_asked_for(many: opik.Opik) -> None:
    found = many.search_traces(max_results=3, max_batch_size=2)

    assert [trace.name for trace in found] == [f"t{number}" for number in (2099, 2098, 2097)]
