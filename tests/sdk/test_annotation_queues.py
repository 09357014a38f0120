"""Annotation queues as the opik SDK makes, fills, reads and deletes them."""

from datetime import UTC, datetime
from typing import Any

import opik
import pytest
from opik.exceptions import OpikException
from opik.rest_api.core.api_error import ApiError

from tests.sdk import clients
from tests.servers import Server

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]
SETTINGS: dict[str, Any] = {
    "description": "Figures of the week 🎉",
    "instructions": "# Lesen\nIst die Zahl richtig?",
    "comments_enabled": True,
    "feedback_definition_names": ["User feedback", "tone"],
}


def sent(client: opik.Opik, number: int, **values: Any) -> list[Any]:
    """So many ended traces of the client's project, as they are read back, newest first."""
    for n in range(number):
        ended = datetime.now(UTC)  # end() would send a request for each
        client.trace(name=f"t{n}", input={"n": n}, output={"a": n}, end_time=ended, **values)
    client.flush()
    found = client.search_traces(max_results=number)
    assert len(found) == number
    return list(found)


def threads_of(client: opik.Opik, project: str) -> list[Any]:
    return list(client.search_threads(project_name=project))


def ids(rows: Any) -> list[str]:
    return [row.id for row in rows]


def test_queue_is_read_back_as_it_was_made(client: opik.Opik, project: str) -> None:
    sent(client, 1)
    queue = client.create_traces_annotation_queue("week 12", project, **SETTINGS)

    found = client.get_traces_annotation_queue(queue.id)

    read = {name: getattr(found, name) for name in SETTINGS}
    assert read == SETTINGS == {name: getattr(queue, name) for name in SETTINGS}
    assert (found.id, found.name, found.scope) == (queue.id, "week 12", "trace")
    assert (found.project_id, found.items_count) == (queue.project_id, 0)


def test_traces_are_added_read_and_taken_out(client: opik.Opik, project: str) -> None:
    traces = sent(client, 4)
    queue = client.create_traces_annotation_queue("q", project)

    queue.add_traces(traces[:3])
    queue.add_traces(traces[2:3])
    added, count = queue.get_items(), queue.items_count
    queue.remove_traces([traces[0], traces[3]])

    assert (ids(added), count) == (ids(traces[:3]), 3)
    assert [row.input for row in added] == [{"n": 3}, {"n": 2}, {"n": 1}]
    assert (ids(queue.get_items()), queue.items_count) == (ids(traces[1:3]), 2)


def test_items_name_the_queues_that_they_are_in(client: opik.Opik, project: str) -> None:
    traces = sent(client, 2)
    queue = client.create_traces_annotation_queue("week 12", project)
    queue.add_traces(traces[:1])

    found = client.search_traces()

    named = [[(each.id, each.name) for each in row.annotation_queues or []] for row in found]
    assert named == [[(queue.id, "week 12")], []]


def test_threads_are_added_read_and_taken_out(client: opik.Opik, project: str) -> None:
    for name in ("one", "two", "three"):
        sent(client, 1, thread_id=name)
    threads = threads_of(client, project)
    queue = client.create_threads_annotation_queue("talks", project, **SETTINGS)

    queue.add_threads(threads[:2])
    added = queue.get_items()
    queue.remove_threads(threads[:1])

    assert (queue.scope, sorted(ids(added))) == ("thread", sorted(ids(threads[:2])))
    assert ids(queue.get_items()) == ids(threads[1:2])
    assert client.get_threads_annotation_queue(queue.id).items_count == 1


def test_queue_of_one_scope_is_not_one_of_the_other(client: opik.Opik, project: str) -> None:
    sent(client, 1)
    queue = client.create_traces_annotation_queue("q", project)

    with pytest.raises(OpikException, match="is not a threads queue"):
        client.get_threads_annotation_queue(queue.id)


def test_update_changes_what_is_given_and_keeps_the_rest(client: opik.Opik, project: str) -> None:
    sent(client, 1)
    queue = client.create_traces_annotation_queue("before", project, **SETTINGS)

    queue.update(name="after", feedback_definition_names=["accuracy"])

    found = client.get_traces_annotation_queue(queue.id)
    assert (found.name, found.feedback_definition_names) == ("after", ["accuracy"])
    assert (found.instructions, found.comments_enabled) == (SETTINGS["instructions"], True)


