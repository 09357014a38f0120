"""Traces into datasets: the threshold, corrections, once for each trace."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from feedback_app.models import Correction, Datapoint, Dataset
from feedback_app.services import answers, corrections, datasets
from tests import factories
from traces_app.access import Access
from traces_app.errors import Forbidden, NotFound
from traces_app.models import AuditEvent, Project, Role, Trace
from traces_app.services import judged_traces, traces
from traces_app.services.judged_traces import JudgedTrace, Rejudgement
from traces_app.services.sent_traces import SentTrace

pytestmark = pytest.mark.django_db


def created(access: Access, score: str | None, project: Project | None = None) -> UUID:
    trace = JudgedTrace({"input": '"question"', "output": '"answer"'})
    trace.project_id = project.pk if project else None
    trace.score = None if score is None else Decimal(score)
    (pk,) = judged_traces.create(access=access, sent=[trace])
    assert pk is not None
    return pk


def answer_of(trace_id: UUID) -> str:
    content = json.loads(Datapoint.objects.get(trace_id=trace_id).content)
    return str(content["messages"][-1]["content"])


def draft_of(access: Access, trace_id: UUID) -> None:
    now = datetime.now(UTC)
    home = Trace.objects.get(pk=trace_id).project_id
    Correction.objects.create(
        project_id=home,
        trace_id=trace_id,
        author_id=access.author_id,
        output='"draft"',
        created_at=now,
        last_updated_at=now,
    )


@pytest.mark.parametrize("score", ["0.7", "0.700000001", "1"])
def test_output_is_the_answer_from_the_threshold_on(score: str) -> None:
    access = factories.access()
    pk = created(access, score)

    added = datasets.add_trace(access=access, trace_id=pk)

    point = Datapoint.objects.get(trace_id=pk)
    assert (added.status, point.source, point.bucket) == ("added", "output", "uncategorized")
    assert json.loads(point.content) == {
        "messages": [
            {"role": "user", "content": "question"},
            {"role": "assistant", "content": "answer"},
        ]
    }


def test_a_dataset_that_is_deleted_meanwhile_takes_nothing_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    access, found = factories.access(), answers.of
    pk = created(access, "0.9")
    dataset = factories.dataset(Trace.objects.get().project)

    def of(traces: Sequence[Trace]) -> list[tuple[Trace, answers.Found]]:
        Dataset.objects.all().delete()
        return found(traces)

    monkeypatch.setattr(answers, "of", of)
    with pytest.raises(NotFound):
        datasets.add_trace(access=access, trace_id=pk, dataset_id=dataset.pk)

    assert not Datapoint.objects.exists()
    assert not Trace.objects.get().added_to_dataset


@pytest.mark.parametrize("score", ["0.699999999", "0", None])
def test_below_it_the_correction_is(score: str | None) -> None:
    access = factories.access()
    pk = created(access, score)
    corrections.submit(access=access, trace_id=pk, output="better")

    datasets.add_trace(access=access, trace_id=pk)

    assert answer_of(pk) == "better"
    assert Datapoint.objects.get(trace_id=pk).source == "correction"


def test_good_output_is_taken_before_a_correction() -> None:
    access = factories.access()
    pk = created(access, "0.9")
    corrections.submit(access=access, trace_id=pk, output="better")

    datasets.add_trace(access=access, trace_id=pk)

    assert answer_of(pk) == "answer"


def test_newest_submitted_correction_counts() -> None:
    workspace = factories.workspace()
    anna, ben, drafting = (factories.access(workspace) for _ in range(3))
    pk = created(anna, "0.1")
    corrections.submit(access=anna, trace_id=pk, output="first")
    corrections.submit(access=ben, trace_id=pk, output="second")
    draft_of(drafting, pk)

    datasets.add_trace(access=anna, trace_id=pk)

    assert answer_of(pk) == "second"


def test_threshold_is_the_projects_own() -> None:
    access = factories.access()
    pk = created(access, "0.5")
    Project.objects.update(dataset_threshold=Decimal("0.5"))

    assert datasets.add_trace(access=access, trace_id=pk).status == "added"


@pytest.mark.parametrize(("score", "said"), [(None, "no score"), ("0.25", "the score 0.25")])
def test_what_is_missing_is_said_and_kept_on_the_trace(score: str | None, said: str) -> None:
    access = factories.access()
    pk = created(access, score)

    added = datasets.add_trace(access=access, trace_id=pk)

    trace = Trace.objects.get(pk=pk)
    assert (added.status, added.datapoint_id) == ("failed", None)
    assert said in added.error
    assert (trace.added_to_dataset, trace.processing_status) == (False, "failed")
    assert trace.processing_error == added.error


def test_trace_is_marked_as_added() -> None:
    access = factories.access()
    pk = created(access, "1")

    datasets.add_trace(access=access, trace_id=pk)

    trace = Trace.objects.get(pk=pk)
    assert (trace.added_to_dataset, trace.processing_status) == (True, "none")


def test_second_call_answers_with_the_same_datapoint() -> None:
    access = factories.access()
    pk = created(access, "1")
    first = datasets.add_trace(access=access, trace_id=pk)
    judged_traces.update(access=access, trace_id=pk, change=Rejudgement(score=Decimal(0)))

    second = datasets.add_trace(access=access, trace_id=pk)

    assert second == first
    assert Datapoint.objects.count() == 1


def test_retry_after_a_failure_clears_it() -> None:
    access = factories.access()
    pk = created(access, "0.1")
    datasets.add_trace(access=access, trace_id=pk)
    corrections.submit(access=access, trace_id=pk, output="better")

    added = datasets.add_trace(access=access, trace_id=pk)

    trace = Trace.objects.get(pk=pk)
    assert added.status == "added"
    assert (trace.processing_status, trace.processing_error) == ("none", "")


def test_moved_trace_keeps_its_datapoint() -> None:
    access = factories.access()
    pk = created(access, "1")
    first = datasets.add_trace(access=access, trace_id=pk)
    other = Project.objects.create(workspace_id=access.workspace_id, name="x", name_key="x")
    access.knows_project(other.pk)
    traces.move(access=access, trace_id=pk, to=other)

    assert datasets.add_trace(access=access, trace_id=pk) == first


def test_default_dataset_is_made_once_and_named_as_the_project() -> None:
    access = factories.access()
    for _ in range(2):
        datasets.add_trace(access=access, trace_id=created(access, "1"))

    dataset = Dataset.objects.get()
    assert (dataset.name, dataset.is_default) == ("Default Project", True)
    assert dataset.datapoints.count() == 2


def test_default_dataset_steps_aside_when_the_name_is_taken() -> None:
    workspace = factories.workspace()
    project = factories.project(workspace, "x" * 255)
    access = factories.access(workspace)
    Dataset.objects.create(project=project, name="x" * 255)

    dataset = datasets.default_of(access=access, project=project)

    assert dataset.name == "x" * 253 + " 2"


def test_named_dataset_takes_the_trace() -> None:
    workspace = factories.workspace()
    project = factories.project(workspace)
    access = factories.access(workspace)
    dataset = Dataset.objects.create(project=project, name="gold")
    pk = created(access, "1", project)

    datasets.add_trace(access=access, trace_id=pk, dataset_id=dataset.pk)

    assert Datapoint.objects.get().dataset_id == dataset.pk
    assert Dataset.objects.count() == 1


def test_dataset_of_another_project_or_workspace_is_not_found() -> None:
    workspace = factories.workspace()
    access = factories.access(workspace)
    pk = created(access, "1")
    near = Dataset.objects.create(project=factories.project(workspace), name="near")
    far = Dataset.objects.create(project=factories.project(), name="far")

    fresh = factories.access(workspace)
    for dataset_id in (near.pk, far.pk, uuid7()):
        with pytest.raises(NotFound, match="Dataset not found"):
            datasets.add_trace(access=fresh, trace_id=pk, dataset_id=dataset_id)

    assert Trace.objects.get(pk=pk).processing_status == "none"


def test_trace_of_others_is_not_found() -> None:
    access = factories.access()
    pk = created(access, "1")

    with pytest.raises(NotFound):
        datasets.add_trace(access=factories.access(), trace_id=pk)

    assert not Datapoint.objects.exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_only_writers_add(role: Role) -> None:
    workspace = factories.workspace()
    pk = created(factories.access(workspace), "1")
    access = factories.access(workspace, role)

    with pytest.raises(Forbidden):
        datasets.add_trace(access=access, trace_id=pk)
    with pytest.raises(Forbidden):
        datasets.add_traces(access=access, ids=[pk])


def test_traces_of_opiks_clients_are_added_as_chats() -> None:
    access = factories.access()
    now = datetime.now(UTC)
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
    values = {
        "input": json.dumps({"messages": messages}),
        "output": json.dumps({"role": "assistant", "content": "Hello"}),
    }
    pk = uuid7()
    traces.ingest(access=access, sent=[SentTrace(pk, now, now, "Support", values)])
    Trace.objects.update(score=Decimal(1))

    datasets.add_trace(access=access, trace_id=pk)

    kept = json.loads(Datapoint.objects.get().content)["messages"]
    assert kept == [*messages, {"role": "assistant", "content": "Hello"}]
    assert Dataset.objects.get().name == "Support"


def test_many_answer_each_for_itself_in_the_order_asked() -> None:
    access = factories.access()
    good, bad, unknown = created(access, "1"), created(access, "0.1"), uuid7()

    results = datasets.add_traces(access=access, ids=[unknown, bad, good, good])

    assert [one.status for one in results] == ["failed", "failed", "added", "added"]
    assert results[0].error == "Trace not found"
    assert results[2] == results[3]


def test_fifty_take_as_many_queries_as_two() -> None:
    access = factories.access()
    datasets.add_trace(access=access, trace_id=created(access, "1"))
    counts = []
    for number in (2, 50):
        ids = [created(access, score) for score in ["1", "0.1"] * (number // 2)]
        with CaptureQueriesContext(connection) as queries:
            datasets.add_traces(access=access, ids=ids)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_each_trace_leaves_an_event() -> None:
    access = factories.access()
    good, bad = created(access, "1"), created(access, "0.1")

    datasets.add_traces(access=access, ids=[good, bad])

    found = AuditEvent.objects.filter(action="trace.add_to_dataset", actor_id=access.author_id)
    assert {event.entity_id for event in found} == {good, bad}


def test_database_refuses_a_second_datapoint_of_one_trace() -> None:
    access = factories.access()
    datasets.add_trace(access=access, trace_id=created(access, "1"))
    point = Datapoint.objects.get()
    point.pk = uuid7()

    with pytest.raises(IntegrityError, match=r"datapoint_is_once_per_trace|UNIQUE"):
        point.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_make_one_datapoint_and_one_dataset() -> None:
    access = factories.access()
    same, other = created(access, "1"), created(access, "1")

    def add(trace_id: UUID) -> UUID | None:
        try:
            return datasets.add_trace(access=access, trace_id=trace_id).datapoint_id
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(add, [same, other] * 6))

    assert len(set(found)) == Datapoint.objects.count() == 2
    assert Dataset.objects.count() == 1
