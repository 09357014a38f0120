"""Keys that open nothing, and keys of another workspace."""

from collections.abc import Iterator

import opik
import pytest
from opik.rest_api.core.api_error import ApiError

from tests.sdk import clients
from tests.servers import Server

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]


@pytest.fixture
def stranger(server: Server, project: str, stranger_key: str) -> Iterator[opik.Opik]:
    """A client of somebody in another workspace who guessed the project's name."""
    with clients.connected(server, project, key=stranger_key) as made:
        yield made


def test_auth_check_knows_good_and_bad_keys(
    server: Server, client: opik.Opik, project: str
) -> None:
    client.auth_check()

    with (
        clients.connected(server, project, key="mg_wrong") as bad,
        pytest.raises(ApiError, match="401"),
    ):
        bad.auth_check()


def test_unknown_workspace_is_refused(server: Server) -> None:
    lost = opik.Opik(host=f"{server.base_url}/api", api_key=server.key, workspace="not-mine")

    with pytest.raises(ApiError):
        lost.auth_check()
    lost.end()


def test_strangers_find_nothing(client: opik.Opik, stranger: opik.Opik) -> None:
    trace = client.trace(name="mine", thread_id="talk")
    span = trace.span(name="step")
    client.flush()

    with pytest.raises(ApiError, match="404"):
        stranger.get_trace_content(trace.id)
    with pytest.raises(ApiError, match="404"):
        stranger.get_span_content(span.id)
    for search in (stranger.search_traces, stranger.search_spans, stranger.search_threads):
        with pytest.raises(ApiError, match="404"):
            search()


def test_one_name_is_two_projects_in_two_workspaces(client: opik.Opik, stranger: opik.Opik) -> None:
    client.trace(name="mine")
    stranger.trace(name="theirs")
    client.flush()
    stranger.flush()

    assert [trace.name for trace in client.search_traces()] == ["mine"]
    assert [trace.name for trace in stranger.search_traces()] == ["theirs"]


def test_strangers_change_nothing(
    client: opik.Opik, stranger: opik.Opik, project: str, caplog: pytest.LogCaptureFixture
) -> None:
    trace = client.trace(name="mine", input={"q": 1})
    trace.log_feedback_score("quality", 1)
    client.flush()

    stranger.trace(id=trace.id, name="theirs", input={"q": 2})
    stranger.update_trace(trace_id=trace.id, project_name=project, output={"a": 2})
    stranger.log_traces_feedback_scores([{"id": trace.id, "name": "quality", "value": 0}])
    stranger.delete_trace_feedback_score(trace.id, "quality")
    stranger.rest_client.traces.delete_trace_by_id(trace.id)
    stranger.rest_client.traces.delete_traces(ids=[trace.id])
    stranger.flush()

    read = client.get_trace_content(trace.id)
    assert (read.name, read.input, read.output) == ("mine", {"q": 1}, None)
    assert clients.scores(read) == {"quality": (1, None, None)}
