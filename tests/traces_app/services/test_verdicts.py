"""The score called "User feedback" is the verdict, whoever writes it through whatever face."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from feedback_app.models import User
from tests import factories
from traces_app.access import Access
from traces_app.models import (
    VERDICT,
    AuditEvent,
    EntityType,
    Face,
    Score,
    ScoreMean,
    Trace,
    Workspace,
)
from traces_app.services import feedbacks, scores

pytestmark = pytest.mark.django_db


class Panel:
    """A trace and three people who judge it."""

    def __init__(self) -> None:
        workspace = factories.workspace()
        self.a, self.b, self.c = (factories.access(workspace) for _ in range(3))
        self.trace = factories.trace(self.a)

    def score(self, by: Access, value: float | str, reason: str | None = None, **more: Any) -> None:
        said = factories.said(self.trace.pk, value, more.pop("name", VERDICT), **more)
        said.reason = reason
        scores.record(access=by, entity_type=EntityType.TRACE, said=[said])

    def feedback(self, by: Access, text: str | None) -> None:
        feedbacks.give(access=by, trace_id=self.trace.pk, feedback=text)

    def delete(self, by: Access, author: Access | None = None, **more: UUID) -> None:
        name = User.objects.get(pk=author.author_id).author_name if author else None
        scores.delete(
            access=by,
            entity_type=EntityType.TRACE,
            entity_id=self.trace.pk,
            names=[VERDICT],
            author=name,
            **more,
        )

    def verdict(self) -> tuple[str | None, str | None]:
        value, text = Trace.objects.values_list("score", "feedback").get(pk=self.trace.pk)
        return None if value is None else f"{Decimal(value).normalize():f}", text

    def by(self) -> UUID | None:
        return Trace.objects.get(pk=self.trace.pk).verdict_by_id

    def reason(self, of: Access) -> str:
        return Score.objects.get(author_id=of.author_id, entity_id=self.trace.pk).reason


@pytest.fixture
def panel() -> Panel:
    return Panel()


def test_unjudged_trace_has_no_verdict(panel: Panel) -> None:
    assert (panel.verdict(), panel.by()) == ((None, None), None)


def test_newest_score_with_its_reason_is_the_verdict(panel: Panel) -> None:
    panel.score(panel.a, 1, "great")
    panel.score(panel.b, "0.25", "poor")
    assert (panel.verdict(), panel.by()) == (("0.25", "poor"), panel.b.author_id)

    panel.score(panel.a, "0.5")
    assert (panel.verdict(), panel.by()) == (("0.5", "great"), panel.a.author_id)


def test_verdict_carries_the_time_and_the_source_of_its_row(panel: Panel) -> None:
    panel.score(panel.a, 1, source="ui")

    trace, row = Trace.objects.get(), Score.objects.get()
    assert (trace.verdict_at, trace.verdict_source) == (row.last_updated_at, "ui")


def test_queue_of_a_score_makes_no_difference(panel: Panel) -> None:
    queue = uuid7()
    panel.score(panel.a, 1, "alone")
    panel.score(panel.a, 0, "queued", queue_id=queue)
    assert panel.verdict() == ("0", "queued")

    panel.delete(panel.a, panel.a, queue_id=queue)
    assert panel.verdict() == ("1", "alone")


@pytest.mark.parametrize("value", ["0", "1", "0.000000001", "0.999999999"])
def test_values_from_0_to_1_are_verdicts(panel: Panel, value: str) -> None:
    panel.score(panel.a, value)

    assert panel.verdict() == (value, None)


@pytest.mark.parametrize("value", ["-0.000000001", "1.000000001", "5", "-999999999.999999999"])
def test_other_values_are_ordinary_scores(panel: Panel, value: str) -> None:
    panel.score(panel.a, "0.5", "fair")

    panel.score(panel.b, value, "off the scale")

    assert (panel.verdict(), panel.by()) == (("0.5", "fair"), panel.a.author_id)
    assert Score.objects.get(author_id=panel.b.author_id).value == Decimal(value)
    assert ScoreMean.objects.get().count == 2


def test_score_that_leaves_the_scale_gives_the_verdict_to_the_next(panel: Panel) -> None:
    panel.score(panel.a, "0.5", "fair")
    panel.score(panel.b, 1, "great")

    panel.score(panel.b, 7, "beyond great")
    assert (panel.verdict(), panel.by()) == (("0.5", "fair"), panel.a.author_id)

    panel.score(panel.a, 8)
    assert (panel.verdict(), panel.by()) == ((None, None), None)


@pytest.mark.parametrize("name", ["user feedback", "User Feedback", "User feedback ", "quality"])
def test_name_is_matched_exactly(panel: Panel, name: str) -> None:
    panel.score(panel.a, 1, "great", name=name)

    assert panel.verdict() == (None, None)
    assert Score.objects.get().name == name


def test_score_of_a_like_name_does_not_follow_a_deleted_verdict(panel: Panel) -> None:
    panel.score(panel.a, 1, name="user feedback")
    panel.score(panel.b, 0)

    panel.delete(panel.b)

    assert panel.verdict() == (None, None)


def test_spans_have_no_verdict(panel: Panel) -> None:
    span = factories.span(panel.a, panel.trace)

    factories.score(panel.a, span, 1, VERDICT, reason="great")

    assert panel.verdict() == (None, None)


def test_absent_reason_keeps_the_authors_own(panel: Panel) -> None:
    panel.score(panel.a, 1, "great")
    panel.score(panel.b, 0)
    assert panel.verdict() == ("0", None)

    panel.score(panel.a, "0.5")
    assert panel.verdict() == ("0.5", "great")
    assert (panel.reason(panel.a), panel.reason(panel.b)) == ("great", "")


def test_absent_reason_of_another_name_keeps_nothing(panel: Panel) -> None:
    panel.score(panel.a, 1, "great", name="quality")
    panel.score(panel.a, 1, name="quality")

    assert panel.reason(panel.a) == ""


@pytest.mark.parametrize("empty", ["", "   "])
def test_empty_reason_clears(panel: Panel, empty: str) -> None:
    panel.score(panel.a, 1, "great")

    panel.score(panel.a, 1, empty)
    assert panel.verdict() == ("1", None)

    panel.score(panel.a, 1)
    assert panel.verdict() == ("1", None)


def test_second_score_of_a_request_keeps_the_reason_of_the_first(panel: Panel) -> None:
    said = [
        factories.said(panel.trace.pk, 0, VERDICT, reason="great"),
        factories.said(panel.trace.pk, 1, VERDICT),
    ]

    scores.record(access=panel.a, entity_type=EntityType.TRACE, said=said)

    assert panel.verdict() == ("1", "great")


def test_feedback_alone_is_shown_without_a_score(panel: Panel) -> None:
    panel.feedback(panel.a, "hm")

    trace = Trace.objects.get()
    assert (trace.score, trace.feedback, trace.verdict_by_id) == (None, "hm", panel.a.author_id)
    assert not Score.objects.exists()


def test_own_feedback_becomes_the_reason_of_the_score_that_follows(panel: Panel) -> None:
    panel.feedback(panel.a, "hm")

    panel.score(panel.a, 1)

    assert panel.verdict() == ("1", "hm")
    assert panel.reason(panel.a) == "hm"


def test_feedback_of_another_never_becomes_ones_reason(panel: Panel) -> None:
    panel.feedback(panel.a, "hm")

    panel.score(panel.b, 1)
    assert panel.reason(panel.b) == ""

    panel.delete(panel.b, panel.b)
    assert (panel.verdict(), panel.by()) == ((None, "hm"), panel.a.author_id)


def test_feedback_beside_own_score_is_its_reason(panel: Panel) -> None:
    panel.score(panel.a, 1, "great", category_name="good")

    panel.feedback(panel.a, "better words")

    row = Score.objects.get()
    assert (row.value, row.reason, row.category_name) == (1, "better words", "good")
    assert panel.verdict() == ("1", "better words")
    assert Trace.objects.get().lone_feedback is None


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_no_feedback_clears_own_words(panel: Panel, nothing: str | None) -> None:
    panel.feedback(panel.a, "hm")
    panel.feedback(panel.a, nothing)
    assert panel.verdict() == (None, None)

    panel.score(panel.a, 1, "great")
    panel.feedback(panel.a, nothing)
    assert panel.verdict() == ("1", None)


def test_feedback_of_one_leaves_the_reason_of_another_stored(panel: Panel) -> None:
    panel.score(panel.a, 1, "great")

    panel.feedback(panel.b, "but why?")

    assert panel.verdict() == ("1", "but why?")
    assert panel.reason(panel.a) == "great"
    panel.feedback(panel.b, "")
    assert panel.verdict() == ("1", "great")


def test_empty_reason_clears_feedback_that_stood_alone(panel: Panel) -> None:
    panel.feedback(panel.a, "hm")

    panel.score(panel.b, 1, "")

    assert panel.verdict() == ("1", None)
    event = AuditEvent.objects.get(action="feedback.set", after='{"feedback":null}')
    assert (event.before, event.actor_id) == ('{"feedback":"hm"}', panel.b.author_id)


def test_score_off_the_scale_leaves_words_alone(panel: Panel) -> None:
    panel.feedback(panel.a, "hm")

    panel.score(panel.b, 5, "")

    assert panel.verdict() == (None, "hm")


def test_deleting_gives_the_verdict_to_the_newest_that_is_left(panel: Panel) -> None:
    panel.score(panel.a, 1, "one")
    panel.score(panel.b, 0, "two")
    panel.score(panel.c, "0.5", "three")

    panel.delete(panel.a, panel.b)
    assert panel.verdict() == ("0.5", "three")
    panel.delete(panel.a, panel.c)
    assert (panel.verdict(), panel.by()) == (("1", "one"), panel.a.author_id)
    panel.delete(panel.a, panel.a)
    assert (panel.verdict(), panel.by()) == ((None, None), None)


def test_deleting_a_score_leaves_the_feedback_that_was_written_alone(panel: Panel) -> None:
    panel.feedback(panel.a, "hm")
    panel.score(panel.a, 1)

    panel.delete(panel.a)

    assert (panel.verdict(), Trace.objects.get().verdict_source) == ((None, "hm"), None)


def test_deleting_a_score_takes_its_reason_along(panel: Panel) -> None:
    panel.score(panel.a, 1, "great")

    feedbacks.withdraw(access=panel.a, trace_id=panel.trace.pk)

    assert panel.verdict() == (None, None)


def test_withdrawing_takes_only_ones_own_verdict(panel: Panel) -> None:
    panel.score(panel.a, 1, name="quality")
    panel.score(panel.b, 0, "theirs")

    feedbacks.withdraw(access=panel.a, trace_id=panel.trace.pk)

    assert panel.verdict() == ("0", "theirs")
    assert Score.objects.count() == 2


def test_every_face_writes_the_same_verdict() -> None:
    workspace = factories.workspace()
    for face, source in ((Face.PREM, "prem"), (Face.OPIK, "sdk"), (Face.PAGE, "ui")):
        access = factories.access(Workspace.objects.get(pk=workspace.pk), face=face)
        trace = factories.trace(access)

        factories.score(access, trace, 1, VERDICT, source=scores.source_of(face), reason="good")

        trace.refresh_from_db()
        assert (trace.score, trace.feedback, trace.verdict_source) == (1, "good", source)
