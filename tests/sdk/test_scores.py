"""Scores of traces, spans and threads: logged, averaged, deleted, by several authors."""

import opik
import pytest
from opik.rest_api.types.trace_public import TracePublic
from uuid_utils.compat import uuid7

from tests.sdk import clients
from tests.servers import Server

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]


def test_scores_of_a_trace_and_a_span_are_read_back(either_client: opik.Opik) -> None:
    trace = either_client.trace(name="scored")
    span = trace.span(name="step")
    for run in (trace, span):
        run.log_feedback_score("quality", 0.123456789, category_name="fair", reason="because")
        run.log_feedback_score("größe", -3)
    either_client.flush()

    sent = {"quality": (0.123456789, "fair", "because"), "größe": (-3, None, None)}
    assert clients.scores(either_client.get_trace_content(trace.id)) == sent
    assert clients.scores(either_client.get_span_content(span.id)) == sent


def test_client_logs_scores_of_many(client: opik.Opik) -> None:
    traces = [client.trace(name=f"t{number}") for number in range(3)]
    client.log_traces_feedback_scores(
        [{"id": trace.id, "name": "rank", "value": rank} for rank, trace in enumerate(traces)]
    )
    client.flush()

    found = {trace.name: clients.scores(trace) for trace in client.search_traces()}

    assert found == {f"t{number}": {"rank": (number, None, None)} for number in range(3)}


def test_last_score_of_an_author_counts(client: opik.Opik) -> None:
    trace = client.trace(name="scored")
    trace.log_feedback_score("quality", 0.25, reason="at first")
    client.flush()
    trace.log_feedback_score("quality", 0.75, reason="on reflection")
    client.flush()

    assert clients.scores(client.get_trace_content(trace.id)) == {
        "quality": (0.75, None, "on reflection")
    }


def test_scores_sent_before_their_trace_attach_to_it(client: opik.Opik) -> None:
    trace_id, span_id = str(uuid7()), str(uuid7())
    client.log_traces_feedback_scores([{"id": trace_id, "name": "early", "value": 1}])
    client.log_spans_feedback_scores([{"id": span_id, "name": "early", "value": 0.5}])
    client.flush()
    client.trace(id=trace_id, name="late").span(id=span_id, name="step")
    client.flush()

    assert clients.scores(client.get_trace_content(trace_id)) == {"early": (1, None, None)}
    assert clients.scores(client.get_span_content(span_id)) == {"early": (0.5, None, None)}


def test_deleted_scores_are_gone_and_the_others_stay(client: opik.Opik) -> None:
    trace = client.trace(name="scored")
    span = trace.span(name="step")
    for run in (trace, span):
        run.log_feedback_score("quality", 0.5)
        run.log_feedback_score("User feedback", 1)
    client.flush()

    client.delete_trace_feedback_score(trace.id, "quality")
    client.delete_span_feedback_score(span.id, "quality")
    client.delete_span_feedback_score(span.id, "User feedback")

    assert list(clients.scores(client.get_trace_content(trace.id))) == ["User feedback"]
    assert client.get_span_content(span.id).feedback_scores is None


def test_scores_of_threads_are_read_back_and_deleted(client: opik.Opik, project: str) -> None:
    client.trace(name="hello", thread_id="talk")
    client.flush()
    client.log_threads_feedback_scores(
        [
            {"id": "talk", "name": "helpful", "value": 0.75, "reason": "yes"},
            {"id": "talk", "name": "polite", "value": 1, "category_name": "very"},
        ]
    )
    client.flush()
    before = clients.scores(client.search_threads()[0])

    client.rest_client.traces.delete_thread_feedback_scores(
        project_name=project, thread_id="talk", names=["polite"]
    )

    assert before == {"helpful": (0.75, None, "yes"), "polite": (1, "very", None)}
    assert list(clients.scores(client.search_threads()[0])) == ["helpful"]


def test_threads_are_scored_before_and_after_they_close(client: opik.Opik, project: str) -> None:
    threads = client.rest_client.traces
    client.trace(name="hello", thread_id="talk")
    client.flush()
    client.log_threads_feedback_scores([{"id": "talk", "name": "open", "value": 1}])
    client.flush()
    threads.close_trace_thread(project_name=project, thread_id="talk")
    client.log_threads_feedback_scores([{"id": "talk", "name": "closed", "value": 1}])
    client.flush()
    status = client.search_threads()[0].status

    threads.open_trace_thread(project_name=project, thread_id="talk")

    opened = client.search_threads()[0]
    assert (status, opened.status) == ("inactive", "active")
    assert set(clients.scores(opened)) == {"open", "closed"}


def by_author(trace: TracePublic) -> dict[str, float | None]:
    (score,) = trace.feedback_scores or []
    return {author: said.value for author, said in (score.value_by_author or {}).items()}


def test_two_people_and_a_judge_stand_side_by_side(
    server: Server, client: opik.Opik, project: str, colleague_key: str, judge_key: str
) -> None:
    trace = client.trace(name="scored")
    trace.log_feedback_score("quality", 1, reason="good")
    client.flush()
    for key, value, reason in ((colleague_key, 0, "bad"), (judge_key, 0.25, None)):
        with clients.connected(server, project, key=key) as other:
            other.log_traces_feedback_scores(
                [{"id": trace.id, "name": "quality", "value": value, "reason": reason}]
            )
            other.flush()

    read = client.get_trace_content(trace.id)

    assert by_author(read) == {
        "owner@example.com": 1,
        "colleague@example.com": 0,
        "judge-v2": 0.25,
    }
    assert clients.scores(read)["quality"][0] == 0.416666667
    assert client.search_traces(filter_string="feedback_scores.quality = 0.416666667")
