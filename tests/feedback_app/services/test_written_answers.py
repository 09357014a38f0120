"""What becomes of an answer that is being written, and of all that can happen meanwhile."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback_app.models import Datapoint, Dataset, Generation
from feedback_app.services import corrections, datasets, named_datasets, written_answers
from tests.chat_endpoint import ChatEndpoint, Reply, completion
from tests.feedback_app.desk import Desk
from tests.feedback_app.generator.asked import add, low, state, work
from traces_app.models import AuditEvent, EntityType, Job, Project, Role, Trace
from traces_app.services import comments, traces

pytestmark = pytest.mark.django_db


def added_events(trace: Trace) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action="trace.add_to_dataset", entity_id=trace.pk))


def test_a_low_score_with_feedback_is_queued(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)

    added = add(desk, trace)

    assert (added.status, added.datapoint_id) == ("queued", None)
    assert state(trace) == (False, "processing", "")
    assert endpoint.asked == []


def test_the_answer_becomes_a_datapoint_that_waits_for_approval(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)
    add(desk, trace)

    work()

    point = Datapoint.objects.get(trace_id=trace.pk)
    said = json.loads(point.content)["messages"]
    assert [each["content"] for each in said] == ["Is it covered?", "The better answer."]
    assert (point.source, point.is_waiting, point.rejected) == ("generated", True, "Yes.")
    assert point.created_by_id == desk.person.pk
    assert state(trace) == (True, "none", "")
    assert not Generation.objects.exists()


def test_one_event_tells_of_the_asking_and_one_of_the_adding(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)
    add(desk, trace)

    work()

    (event,) = added_events(trace)
    assert (event.actor_id, event.face) == (desk.person.pk, "worker")
    assert json.loads(event.after)["source"] == "generated"
    assert AuditEvent.objects.filter(action="trace.ask_generator").count() == 1


def test_a_project_may_do_without_approval(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)
    Project.objects.update(approves_generated=False)
    add(desk, trace)

    work()

    assert not Datapoint.objects.get().is_waiting


def test_what_people_said_is_told_to_the_endpoint(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)
    comments.add(
        access=desk.access,
        entity_type=EntityType.TRACE,
        entity_id=trace.pk,
        text="See clause 4.",
    )
    add(desk, trace)

    work()

    (asked,) = endpoint.asked
    assert asked["messages"][1] == {"role": "user", "content": "Is it covered?"}
    assert asked["messages"][2] == {"role": "assistant", "content": "Yes."}
    told = asked["messages"][3]["content"]
    assert "Only in year one." in told
    assert "See clause 4." in told


def test_no_transaction_is_open_while_the_endpoint_is_asked(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    add(desk, low(desk))
    depth = len(connection.savepoint_ids)
    seen = []

    def look(sent: dict[str, object], key: str) -> Reply:
        seen.append(len(connection.savepoint_ids))
        return Reply(completion("Better."))

    endpoint.answer = look  # type: ignore[method-assign]
    with CaptureQueriesContext(connection):
        work()

    assert seen == [depth]


def test_asking_twice_is_asking_once(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)

    first, second = add(desk, trace), add(desk, trace)
    work()

    assert (first.status, second.status) == ("queued", "queued")
    assert len(endpoint.asked) == Datapoint.objects.count() == 1
    assert add(desk, trace).status == "added"


def test_forty_are_queued_with_as_many_queries_as_two(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    access = desk.access
    datasets.add_traces(access=access, ids=[low(desk).pk])
    counts = []
    for number in (2, 40):
        ids = [low(desk).pk for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            results = datasets.add_traces(access=access, ids=ids)
        assert {one.status for one in results} == {"queued"}
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_without_an_endpoint_it_fails_and_says_so() -> None:
    desk = Desk()
    trace = low(desk)

    added = add(desk, trace)

    assert (added.status, added.datapoint_id) == ("failed", None)
    assert added.error.startswith("No generator is configured.")
    assert state(trace) == (False, "failed", added.error)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"input": '[{"role":"tool","content":"x"}]'}, "role tool"),
        ({"input": '""'}, "The input is empty"),
    ],
)
def test_a_question_that_no_dataset_holds_is_not_sent(
    endpoint: ChatEndpoint, values: dict[str, str], said: str
) -> None:
    desk = Desk()

    added = add(desk, low(desk, **values))

    assert added.status == "failed"
    assert said in added.error
    assert not Job.objects.exists()


def test_low_without_feedback_says_what_is_missing(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = desk.trace()
    desk.score(trace, "0.2")

    added = add(desk, trace)

    assert added.status == "failed"
    assert "no correction and no feedback" in added.error


def test_a_failure_that_may_pass_is_tried_again_and_then_counts_once(
    endpoint: ChatEndpoint,
) -> None:
    endpoint.replies.extend([Reply(status=500), Reply(status=429)])
    desk = Desk()
    trace = low(desk)
    add(desk, trace)

    ended = [work(now=True) for _ in range(3)]

    assert [job.state for (job,) in ended] == ["waiting", "waiting", "done"]
    assert state(trace) == (True, "none", "")
    assert len(added_events(trace)) == 1


def test_retry_after_is_waited_for(endpoint: ChatEndpoint) -> None:
    endpoint.replies.append(Reply(status=429, headers={"Retry-After": "300"}))
    desk = Desk()
    add(desk, low(desk))

    (job,) = work()

    assert job.run_after > timezone.now() + timedelta(seconds=250)
    assert "too many requests" in job.error


def test_it_gives_up_in_the_end_and_says_why(endpoint: ChatEndpoint) -> None:
    endpoint.replies.extend([Reply(status=429)] * 20)
    desk = Desk()
    trace = low(desk)
    add(desk, trace)

    while work(now=True):
        pass

    added, status, reason = state(trace)
    assert (added, status) == (False, "failed")
    assert "too many requests" in reason
    assert len(endpoint.asked) == 7
    assert add(desk, trace).status == "queued"  # allowed again


def test_a_final_failure_is_not_tried_again(endpoint: ChatEndpoint) -> None:
    endpoint.replies.append(Reply(completion("half", "length")))
    desk = Desk()
    trace = low(desk)
    add(desk, trace)

    work()

    assert state(trace)[1] == "failed"
    assert "cut off" in state(trace)[2]
    assert work(now=True) == []
    assert len(added_events(trace)) == 1


def test_a_correction_that_came_meanwhile_wins_and_nobody_is_asked(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)
    add(desk, trace)
    corrections.submit(access=desk.access, trace_id=trace.pk, output="By a person.")

    work()

    point = Datapoint.objects.get()
    assert (point.source, point.is_waiting) == ("correction", False)
    assert endpoint.asked == []


def test_a_correction_while_the_endpoint_writes_wins(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)
    add(desk, trace)
    pk = Generation.objects.get().pk
    assert written_answers.question(generation_id=pk) is not None
    corrections.submit(access=desk.access, trace_id=trace.pk, output="By a person.")

    written_answers.settle(generation_id=pk, text="By a machine.", done=lambda _: None)

    assert "By a person." in Datapoint.objects.get().content


def test_a_score_raised_meanwhile_takes_the_output(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)
    add(desk, trace)
    desk.score(trace, "0.9")

    work()

    assert Datapoint.objects.get().source == "output"
    assert endpoint.asked == []


def test_a_score_taken_away_meanwhile_says_what_is_missing(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)
    add(desk, trace)
    Trace.objects.update(score=None)

    work()

    assert "no score and no correction" in state(trace)[2]


def test_a_deleted_trace_ends_it(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)
    add(desk, trace)
    traces.delete(access=desk.access, ids=[trace.pk])

    (job,) = work()

    assert job.state == "done"
    assert not Datapoint.objects.exists()
    assert endpoint.asked == []


def test_a_moved_trace_is_added_where_it_is_now(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)
    add(desk, trace)
    traces.move(access=desk.access, trace_id=trace.pk, to=desk.project("away"))

    work()

    assert str(Datapoint.objects.get().dataset) == "away"


@pytest.mark.parametrize("what", ["moved", "deleted"])
def test_a_named_dataset_that_is_gone_is_a_reason(endpoint: ChatEndpoint, what: str) -> None:
    desk = Desk()
    trace = low(desk)
    home = Project.objects.get(pk=trace.project_id)
    gold = Dataset.objects.create(project=home, name="gold")
    add(desk, trace, gold.pk)
    if what == "moved":
        traces.move(access=desk.access, trace_id=trace.pk, to=desk.project("away"))
    else:
        named_datasets.delete(access=desk.access, ids=[gold.pk])

    work()

    trace = Trace.objects.get(pk=trace.pk)
    assert state(trace) == (False, "failed", written_answers.DATASET_GONE)


def test_another_dataset_waits_its_turn(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)
    home = Project.objects.get(pk=trace.project_id)
    gold = Dataset.objects.create(project=home, name="gold")
    add(desk, trace)

    refused = add(desk, trace, gold.pk)
    work()

    assert "for another dataset" in refused.error
    assert state(trace) == (True, "none", "")
    assert Datapoint.objects.get().dataset.is_default


def test_who_has_lost_the_right_meanwhile_adds_nothing(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)
    add(desk, trace)
    desk.person.memberships.update(role=Role.VIEWER)

    work()

    assert state(trace)[1] == "failed"
    assert not Datapoint.objects.exists()


def test_what_no_job_works_on_any_more_is_given_up(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    lost, alive = low(desk), low(desk)
    add(desk, lost)
    Job.objects.update(state="failed")
    add(desk, alive)

    assert written_answers.sweep() == 1

    assert state(lost) == (False, "failed", written_answers.NOT_DONE)
    assert state(alive)[1] == "processing"


def test_an_endpoint_taken_away_ends_all_that_waits_for_it(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)
    add(desk, trace)

    with override_settings(GENERATOR=None):
        written_answers.sweep()

    assert "No generator is configured" in state(trace)[2]


def test_threshold_of_the_project_decides_again(endpoint: ChatEndpoint) -> None:
    desk = Desk()
    trace = low(desk)
    add(desk, trace)
    Project.objects.update(dataset_threshold=Decimal("0.1"))

    work()

    assert Datapoint.objects.get().source == "output"
