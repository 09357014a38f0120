"""Rules at work: as traces arrive and change, and over what is there."""

import json
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries
from uuid_utils.compat import uuid7

from feedback_app.jobs import REGISTRY
from feedback_app.models import QueueCandidate, QueueRule, QueueRuleRun
from feedback_app.services import queue_candidates, queue_rules, rule_runs
from tests import factories
from tests.feedback_app.rules import Filling, arrive, run_jobs
from traces_app.models import Job, Membership, QueueItem, Role
from traces_app.services import jobs, outbox, projects, queue_items, queues, traces

pytestmark = pytest.mark.django_db


@pytest.fixture
def filling() -> Filling:
    return Filling()


def log() -> QueueRuleRun:
    return QueueRuleRun.objects.get()


def test_what_matches_comes_in_as_it_arrives(filling: Filling) -> None:
    filling.rule()
    hot, _ = filling.trace(), filling.trace("[]")

    arrive()

    item = QueueItem.objects.get()
    assert (item.entity_id, item.source) == (hot.pk, QueueItem.Source.AUTOMATED)
    assert (log().looked_at, log().matched, log().chosen, log().added) == (2, 1, 1, 1)
    assert not QueueCandidate.objects.exists()


def test_a_trace_that_comes_to_match_is_looked_at_again(filling: Filling) -> None:
    filling.rule("scored=yes&max=0.5")
    trace = filling.trace()
    arrive()
    before = filling.inside

    filling.desk.score(trace, "0.2")
    arrive()

    assert before == set()
    assert filling.inside == {trace.pk}


def test_a_filter_with_alternatives_means_what_it_means_in_the_list(filling: Filling) -> None:
    either = [[{"field": "tags", "operator": "=", "value": tag}] for tag in ("hot", "warm")]
    filling.rule(urlencode({"filters": json.dumps([{"any": either}]), "mode": "text"}))
    wanted = {filling.trace().pk, filling.trace('["warm"]').pk}
    filling.trace("[]")

    arrive()

    assert filling.inside == wanted
    assert "mode" not in QueueRule.objects.get().query


def test_two_rules_and_many_changes_add_once(filling: Filling) -> None:
    filling.rule()
    filling.rule("")
    trace = filling.trace()
    arrive()

    filling.desk.score(trace, "0.2")
    arrive()

    filling.queue.refresh_from_db()
    assert filling.queue.item_count == QueueItem.objects.count() == 1
    assert set(QueueRuleRun.objects.values_list("looked_at", flat=True)) <= {0, 1}


def test_a_rule_takes_only_its_own_project(filling: Filling) -> None:
    filling.rule("")
    filling.desk.trace(project=filling.desk.project("elsewhere"))

    arrive()

    assert filling.inside == set()
    assert not QueueRuleRun.objects.exists()


def test_a_trace_that_is_moved_in_is_looked_at(filling: Filling) -> None:
    filling.rule()
    trace = filling.desk.trace(project=filling.desk.project("elsewhere"), tags='["hot"]')

    traces.move(access=filling.desk.access, trace_id=trace.pk, to=filling.project)
    arrive()

    assert filling.inside == {trace.pk}


def test_a_thread_comes_in_once_for_all_its_traces() -> None:
    filling = Filling(scope="thread")
    filling.rule()
    first, _ = filling.trace(thread_id="t-1"), filling.trace(thread_id="t-1")
    filling.trace("[]", thread_id="t-2")
    filling.trace()

    arrive()

    assert filling.inside == {factories.thread_of(first).pk}


def test_the_sample_is_the_same_each_time_and_grows_with_its_percent() -> None:
    rule_id, judged = uuid4(), [uuid7() for _ in range(2000)]

    ten = {pk for pk in judged if rule_runs.takes(rule_id, pk, Decimal(10))}
    half = {pk for pk in judged if rule_runs.takes(rule_id, pk, Decimal(50))}

    assert ten == {pk for pk in judged if rule_runs.takes(rule_id, pk, Decimal(10))}
    assert ten < half
    assert 120 < len(ten) < 280
    assert all(rule_runs.takes(rule_id, pk, Decimal(100)) for pk in judged)


