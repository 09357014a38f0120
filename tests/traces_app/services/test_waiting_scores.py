from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from uuid_utils.compat import uuid7

from tests import factories
from tests.factories import NOON, said, sent_trace
from traces_app.access import Access
from traces_app.models import (
    VERDICT,
    EntityType,
    Score,
    ScoreMean,
    Trace,
    WaitingScore,
    Workspace,
)
from traces_app.models.scores_sql import write_waiting
from traces_app.services import scores, spans, traces, waiting_scores

pytestmark = pytest.mark.django_db


def colleague(access: Access) -> Access:
    return factories.access(Workspace.objects.get(pk=access.workspace_id))


def wait(
    access: Access,
    pk: UUID,
    value: float,
    name: str = "quality",
    kind: EntityType = EntityType.TRACE,
    **more: str,
) -> None:
    scores.record(
        access=access, entity_type=kind, said=[said(pk, value, name, **more)], may_wait=True
    )


def arrive(access: Access, pk: UUID) -> Trace:
    assert not traces.ingest(access=access, sent=[sent_trace(pk=pk)])
    return Trace.objects.get(pk=pk)


def test_score_that_comes_first_is_given_to_its_trace() -> None:
    access, pk = factories.access(), uuid7()
    wait(access, pk, 0.5, source="ui", reason="fair", category_name="ok")
    assert not Score.objects.exists()

    trace = arrive(access, pk)

    score = Score.objects.get()
    assert (score.entity_id, score.project_id) == (pk, trace.project_id)
    assert (score.value, score.reason, score.category_name, score.source) == (
        Decimal("0.5"),
        "fair",
        "ok",
        "ui",
    )
    assert score.author_id == access.author_id
    assert not WaitingScore.objects.exists()


@pytest.mark.parametrize("how", ["post", "patch"])
def test_trace_may_arrive_in_any_way(how: str) -> None:
    access, pk = factories.access(), uuid7()
    wait(access, pk, 1)

    if how == "post":
        traces.create(access=access, sent=sent_trace(pk=pk))
    else:
        traces.patch(access=access, trace_id=pk, values={})

    assert Score.objects.get().entity_id == pk


def test_score_of_a_span_waits_for_the_span() -> None:
    access, pk = factories.access(), uuid7()
    wait(access, pk, 1, kind=EntityType.SPAN)
    trace = arrive(access, uuid7())
    assert WaitingScore.objects.count() == 1

    spans.ingest(access=access, sent=[spans.SentSpan(pk, trace.pk, NOON, NOON)])

    assert Score.objects.values_list("entity_type", "entity_id").get() == ("span", pk)


def test_scores_of_two_authors_wait_side_by_side() -> None:
    access, pk = factories.access(), uuid7()
    wait(access, pk, 1)
    wait(colleague(access), pk, 0)
    wait(access, pk, 0.5)  # over the first one

    arrive(access, pk)

    mean = ScoreMean.objects.get()
    assert (mean.value, mean.count) == (Decimal("0.25"), 2)


def test_known_and_unknown_of_one_batch_are_both_kept() -> None:
    access, pk = factories.access(), uuid7()
    trace = factories.trace(access)

    scores.record(
        access=access,
        entity_type=EntityType.TRACE,
        said=[said(pk, 1), said(trace.pk, 2), said(pk, 3), said(pk, 4, "other")],
        may_wait=True,
    )

    assert Score.objects.get().entity_id == trace.pk
    waiting = WaitingScore.objects.values_list("name", "value")
    assert set(waiting) == {("quality", 3), ("other", 4)}


def test_verdict_that_was_said_last_wins_among_those_that_waited() -> None:
    access, pk = factories.access(), uuid7()
    other = colleague(access)
    wait(access, pk, 1, VERDICT, reason="great")
    wait(other, pk, 0, VERDICT, reason="poor")
    wait(access, pk, 0.5, VERDICT)

    trace = arrive(access, pk)

    assert (trace.score, trace.feedback) == (Decimal("0.5"), "great")
    assert trace.verdict_by_id == access.author_id


def test_reason_of_any_other_name_is_not_kept() -> None:
    access, pk = factories.access(), uuid7()
    wait(access, pk, 1, reason="great")
    wait(access, pk, 0)

    arrive(access, pk)

    assert Score.objects.get().reason == ""


def test_score_of_one_workspace_is_never_seen_in_another() -> None:
    access, stranger, pk = factories.access(), factories.access(), uuid7()
    wait(stranger, pk, 1)

    arrive(access, pk)
    wait(stranger, pk, 0, "other")
    waiting_scores.sweep()

    assert not Score.objects.exists()
    assert not ScoreMean.objects.exists()
    assert WaitingScore.objects.filter(workspace_id=stranger.workspace_id).count() == 2


def test_one_user_in_two_workspaces_keeps_them_apart() -> None:
    person = factories.user()
    here, there = (factories.access(factories.workspace(), person=person) for _ in range(2))
    trace = factories.trace(there)

    wait(here, trace.pk, 1)
    waiting_scores.sweep()

    assert not Score.objects.exists()
    assert WaitingScore.objects.get().workspace_id == here.workspace_id


def leave_behind(access: Access, trace: Trace, value: int, age: timedelta = timedelta(0)) -> None:
    """What a race leaves: a score waits although its trace is there."""
    at = timezone.now() - age
    billionths = value * 10**9
    row = (trace.pk, "quality", access.author_id, UUID(int=0), uuid7(), billionths, None, "", "sdk")
    write_waiting([(access.workspace_id, "trace", *row, at)])


def test_score_looks_again_for_a_trace_that_came_meanwhile(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    access, pk = factories.access(), uuid7()
    with django_capture_on_commit_callbacks() as callbacks:
        wait(access, pk, 1)
    Score.objects.all().delete()
    waiting = WaitingScore.objects.get()
    arrive(access, pk)
    Score.objects.all().delete()
    ScoreMean.objects.all().delete()
    waiting.save(force_insert=True)

    for callback in callbacks:
        callback()

    assert Score.objects.get().entity_id == pk
    assert not WaitingScore.objects.exists()


def test_sweep_settles_what_slipped_through() -> None:
    access = factories.access()
    trace = factories.trace(access)
    leave_behind(access, trace, 1)
    wait(access, uuid7(), 1)

    assert waiting_scores.sweep() == 1

    assert Score.objects.get().entity_id == trace.pk


def test_what_waited_does_not_overwrite_what_its_author_said_since() -> None:
    access = factories.access()
    trace = factories.trace(access)
    factories.score(access, trace, 1)
    leave_behind(access, trace, 0, timedelta(seconds=5))

    assert waiting_scores.sweep() == 0

    assert Score.objects.get().value == ScoreMean.objects.get().value == 1


@pytest.mark.parametrize(("days", "left"), [(6.99, 1), (7.01, 0)])
def test_scores_wait_seven_days(days: float, left: int) -> None:
    access = factories.access()
    wait(access, uuid7(), 1)
    WaitingScore.objects.update(created_at=timezone.now() - timedelta(days=days))

    assert waiting_scores.sweep() == left


def test_expired_score_is_not_given_to_a_late_trace() -> None:
    access, pk = factories.access(), uuid7()
    wait(access, pk, 1)
    WaitingScore.objects.update(created_at=timezone.now() - timedelta(days=8))
    waiting_scores.sweep()

    arrive(access, pk)

    assert not Score.objects.exists()
