"""Threads as the opik SDK finds, scores and closes them."""

import warnings

import opik
import pytest
from opik.api_objects.threads.threads_client import ThreadsClient

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]


@pytest.fixture
def threads(client: opik.Opik) -> ThreadsClient:
    return client.get_threads_client()


@pytest.fixture
def talks(client: opik.Opik) -> list[str]:
    """Three conversations, of one, two and three traces."""
    names = [f"talk-{number}" for number in (1, 2, 3)]
    for number, name in enumerate(names, start=1):
        for turn in range(number):
            trace = client.trace(
                name="turn", input={"q": f"question {turn}"}, output={"a": turn}, thread_id=name
            )
            trace.end()
    client.flush()
    return names


def ids(found: list[opik.rest_api.TraceThread]) -> list[str]:
    return sorted(thread.id or "" for thread in found)


def test_threads_are_found_by_every_type_of_field(
    client: opik.Opik, threads: ThreadsClient, talks: list[str], project: str
) -> None:
    def found(oql: str) -> list[str]:
        return ids(threads.search_threads(project_name=project, filter_string=oql))

    assert ids(threads.search_threads(project_name=project)) == talks
    assert found('id = "talk-2"') == ["talk-2"]
    assert found("number_of_messages >= 4") == ["talk-2", "talk-3"]
    assert found('status = "active" AND first_message contains "QUESTION 0"') == talks
    assert found('start_time > "2020-01-01T00:00:00Z" AND duration < 60000') == talks
    assert found('tags contains "none"') == []
    assert found("feedback_scores.absent is_empty") == talks


def test_what_a_thread_shows_is_what_its_traces_were(
    threads: ThreadsClient, talks: list[str], project: str
) -> None:
    (thread,) = threads.search_threads(project_name=project, filter_string='id = "talk-3"')

    assert (thread.first_message, thread.last_message) == ({"q": "question 0"}, {"a": 2})
    assert (thread.number_of_messages, thread.status) == (6, "active")
    assert thread.duration is not None


def test_scores_are_logged_on_open_threads_and_filtered_by(
    client: opik.Opik, threads: ThreadsClient, talks: list[str], project: str
) -> None:
    threads.log_threads_feedback_scores(
        [
            {"id": "talk-1", "name": "helpful", "value": 0.75, "reason": "short"},
            {"id": "talk-2", "name": "helpful", "value": 0.25},
        ],
        project_name=project,
    )
    client.flush()

    (good,) = threads.search_threads(
        project_name=project, filter_string="feedback_scores.helpful > 0.5"
    )

    (score,) = good.feedback_scores or []
    assert (good.id, score.value, score.reason) == ("talk-1", 0.75, "short")


def test_closed_thread_is_inactive_until_its_next_trace(
    client: opik.Opik, threads: ThreadsClient, talks: list[str], project: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        threads.close_thread("talk-1", project_name=project)
    resting = threads.search_threads(project_name=project, filter_string='status = "inactive"')

    client.trace(name="again", input={"q": 1}, thread_id="talk-1").end()
    client.flush()

    assert ids(resting) == ["talk-1"]
    awake = threads.search_threads(project_name=project, filter_string='status = "active"')
    assert ids(awake) == talks


def test_more_threads_than_a_page_are_all_found_once(
    client: opik.Opik, threads: ThreadsClient, project: str
) -> None:
    wanted = [f"conversation {number}" for number in range(2050)]
    for name in wanted:
        client.trace(name="t", input={"q": 1}, thread_id=name)
    client.flush()

    found = threads.search_threads(project_name=project, max_results=5000)

    assert ids(found) == sorted(wanted)


def test_rest_client_lists_tags_comments_and_deletes(
    client: opik.Opik, talks: list[str], project: str
) -> None:
    rest = client.rest_client.traces
    thread = rest.get_trace_thread(thread_id="talk-2", project_name=project)
    model_id = thread.thread_model_id or ""

    rest.update_thread(model_id, tags=["vip"])
    rest.add_thread_comment(model_id, text="hello")
    rest.delete_trace_threads(thread_ids=["talk-1"], project_name=project)

    page = rest.get_trace_threads(project_name=project)
    assert ids(list(page.content or [])) == ["talk-2", "talk-3"]
    read = rest.get_trace_thread(thread_id="talk-2", project_name=project)
    assert read.tags == ["vip"]
    assert [comment.text for comment in read.comments or []] == ["hello"]
    stats = rest.get_trace_thread_stats(project_name=project)
    assert [each.value for each in stats.stats or [] if each.name == "thread_count"] == [2]