def test_the_limit_of_a_day_holds_and_the_next_day_is_new(
    filling: Filling, monkeypatch: pytest.MonkeyPatch
) -> None:
    filling.rule(daily_cap=2)
    for _ in range(4):
        filling.trace()
    arrive()
    first = (log().added, log().capped, len(filling.inside))
    tomorrow = queue_rules.today() + timedelta(days=1)
    monkeypatch.setattr(queue_rules, "today", lambda: tomorrow)

    filling.trace()
    arrive()

    assert first == (2, 2, 2)
    assert len(filling.inside) == 3


def test_what_somebody_took_out_stays_out(filling: Filling) -> None:
    rule = filling.rule()
    trace = filling.trace()
    arrive()
    queue_items.remove(access=filling.desk.access, queue_id=filling.queue.pk, entity_ids=[trace.pk])

    filling.desk.score(trace, "0.2")
    arrive()
    again = filling.backfill(rule)

    assert filling.inside == set()
    assert (again.added, again.refused) == (0, 1)


@pytest.mark.parametrize("role", [None, Role.VIEWER])
def test_a_rule_of_somebody_without_rights_is_switched_off(
    filling: Filling, role: Role | None
) -> None:
    filling.rule()
    mine = Membership.objects.filter(user=filling.desk.person)
    mine.update(role=role) if role else mine.delete()
    factories.trace(factories.access(filling.desk.room), filling.project, tags='["hot"]')

    arrive()

    rule = QueueRule.objects.get()
    assert not rule.is_on
    assert rule.off_reason == (rule_runs.MAY_NOT if role else rule_runs.LEFT)
    assert filling.inside == set()


def test_a_broken_filter_is_switched_off_and_the_others_go_on(filling: Filling) -> None:
    broken, _ = filling.rule(), filling.rule()
    QueueRule.objects.filter(pk=broken.pk).update(query="filters=nonsense")
    trace = filling.trace()

    arrive()

    broken.refresh_from_db()
    assert (broken.is_on, broken.off_reason) == (False, rule_runs.UNREADABLE)
    assert filling.inside == {trace.pk}


def test_a_trace_that_is_deleted_before_the_look_is_no_error(filling: Filling) -> None:
    filling.rule()
    trace = filling.trace()
    outbox.drain(REGISTRY.consumers)
    traces.delete(access=filling.desk.access, ids=[trace.pk])

    arrive()

    assert filling.inside == set()
    assert not QueueCandidate.objects.exists()


def test_a_candidate_is_let_go_after_some_tries(
    filling: Filling, caplog: pytest.LogCaptureFixture
) -> None:
    filling.rule()
    filling.trace()
    outbox.drain(REGISTRY.consumers)
    QueueCandidate.objects.update(tries=queue_candidates.MOST_TRIES)

    arrive()

    assert "could not look at 1 traces" in caplog.text
    assert not QueueCandidate.objects.exists()
    assert filling.inside == set()


