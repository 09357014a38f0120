"""A queue with a rule, and what makes the rule run."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from feedback_app.jobs import REGISTRY
from feedback_app.models import QueueRule, QueueRuleRun
from feedback_app.services import queue_rules
from feedback_app.services.queue_rules import Settings
from tests import factories
from tests.feedback_app.desk import Desk
from traces_app.models import AnnotationQueue, Job, QueueItem, Trace
from traces_app.services import jobs, outbox
from traces_app.work import attempts

HOT = '["hot"]'


class Filling:
    """An empty queue of a project, and somebody who makes rules for it."""

    def __init__(self, desk: Desk | None = None, **wishes: Any) -> None:
        self.desk = desk or Desk()
        self.project = self.desk.project()
        self.queue: AnnotationQueue = factories.queue(self.desk.access, self.project.pk, **wishes)

    def rule(self, query: str = "tag=hot", percent: float = 100, **more: Any) -> QueueRule:
        wanted = Settings(query=query, percent=Decimal(str(percent)), **more)
        return queue_rules.create(access=self.desk.access, queue_id=self.queue.pk, settings=wanted)

    def trace(self, tags: str = HOT, **values: Any) -> Trace:
        return self.desk.trace(project=self.project, tags=tags, **values)

    def backfill(self, rule: QueueRule) -> QueueRuleRun:
        job = queue_rules.ask_backfill(
            access=self.desk.access, queue_id=self.queue.pk, rule_id=rule.pk, token=uuid4()
        )
        run_jobs(Job.Lane.LONG)
        return QueueRuleRun.objects.get(job_id=job.pk)

    @property
    def inside(self) -> set[UUID]:
        return set(
            QueueItem.objects.filter(queue=self.queue.pk).values_list("entity_id", flat=True)
        )


def arrive() -> None:
    """What the worker does after a write: it empties the outbox, then looks at the candidates."""
    jobs.schedule(periodic=REGISTRY.periodic)
    while outbox.drain(REGISTRY.consumers):
        pass
    run_jobs(Job.Lane.SHORT)


def run_jobs(lane: Job.Lane) -> None:
    while job := jobs.claim(lane=lane):
        attempts.run(job, REGISTRY.handlers, lambda: None)
