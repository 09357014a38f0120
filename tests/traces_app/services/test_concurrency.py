"""Requests that meet: threads with connections of their own, and real commits."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from random import Random
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from tests import factories
from tests.factories import said, sent_trace
from traces_app.access import Access
from traces_app.errors import Conflict, NotFound
from traces_app.models import (
    NIL,
    Comment,
    EntityType,
    Project,
    Score,
    ScoreMean,
    Span,
    Thread,
    Trace,
    WaitingScore,
    Workspace,
)
from traces_app.models.upserts import EPOCH
from traces_app.services import (
    comments,
    judged_threads,
    scores,
    spans,
    threads,
    traces,
    waiting_scores,
)
from traces_app.services.judged_threads import SaidOfThread
from traces_app.services.sent_traces import SentTrace
from traces_app.services.tags import TagChange

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], object]
POSTGRESQL = connection.vendor == "postgresql"
ROUNDS = 40 if POSTGRESQL else 8  # SQLite has one writer at a time: there only the waiting counts


def at_once(*work: Work) -> list[object]:
    """Run each in a thread of its own, all from one moment on; what they return or refuse."""
    gate = Barrier(len(work))

    def run(one: Work) -> object:
        try:
            connection.ensure_connection()
            gate.wait(timeout=20)
            return one()
        except Conflict as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def people(number: int) -> list[Access]:
    workspace = factories.workspace()
    return [factories.access(workspace) for _ in range(number)]


def again(access: Access) -> Access:
    """The same caller in another request."""
    return Access(
        user_id=access.user_id,
        author_id=access.author_id,
        workspace_id=access.workspace_id,
        workspace_name=access.workspace_name,
        role=access.role,
        face=access.face,
    )


def sending(access: Access, *rows: SentTrace) -> Work:
    return lambda: traces.ingest(access=again(access), sent=rows)


def scoring(access: Access, ids: list[UUID], value: float, **more: Any) -> Work:
    batch = [said(pk, value) for pk in ids]
    kind = more.pop("kind", EntityType.TRACE)
    return lambda: scores.record(access=again(access), entity_type=kind, said=batch, **more)


def deleting(access: Access, *ids: UUID) -> Work:
    return lambda: traces.delete(access=again(access), ids=ids)


def assert_counters_are_exact() -> None:
    for project in Project.objects.all():
        assert project.trace_count == Trace.objects.filter(project=project).count()


def test_overlapping_batches_in_any_order_neither_lock_up_nor_miscount() -> None:
    (access,), random = people(1), Random(1)  # noqa: S311
    ids = [uuid7() for _ in range(30)]
    names = {pk: f"project-{number % 2}" for number, pk in enumerate(ids)}

    def batch(pause: int) -> list[SentTrace]:
        chosen = random.sample(ids, 20)
        return [
            sent_trace(names[pk], pk=pk, minutes=pause, thread_id=f"t{pk.int % 3}") for pk in chosen
        ]

    for number in range(ROUNDS):
        at_once(*(sending(access, *batch(number)) for _ in range(4)))

    assert Trace.objects.count() == len(ids)
    assert Thread.objects.count() == 6
    assert_counters_are_exact()


def test_batches_scores_and_deletes_over_two_projects_do_not_lock_up() -> None:
    (a, b), random = people(2), Random(2)  # noqa: S311
    ids = [uuid7() for _ in range(20)]
    rows = [sent_trace(f"project-{n % 2}", pk=pk) for n, pk in enumerate(ids)]
    sending(a, *rows)()

    for _ in range(ROUNDS // 2):
        shuffled = random.sample(rows, len(rows))
        at_once(
            sending(a, *shuffled),
            scoring(b, ids[::-1], 1, may_wait=True),
            deleting(a, *random.sample(ids, 5)),
            sending(b, *shuffled[::-1]),
        )

    waiting_scores.sweep()
    assert_counters_are_exact()
    known = set(Trace.objects.values_list("pk", flat=True))
    assert set(Score.objects.values_list("entity_id", flat=True)) <= known
    assert ScoreMean.objects.count() == Score.objects.count()


def test_two_authors_at_once_leave_exact_means() -> None:
    authors = people(4)
    ids = [factories.trace(authors[0]).pk for _ in range(5)]

    for value in range(ROUNDS // 4):
        at_once(
            *(
                scoring(author, ids if number % 2 else ids[::-1], value * number)
                for number, author in enumerate(authors)
            )
        )

    means = [(Decimal(mean.value), mean.count) for mean in ScoreMean.objects.all()]
    assert means == [(Decimal((ROUNDS // 4 - 1) * 6) / 4, 4)] * 5


def test_score_and_its_deletion_at_once_leave_a_mean_for_every_row() -> None:
    a, b = people(2)
    trace = factories.trace(a)

    def delete() -> int:
        return scores.delete(
            access=again(a), entity_type=EntityType.TRACE, entity_id=trace.pk, names=["quality"]
        )

    for value in range(ROUNDS // 2):
        at_once(scoring(a, [trace.pk], value), delete, scoring(b, [trace.pk], value), delete)
        rows = [Decimal(row.value) for row in Score.objects.all()]
        means = [(Decimal(mean.value), mean.count) for mean in ScoreMean.objects.all()]
        assert means == ([(sum(rows) / len(rows), len(rows))] if rows else [])


@pytest.mark.parametrize("kind", [EntityType.TRACE, EntityType.SPAN])
def test_deletion_beside_a_score_or_comment_leaves_no_orphan(kind: EntityType) -> None:
    a, b = people(2)

    for _ in range(ROUNDS // 2):
        trace = factories.trace(a)
        span = factories.span(a, trace)
        pk = trace.pk if kind is EntityType.TRACE else span.pk
        at_once(
            _quietly(scoring(b, [pk], 1, kind=kind)), deleting(a, trace.pk), _remark(b, kind, pk)
        )

    assert not Trace.objects.exists()
    assert not Score.objects.exists()
    assert not ScoreMean.objects.exists()
    assert not Comment.objects.exists()


def _quietly(work: Work) -> Work:
    def run() -> object:
        try:
            return work()
        except NotFound as refusal:
            return refusal

    return run


def _remark(access: Access, kind: EntityType, pk: UUID) -> Work:
    return _quietly(
        lambda: comments.add(access=again(access), entity_type=kind, entity_id=pk, text="x")
    )


@pytest.mark.parametrize("kind", [EntityType.TRACE, EntityType.SPAN])
def test_first_score_beside_its_first_arrival_does_not_stay_waiting(kind: EntityType) -> None:
    a, b = people(2)
    trace = factories.trace(a)
    ids = [uuid7() for _ in range(ROUNDS // 2)]

    for pk in ids:
        sent = spans.SentSpan(pk, trace.pk, factories.NOON, factories.NOON, trace.project.name)

        def span_arrives(row: spans.SentSpan = sent) -> None:
            spans.ingest(access=again(a), sent=[row])

        is_trace = kind is EntityType.TRACE
        arrival = sending(a, sent_trace(pk=pk)) if is_trace else span_arrives
        at_once(scoring(b, [pk], 1, kind=kind, may_wait=True), arrival)

    assert not WaitingScore.objects.exists()
    assert set(Score.objects.values_list("entity_id", flat=True)) == set(ids)


def test_patches_and_posts_of_one_new_id_count_it_once() -> None:
    (access,) = people(1)
    project = factories.project(Workspace.objects.get(pk=access.workspace_id), "p")

    for _ in range(ROUNDS // 2):
        pk = uuid7()

        def patch(pk: UUID = pk) -> None:
            traces.patch(
                access=again(access), trace_id=pk, values={"name": "x"}, project=("p", None)
            )

        def create(pk: UUID = pk) -> None:
            traces.create(access=again(access), sent=sent_trace("p", pk=pk))

        at_once(patch, create, patch, sending(access, sent_trace("p", pk=pk)))

    project.refresh_from_db()
    assert project.trace_count == ROUNDS // 2 == Trace.objects.count()


def test_one_of_two_posts_of_an_id_is_refused() -> None:
    (access,) = people(1)
    factories.trace(access)

    for _ in range(ROUNDS // 4):
        row = sent_trace(pk=uuid7())

        def create(row: SentTrace = row) -> None:
            traces.create(access=again(access), sent=row)

        outcomes = at_once(create, create)
        assert sorted(isinstance(one, Conflict) for one in outcomes) == [False, True]

    assert_counters_are_exact()


def test_moves_and_deletes_of_one_trace_keep_both_counters() -> None:
    (access,) = people(1)
    there = factories.project(Workspace.objects.get(pk=access.workspace_id), "there")

    for _ in range(ROUNDS // 4):
        trace = factories.trace(access, thread_id="t")

        def move(pk: UUID = trace.pk) -> None:
            traces.move(access=again(access), trace_id=pk, to=there)

        at_once(_quietly(move), _quietly(move), sending(access, sent_trace(pk=trace.pk)))
        assert_counters_are_exact()
        at_once(deleting(access, trace.pk), deleting(access, trace.pk), _quietly(move))
        assert_counters_are_exact()

    assert Thread.objects.count() == 2


def test_span_that_arrives_during_a_move_goes_where_its_trace_goes() -> None:
    (access,) = people(1)
    there = factories.project(Workspace.objects.get(pk=access.workspace_id), "there")
    trace = factories.trace(access)
    late = spans.SentSpan(uuid7(), trace.pk, factories.NOON, factories.NOON, trace.project.name)

    def arrive() -> None:
        spans.ingest(access=again(access), sent=[late])
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            traces.move(access=again(access), trace_id=trace.pk, to=there)
            arriving = pool.submit(arrive)
            time.sleep(0.5)  # it has asked by now where the trace is
        arriving.result(timeout=20)

    assert Span.objects.get().project_id == there.pk


def test_changes_of_spans_beside_moves_of_their_trace_do_not_lock_up() -> None:
    (access,) = people(1)
    here = Workspace.objects.get(pk=access.workspace_id)
    places = [factories.project(here), factories.project(here)]
    trace = factories.trace(access)
    span = factories.span(access, trace)

    def move(to: Project) -> Work:
        return lambda: traces.move(access=again(access), trace_id=trace.pk, to=to)

    def change() -> None:
        said = spans.SentSpan(span.pk, trace.pk, EPOCH, EPOCH, values={"name": "x"})
        spans.patch(access=again(access), sent=said, tags=TagChange())

    for _ in range(ROUNDS // 2):
        at_once(*map(move, places), change, change)

    trace.refresh_from_db()
    assert Span.objects.get().project_id == trace.project_id


def test_one_project_is_made_by_many_first_batches() -> None:
    (access,) = people(1)

    at_once(*(sending(access, sent_trace("first"), sent_trace("second")) for _ in range(4)))

    assert sorted(Project.objects.values_list("name", "trace_count")) == [
        ("first", 4),
        ("second", 4),
    ]


def test_closing_and_judging_threads_beside_ingest_does_not_lock_up() -> None:
    (a, b), random = people(2), Random(3)  # noqa: S311
    names = [f"t{number}" for number in range(12)]
    sending(a, *(sent_trace("p", thread_id=name) for name in names))()
    later = timezone.now() + timedelta(hours=1)

    def batch() -> list[SentTrace]:
        return [sent_trace("p", thread_id=name) for name in random.sample(names, 8)]

    def judge(chosen: list[str]) -> Work:
        said_of = [SaidOfThread(name, said(NIL, 1), "p") for name in chosen]
        return lambda: judged_threads.record(access=again(b), said=said_of)

    for _ in range(ROUNDS):
        at_once(
            sending(a, *batch()),
            lambda: threads.close_idle(now=later),
            judge(random.sample(names, 8)),
            sending(b, *batch()),
        )

    assert_threads_are_counted()


def test_traces_that_change_threads_at_once_are_counted_where_they_are() -> None:
    (access,), random = people(1), Random(4)  # noqa: S311
    names = ["a", "b", "c"]
    ids = [uuid7() for _ in range(12)]
    sending(access, *(sent_trace("p", pk=pk, thread_id="a") for pk in ids))()

    for number in range(ROUNDS // 2):
        moved = [
            [
                sent_trace("p", pk=pk, thread_id=random.choice(names), minutes=number)
                for pk in random.sample(ids, 6)
            ]
            for _ in range(2)
        ]
        doomed = sent_trace("p", thread_id="b")
        sending(access, doomed)()
        at_once(
            *(sending(access, *rows) for rows in moved),
            deleting(access, doomed.id),
            sending(access, sent_trace("p", thread_id="c")),
        )

    assert_threads_are_counted()


def assert_threads_are_counted() -> None:
    for thread in Thread.objects.all():
        held = Trace.objects.filter(project=thread.project_id, thread_id=thread.thread_id)
        assert (thread.thread_id, thread.trace_count) == (thread.thread_id, held.count())
