from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from traces_app.access import Access
from traces_app.models import VERDICT, EntityType, Role, Trace, Workspace
from traces_app.query import own_verdicts
from traces_app.query.own_verdicts import OwnVerdict
from traces_app.services import feedbacks, scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Access:
    return factories.access()


def reviewer() -> Access:
    return factories.access(Workspace.objects.get(), Role.REVIEWER)


def judged(owner: Access, *, is_blind: bool = True) -> Trace:
    trace = factories.trace(owner)
    factories.score(owner, trace, 1, VERDICT, reason="the owner's words")
    factories.queue(owner, trace.project_id, trace, is_blind=is_blind)
    return trace


def test_others_verdict_is_hidden_from_a_blind_reviewer_alone(owner: Access) -> None:
    blind, plain = judged(owner), judged(owner, is_blind=False)
    ids = [blind.pk, plain.pk]

    assert own_verdicts.instead(reviewer(), ids) == {blind.pk: OwnVerdict()}
    assert own_verdicts.instead(owner, ids) == {}


def test_own_newest_score_in_range_stands_in_its_place(owner: Access) -> None:
    trace, me = judged(owner), reviewer()
    queue_id = factories.queue(owner, trace.project_id, trace).pk

    factories.score(me, trace, "0.5", VERDICT, reason="mine")
    factories.score(me, trace, 7, VERDICT, queue_id=queue_id)

    own = own_verdicts.instead(me, [trace.pk])[trace.pk]
    assert (own.score, own.feedback, own.source) == (Decimal("0.5"), "mine", "sdk")


def test_own_words_alone_are_shown_and_not_those_of_others(owner: Access) -> None:
    mine, theirs = judged(owner), judged(owner)
    me = reviewer()
    feedbacks.give(access=me, trace_id=mine.pk, feedback="my words")
    scores.delete(access=owner, entity_type=EntityType.TRACE, entity_id=theirs.pk, names=[VERDICT])
    feedbacks.give(access=owner, trace_id=theirs.pk, feedback="their words")

    found = own_verdicts.instead(me, [mine.pk, theirs.pk])

    assert found == {mine.pk: OwnVerdict(feedback="my words"), theirs.pk: OwnVerdict()}


def test_whoever_sees_all_asks_nothing(owner: Access) -> None:
    trace = judged(owner)

    with CaptureQueriesContext(connection) as queries:
        own_verdicts.instead(owner, [trace.pk])

    assert len(queries) == 0
