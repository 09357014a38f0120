"""What the opik SDK sends is what it reads back."""

import json
import logging
import os
import subprocess
import sys
import urllib.request

import opik
import pytest
from opik.rest_api.core.api_error import ApiError

from tests.servers import Server

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]


def test_trace_of_the_client_is_read_back(client: opik.Opik) -> None:
    trace = client.trace(
        name="answer",
        input={"question": "Wo ist die Bestellung? 🎉 Где мой заказ?"},
        output={"answer": "On its way"},
        metadata={"model": "gpt-4o", "none": None},
        tags=["a", "b"],
        thread_id="thread-1",
    )
    trace.end()
    client.flush()

    read = client.get_trace_content(trace.id)

    assert read.input == {"question": "Wo ist die Bestellung? 🎉 Где мой заказ?"}
    assert read.output == {"answer": "On its way"}
    assert sorted(read.tags or []) == ["a", "b"]
    assert read.thread_id == "thread-1"
    assert read.end_time is not None


def test_update_before_the_batch_survives_it(client: opik.Opik) -> None:
    trace = client.trace(name="late", input={"q": 1})
    trace.update(output={"late": True}, tags=["x"])
    client.flush()

    read = client.get_trace_content(trace.id)

    assert (read.name, read.input, read.output) == ("late", {"q": 1}, {"late": True})


def test_odd_values_lose_no_trace(client: opik.Opik) -> None:
    odd = {"nan": float("nan"), "nul": "a\x00b"}
    traces = [client.trace(name=f"t{n}", input=odd if n == 7 else {"n": n}) for n in range(100)]
    client.flush()

    read = client.get_trace_content(traces[7].id)

    assert read.input == {"nan": None, "nul": "a\ufffdb"}
    assert client.get_trace_content(traces[99].id).input == {"n": 99}


TRACKED = """
import opik

@opik.track
def inner(x):
    opik.opik_context.update_current_span(metadata={"deep": True})
    return x + 1

@opik.track
def outer(x):
    print(opik.opik_context.get_current_trace_data().id)
    opik.opik_context.update_current_trace(feedback_scores=[{"name": "tr", "value": 1.0}])
    return inner(x)

@opik.track
def failing():
    print(opik.opik_context.get_current_trace_data().id)
    raise ValueError("on purpose")

outer(1)
try:
    failing()
except ValueError:
    pass
opik.flush_tracker()
"""


def test_tracked_functions_send_spans_scores_and_errors(
    server: Server, client: opik.Opik, project: str
) -> None:
    told = {
        "OPIK_URL_OVERRIDE": f"{server.base_url}/api",
        "OPIK_API_KEY": server.key,
        "OPIK_WORKSPACE": "default",
        "OPIK_PROJECT_NAME": project,
    }

    ran = subprocess.run(
        [sys.executable, "-c", TRACKED],
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=True,
        timeout=90,
    )

    good, bad = (client.get_trace_content(pk) for pk in ran.stdout.split())
    assert (good.name, good.output, good.span_count) == ("outer", {"output": 2}, 2)
    assert [score.name for score in good.feedback_scores or []] == ["tr"]
    assert bad.error_info is not None
    assert bad.error_info.exception_type == "ValueError"
    assert "data loss" not in ran.stderr


def test_scores_are_logged_and_deleted(client: opik.Opik) -> None:
    trace = client.trace(name="scored", input={"q": 1})
    trace.log_feedback_score("quality", 0.75, reason="because")
    trace.log_feedback_score("User feedback", 0.9)
    client.flush()
    before = client.get_trace_content(trace.id).feedback_scores or []

    client.delete_trace_feedback_score(trace.id, "quality")

    after = client.get_trace_content(trace.id).feedback_scores or []
    assert {score.name: score.value for score in before} == {"quality": 0.75, "User feedback": 0.9}
    assert [score.name for score in after] == ["User feedback"]


def test_rest_client_lists_filters_comments_and_deletes(client: opik.Opik, project: str) -> None:
    kept = client.trace(name="kept", input={"q": 1}, tags=["vip"])
    client.trace(name="other", input={"q": 2})
    client.flush()
    filters = json.dumps([{"field": "tags", "operator": "contains", "value": "vip"}])

    page = client.rest_client.traces.get_traces_by_project(project_name=project, filters=filters)
    client.rest_client.traces.add_trace_comment(kept.id, text="hello")
    comments = client.get_trace_content(kept.id).comments or []
    client.rest_client.traces.delete_trace_by_id(kept.id)

    assert [trace.name for trace in page.content or []] == ["kept"]
    assert [comment.text for comment in comments] == ["hello"]
    with pytest.raises(ApiError, match="404"):
        client.get_trace_content(kept.id)


def test_auth_check_knows_good_and_bad_keys(server: Server, client: opik.Opik) -> None:
    client.auth_check()
    bad = opik.Opik(host=f"{server.base_url}/api", api_key="mg_wrong", workspace="default")

    with pytest.raises(ApiError):
        bad.auth_check()
    bad.end()


def test_unknown_workspace_is_refused(server: Server) -> None:
    lost = opik.Opik(host=f"{server.base_url}/api", api_key=server.key, workspace="not-mine")

    with pytest.raises(ApiError):
        lost.auth_check()
    lost.end()


def test_without_batching_nothing_is_lost(server: Server, project: str) -> None:
    client = opik.Opik(
        host=f"{server.base_url}/api",
        api_key=server.key,
        workspace="default",
        project_name=project,
        _use_batching=False,
    )
    trace = client.trace(name="single", input={"q": 1})
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    span = trace.span(name="step", type="llm", provider="openai", usage=usage)
    span.end(output={"x": 1})
    trace.end(output={"y": 1})
    client.flush()

    read = client.get_trace_content(trace.id)

    client.end()
    assert (read.output, read.span_count, read.llm_span_count) == ({"y": 1}, 1, 1)
    assert (read.usage or {})["total_tokens"] == 3


def test_sdk_logs_no_error_on_the_way(client: opik.Opik, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="opik"):
        client.trace(name="quiet", input={"q": 1}).end()
        client.flush()

    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_chunked_body_is_read(server: Server) -> None:
    """A body without a length is what SDKs stream; Django alone would read nothing of it."""
    trace = {"start_time": "2026-11-22T23:12:16Z", "name": "chunked"}
    request = urllib.request.Request(
        f"{server.base_url}/api/v1/private/traces",
        data=iter([json.dumps(trace).encode()]),
        headers={"Authorization": server.key, "Content-Type": "application/json"},
        method="POST",
    )

    with urllib.request.urlopen(request) as response:
        assert response.status == 201
