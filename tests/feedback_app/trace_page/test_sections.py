"""The trace's page as a reviewer of a queue sees it."""

import pytest

from tests import factories
from tests.feedback_app.desk import Desk
from traces_app.models import VERDICT, Role, Trace

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Desk:
    return Desk(Role.OWNER)


def judged(owner: Desk, *, is_blind: bool) -> Trace:
    trace = owner.trace()
    factories.score(owner.access, trace, "0.125", VERDICT, reason="the owner's words")
    factories.queue(owner.access, trace.project_id, trace, is_blind=is_blind)
    return trace


def page(desk: Desk, trace: Trace, query: str = "") -> str:
    answer = desk.browser.get(f"/traces/{trace.pk}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_blind_reviewer_sees_nothing_of_what_others_said(owner: Desk) -> None:
    trace = judged(owner, is_blind=True)
    Trace.objects.filter(pk=trace.pk).update(
        processing_status=Trace.ProcessingStatus.FAILED, processing_error="It has the score 0.125."
    )
    reviewer = owner.colleague(Role.REVIEWER)

    shown = page(reviewer, trace, "?all=1")

    assert "the owner&#x27;s words" not in shown
    assert "not added" not in shown
    assert "0.125" not in shown
    assert "Not judged yet" in shown


def test_reviewer_of_an_open_queue_sees_the_verdict(owner: Desk) -> None:
    trace = judged(owner, is_blind=False)

    shown = page(owner.colleague(Role.REVIEWER), trace)

    assert "the owner&#x27;s words" in shown


def test_blind_reviewer_sees_the_own_verdict(owner: Desk) -> None:
    trace = judged(owner, is_blind=True)
    reviewer = owner.colleague(Role.REVIEWER)
    factories.score(reviewer.access, trace, "0.375", VERDICT, reason="my words")

    shown = page(reviewer, trace)

    assert "my words" in shown
    assert "the owner&#x27;s words" not in shown


def test_judging_blind_answers_with_own_words_only(owner: Desk) -> None:
    trace = judged(owner, is_blind=True)
    reviewer = owner.colleague(Role.REVIEWER)

    answer = reviewer.browser.post(
        f"/traces/{trace.pk}/verdict",
        {"score": "0.5", "feedback": "my words"},
        headers={"HX-Request": "true"},
    )

    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "my words" in shown
    assert "the owner&#x27;s words" not in shown


def test_trace_of_no_own_queue_is_not_there(owner: Desk) -> None:
    judged(owner, is_blind=True)
    other = owner.trace()

    answer = owner.colleague(Role.REVIEWER).browser.get(f"/traces/{other.pk}")

    assert answer.status_code == 404