def test_without_a_rule_the_outbox_costs_one_more_question(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    changed = [outbox.ChangedTrace(uuid7(), uuid7())]

    with django_assert_num_queries(1):
        queue_candidates.take_in(changed)


def test_taking_in_is_a_few_statements_however_many_changed(filling: Filling) -> None:
    filling.rule()
    jobs.schedule(periodic=REGISTRY.periodic)
    changed = [outbox.ChangedTrace(filling.project.pk, uuid7()) for _ in range(outbox.BATCH)]

    with CaptureQueriesContext(connection) as asked:
        queue_candidates.take_in(changed)

    assert len(asked) <= 6


def test_a_look_hurries_and_what_is_left_is_not_forgotten(
    filling: Filling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_candidates, "AT_ONCE", 2)
    monkeypatch.setattr("feedback_app.jobs.LOOK_SECONDS", -1)
    filling.rule()
    for _ in range(5):
        filling.trace()

    arrive()

    assert len(filling.inside) == 5


def test_a_run_over_what_is_there_takes_the_same_sample(
    filling: Filling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_runs, "WINDOW", 3)
    there = [filling.trace().pk for _ in range(10)] + [filling.trace("[]").pk]
    rule = filling.rule(percent=50)
    sample = {pk for pk in there[:10] if rule_runs.takes(rule.pk, pk, rule.percent)}

    run = filling.backfill(rule)

    assert filling.inside == sample
    assert (run.looked_at, run.matched, run.added) == (11, 10, len(sample))
    assert run.is_over
    assert filling.backfill(rule).added == 0


def test_a_run_that_was_cut_goes_on_and_counts_each_once(
    filling: Filling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_runs, "WINDOW", 2)
    rule = filling.rule()
    for _ in range(5):
        filling.trace()
    asked = {"project_id": filling.project.pk, "rule_id": rule.pk}
    job = queue_rules.ask_backfill(
        access=filling.desk.access, queue_id=filling.queue.pk, rule_id=rule.pk, token=uuid4()
    )

    class Killed(BaseException):
        pass

    def die(done: int, total: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        rule_runs.backfill(**asked, job_id=job.pk, report=die)
    halfway = len(filling.inside)
    run_jobs(Job.Lane.LONG)

    assert halfway == 2
    assert (log().looked_at, log().added, len(filling.inside)) == (5, 5, 5)


def test_the_limit_is_one_of_the_run(filling: Filling, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_runs, "WINDOW", 2)
    for _ in range(9):
        filling.trace()
    rule = filling.rule(daily_cap=5)

    run = filling.backfill(rule)

    assert (run.added, run.is_over) == (5, True)
    assert run.capped > 0
    assert filling.backfill(rule).added == 4


def test_a_run_of_a_rule_that_cannot_run_says_why(filling: Filling) -> None:
    rule = filling.rule()
    QueueRule.objects.update(query="filters=nonsense")

    filling.backfill(rule)

    assert Job.objects.get(kind=queue_rules.BACKFILL).error == rule_runs.UNREADABLE


def test_a_deleted_queue_takes_its_rules_along(filling: Filling) -> None:
    filling.rule()
    filling.trace()
    arrive()

    filling.desk.browser.post(f"/queues/{filling.queue.pk}/delete")

    assert not QueueRule.objects.exists()
    assert not QueueRuleRun.objects.exists()


def test_a_deleted_project_takes_candidates_and_rules_along(filling: Filling) -> None:
    filling.rule()
    filling.trace()
    outbox.drain(REGISTRY.consumers)

    projects.delete(access=factories.access(filling.desk.room), ids=[filling.project.pk])
    run_jobs(Job.Lane.LONG)

    assert not QueueRule.objects.exists()
    assert not QueueCandidate.objects.exists()
    arrive()


def test_old_days_are_forgotten(filling: Filling) -> None:
    rule = filling.rule()
    of_rule = {"project": filling.project, "queue": filling.queue, "rule": rule}
    for days in (1, 89, 91, 400):
        day = queue_rules.today() - timedelta(days=days)
        QueueRuleRun.objects.create(**of_rule, day=day)

    assert rule_runs.purge() == 2
    assert QueueRuleRun.objects.count() == 2


def test_unknown_traces_are_looked_at_in_vain(filling: Filling) -> None:
    filling.rule("")
    queue_candidates.take_in([outbox.ChangedTrace(filling.project.pk, UUID(int=7))])

    arrive()

    assert (log().looked_at, log().matched) == (1, 0)


def test_a_rule_whose_queue_is_deleted_while_it_looks_ends_no_job(
    filling: Filling, monkeypatch: pytest.MonkeyPatch
) -> None:
    filling.rule()
    filling.trace()
    plan = rule_runs.plan

    def late(rule: QueueRule) -> rule_runs.Plan:
        ready = plan(rule)
        queues.delete(access=filling.desk.access, ids=[filling.queue.pk])
        return ready

    monkeypatch.setattr(rule_runs, "plan", late)
    arrive()

    assert not QueueCandidate.objects.exists()
    assert not Job.objects.filter(kind=queue_candidates.KIND).exclude(error="").exists()
