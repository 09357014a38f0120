"""A server that goes away while the SDK sends, and comes back: nothing lost, nothing doubled."""

from pathlib import Path
from urllib.parse import urlsplit

import opik
import pytest

from tests import servers
from tests.sdk import clients

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]


def test_what_is_sent_while_the_server_is_down_arrives_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPIK_CONNECTION_MONITOR_PING_INTERVAL", "1")
    with servers.fresh_database() as url:
        first = servers.start(tmp_path / "data", url)
        with clients.connected(first, "outage") as client:
            before = client.trace(name="before", input={"n": 0})
            client.flush()
            servers.stop(first)

            trace = client.trace(name="during", input={"n": 1}, thread_id="talk")
            trace.span(name="step", output={"s": 1})
            before.update(output={"late": True})
            before.log_feedback_score("quality", 0.5)
            client.flush()

            port = urlsplit(first.base_url).port or 0
            with servers.running(tmp_path / "data", url, port=port):
                servers.wait_until(lambda: _has_arrived(client), 90, every=1)
                client.flush()

                found = {trace.name: trace for trace in client.search_traces()}
                assert {name: trace.input for name, trace in found.items()} == {
                    "before": {"n": 0},
                    "during": {"n": 1},
                }
                assert found["before"].output == {"late": True}
                assert clients.scores(found["before"]) == {"quality": (0.5, None, None)}
                assert [span.output for span in client.search_spans()] == [{"s": 1}]
                assert [thread.id for thread in client.search_threads()] == ["talk"]


def _has_arrived(client: opik.Opik) -> bool:
    arrived = {trace.name: trace for trace in client.search_traces()}
    return (
        len(arrived) == 2
        and len(client.search_spans()) == 1
        and arrived["before"].feedback_scores is not None
        and arrived["before"].output is not None
    )
