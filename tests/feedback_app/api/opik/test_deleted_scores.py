"""What clients delete of the scores of a queue is to be reviewed again."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feedback_app.focus.questions import Answer
from feedback_app.models import Review
from feedback_app.services import reviews
from feedback_app.services.reviews import Submitted
from tests import admin_rows, factories
from traces_app.models import NIL, VERDICT, QueueItem, Role, Score, Thread, Workspace

pytestmark = pytest.mark.django_db
HOME = "/api/v1/private"
GOOD = Submitted(answers={VERDICT: Answer(1.0, Decimal(1))}, token=NIL)


class Submit:
    """A queue of one trace or thread, which its reviewer has submitted."""

    def __init__(self, scope: str = "trace") -> None:
        self.workspace: Workspace = factories.workspace()
        lead = factories.access(self.workspace)
        self.trace = factories.trace(
            lead, factories.project(self.workspace, "support"), thread_id="t"
        )
        item = self.trace if scope == "trace" else Thread.objects.get()
        self.judged = item.pk
        self.queue = factories.queue(lead, self.trace.project_id, item, scope=scope)
        self.anna = factories.access(self.workspace, Role.REVIEWER)
        reviews.submit(access=self.anna, queue=self.queue, judged_id=self.judged, said=GOOD)

    @property
    def is_asked_again(self) -> bool:
        handed = reviews.take_next(access=self.anna, queue=self.queue)
        return Review.objects.get().state == Review.State.OPEN and handed is not None

    def delete(self, path: str, role: Role = Role.OWNER, **body: Any) -> int:
        client = Client(headers={"Authorization": factories.key(self.workspace, role)})
        body |= {"source_queue_id": str(self.queue.pk)}
        address = f"{HOME}/traces/{path}/feedback-scores/delete"
        return client.post(address, json.dumps(body), content_type="application/json").status_code


def test_a_deleted_score_of_a_trace_reopens_its_review() -> None:
    made = Submit()

    assert made.delete(str(made.trace.pk), name=VERDICT) == 204

    assert made.is_asked_again


def test_a_deleted_score_of_a_thread_reopens_its_review() -> None:
    made = Submit("thread")

    said: dict[str, Any] = {"project_name": "support", "thread_id": "t", "names": [VERDICT]}
    assert made.delete("threads", **said) == 204

    assert made.is_asked_again


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_who_may_not_delete_reopens_nothing(role: Role) -> None:
    made = Submit()

    made.delete(str(made.trace.pk), role, name=VERDICT)

    assert Review.objects.get().state == Review.State.SUBMITTED
    assert QueueItem.objects.get().is_done


def test_a_score_that_the_operator_deletes_reopens_its_review() -> None:
    made, browser = Submit(), admin_rows.operator_client(admin_rows.operator())
    address = reverse("admin:traces_app_score_delete", args=[Score.objects.get().pk])

    browser.post(address, {"post": "yes"})

    assert made.is_asked_again