def test_queues_are_listed_by_project_and_scope(
    server: Server, client: opik.Opik, project: str
) -> None:
    sent(client, 1)
    made = [client.create_traces_annotation_queue(f"q{n}", project).id for n in range(3)]
    talks = client.create_threads_annotation_queue("talks", project).id
    with clients.connected(server, f"{project}-other") as other:
        sent(other, 1)
        other.create_traces_annotation_queue("elsewhere", f"{project}-other")

    assert ids(client.get_traces_annotation_queues(project)) == made[::-1]
    assert ids(client.get_threads_annotation_queues(project)) == [talks]


def test_deleted_queue_is_gone_and_its_traces_stay(client: opik.Opik, project: str) -> None:
    traces = sent(client, 1)
    queue, other = (client.create_traces_annotation_queue(name, project) for name in "ab")
    for each in (queue, other):
        each.add_traces(traces)

    queue.delete()
    client.delete_annotation_queue(other.id)

    for gone in (queue, other):
        with pytest.raises(OpikException, match="not found"):
            client.get_traces_annotation_queue(gone.id)
    assert client.get_traces_annotation_queues(project) == []
    assert client.get_trace_content(traces[0].id).annotation_queues is None


def test_more_than_a_batch_of_items_is_added_and_read(client: opik.Opik, project: str) -> None:
    traces = sent(client, 1100)
    queue = client.create_traces_annotation_queue("large", project)

    queue.add_traces(traces)

    assert queue.items_count == 1100
    assert ids(queue.get_items()) == ids(traces)


def test_scores_in_a_queue_are_its_own(client: opik.Opik, project: str) -> None:
    (trace,) = sent(client, 1)
    queue = client.create_traces_annotation_queue("q", project)
    queue.add_traces([trace])
    rest = client.rest_client
    rest.traces.add_trace_feedback_score(
        trace.id, name="tone", value=0.25, source="ui", source_queue_id=queue.id
    )
    rest.traces.add_trace_feedback_score(trace.id, name="tone", value=0.75, source="sdk")

    found = rest.annotation_queues.get_annotation_queue_by_id(queue.id)

    assert [(row.name, row.value) for row in found.feedback_scores or []] == [("tone", 0.25)]
    assert [row.status for row in found.reviewers or []] == [1]
    (score,) = client.get_trace_content(trace.id).feedback_scores or []
    assert score.value == 0.5
    assert len(score.value_by_author or {}) == 2


def test_item_is_locked_for_one_person(
    server: Server, client: opik.Opik, project: str, colleague_key: str
) -> None:
    (trace,) = sent(client, 1)
    queue = client.create_traces_annotation_queue("q", project)
    queue.add_traces([trace])
    mine = client.rest_client.annotation_queues
    with clients.connected(server, project, key=colleague_key) as other:
        theirs = other.rest_client.annotation_queues

        first = mine.lock_annotation_queue_item(queue.id, trace.id)
        second = theirs.lock_annotation_queue_item(queue.id, trace.id)
        held = theirs.get_annotation_queue_locks(queue.id)

    assert (first.acquired, second.acquired) == (True, False)
    assert (second.locked_by, second.expires_at) == (first.locked_by, first.expires_at)
    assert list((held.locks or {})[trace.id].locked_by or []) == [first.locked_by]


def test_stranger_sees_no_queue_and_fills_none(
    server: Server, client: opik.Opik, project: str, stranger_key: str
) -> None:
    traces = sent(client, 1)
    queue = client.create_traces_annotation_queue("q", project)
    with clients.connected(server, project, key=stranger_key) as stranger:
        queues = stranger.rest_client.annotation_queues

        assert queues.find_annotation_queues().total == 0
        with pytest.raises(OpikException, match="not found"):
            stranger.get_traces_annotation_queue(queue.id)
        with pytest.raises(ApiError) as refused:
            queues.add_items_to_annotation_queue(queue.id, ids=[traces[0].id])

    assert refused.value.status_code == 404
    assert client.get_traces_annotation_queue(queue.id).items_count == 0
