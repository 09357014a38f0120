"""Queues seen from traces and threads: which stand in one, and in which each stands."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.query import rows
from traces_app.access import Access
from traces_app.models import AnnotationQueue, EntityType, Role, Thread, Trace, Workspace
from traces_app.query import filters, from_queues

pytestmark = pytest.mark.django_db


@pytest.fixture
def access() -> Access:
    return factories.access()


def found(project_id: Any, operator: str, value: str) -> set[Any]:
    clause = {"field": "annotation_queue_ids", "operator": operator, "value": value}
    traces = Trace.objects.filter(project_id=project_id)
    chosen = filters.apply(traces, filters.parse([clause]), projects=[project_id])
    return set(chosen.values_list("pk", flat=True))


def test_queue_is_found_by_its_whole_id_and_no_other() -> None:
    project, stored = rows.in_project()
    for queue in AnnotationQueue.objects.filter(project=project):
        inside = {row.trace.pk for row in stored if str(queue.pk) in row.queues}

        for operator in ("=", "contains"):
            assert found(project.pk, operator, str(queue.pk)) == inside


def test_id_of_another_project_or_none_finds_nothing() -> None:
    project, _ = rows.in_project()
    theirs = AnnotationQueue.objects.exclude(project=project).values_list("pk", flat=True)

    for queue_id in (*theirs, uuid7()):
        assert found(project.pk, "contains", str(queue_id)) == set()


def test_id_is_compared_exactly_by_equality_and_without_case_by_contains() -> None:
    project, stored = rows.in_project()
    shouted = stored[1].queues[0].upper()

    assert found(project.pk, "=", shouted) == set()
    assert found(project.pk, "contains", shouted) == {stored[1].trace.pk, stored[2].trace.pk}


def test_only_what_stands_in_the_queue_is_within_it(access: Access) -> None:
    one, two = (factories.trace(access, thread_id="t") for _ in range(2))
    queue = factories.queue(access, one.project_id, one)
    everything = Trace.objects.all()

    within = from_queues.within(everything, EntityType.TRACE, queue.pk, access=access)

    assert [trace.pk for trace in within] == [one.pk]
    assert from_queues.within(everything, EntityType.TRACE, None, access=access) is everything
    threads = from_queues.within(Thread.objects.all(), EntityType.THREAD, queue.pk, access=access)
    assert not threads.exists()
    assert two.pk != one.pk


def test_queue_that_the_caller_does_not_see_holds_nothing(access: Access) -> None:
    trace = factories.trace(access)
    queue = factories.queue(access, trace.project_id, trace, is_for_everyone=False)
    reviewer = factories.access(Workspace.objects.get(), Role.REVIEWER)

    for other in (reviewer, factories.access()):
        within = from_queues.within(Trace.objects.all(), EntityType.TRACE, queue.pk, access=other)
        assert not within.exists()


def test_each_names_its_queues_oldest_first(access: Access) -> None:
    one, two, bare = (factories.trace(access, thread_id="t") for _ in range(3))
    old = factories.queue(access, one.project_id, one, name="old")
    new = factories.queue(access, one.project_id, one, two, name="new")
    thread = factories.thread_of(one)
    of_threads = factories.queue(access, one.project_id, thread, scope="thread", name="t")

    named = from_queues.queues_of(
        EntityType.TRACE, [one.project_id], [one.pk, two.pk, bare.pk], access=access
    )

    assert named == {one.pk: [(old.pk, "old"), (new.pk, "new")], two.pk: [(new.pk, "new")]}
    threads = from_queues.queues_of(EntityType.THREAD, [one.project_id], [thread.pk], access=access)
    assert threads == {thread.pk: [(of_threads.pk, "t")]}


def test_reviewer_is_told_of_own_queues_only(access: Access) -> None:
    trace = factories.trace(access)
    own = factories.queue(access, trace.project_id, trace)
    factories.queue(access, trace.project_id, trace, is_for_everyone=False)
    reviewer = factories.access(Workspace.objects.get(), Role.REVIEWER)

    named = from_queues.queues_of(EntityType.TRACE, [trace.project_id], [trace.pk], access=reviewer)

    assert [queue.id for queue in named[trace.pk]] == [own.pk]


def test_queues_are_named_in_one_query(access: Access) -> None:
    traces = [factories.trace(access) for _ in range(3)]
    for _ in range(2):
        factories.queue(access, traces[0].project_id, *traces)

    with CaptureQueriesContext(connection) as queries:
        from_queues.queues_of(
            EntityType.TRACE,
            [traces[0].project_id],
            [trace.pk for trace in traces],
            access=access,
        )

    assert len(queries) == 1
