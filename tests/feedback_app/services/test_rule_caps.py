"""The limit of a day with two workers at once."""

import threading
from uuid import UUID

import pytest
from django.db import OperationalError, connection

from feedback_app.models import QueueRuleRun
from feedback_app.services import queue_rules, rule_runs
from feedback_app.services.rule_runs import Seen, Step
from tests.feedback_app.rules import Filling
from traces_app.models import QueueItem


@pytest.mark.django_db(transaction=True)
def test_the_limit_of_a_day_holds_under_two_workers() -> None:
    filling = Filling()
    rule = filling.rule(daily_cap=5)
    traces = [filling.trace().pk for _ in range(16)]
    ready = rule_runs.plan(type(rule).objects.select_related("project").get())
    start = threading.Barrier(2)

    def work(part: list[UUID]) -> None:
        start.wait()
        for pk in part:
            while True:
                try:
                    rule_runs._put(ready, Step(queue_rules.today()), Seen(1, 1, [pk]))
                    break
                except OperationalError:  # SQLite is locked
                    continue
        connection.close()

    workers = [threading.Thread(target=work, args=(traces[n::2],)) for n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    run = QueueRuleRun.objects.get()
    assert QueueItem.objects.count() == run.added == 5
    assert (run.looked_at, run.capped) == (16, 11)
