"""A queue's export: a line per item, reviewer and question; streamed; no formulas; by role."""

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback_app.focus.questions import Answer
from feedback_app.models import Review
from feedback_app.queue_page import export
from feedback_app.services import reviews
from feedback_app.services.reviews import Submitted
from tests import factories
from tests.feedback_app.desk import Desk
from traces_app.models import VERDICT, AnnotationQueue, Role
from traces_app.services.queues import Question

pytestmark = pytest.mark.django_db


class Round:
    """A queue of three traces with two questions; one reviewed, one declined, one untouched."""

    def __init__(self) -> None:
        self.lead = Desk()
        self.traces = [self.lead.trace(name=name) for name in ("first", "second", "third")]
        self.queue: AnnotationQueue = factories.queue(
            self.lead.access,
            self.traces[0].project_id,
            *self.traces,
            name="Warranty, week 47",
            questions=[Question(name=VERDICT), Question(name="Effort")],
        )
        self.desk = self.lead.colleague(Role.REVIEWER)
        self.submit(self.traces[0].pk, '=HYPERLINK("http://a.example")')
        reviews.decline(
            access=self.desk.access,
            queue=self.queue,
            judged_id=self.traces[1].pk,
            reason="I know her.",
        )

    def submit(self, judged_id: Any, feedback: str) -> None:
        answers = {VERDICT: Answer(0.4, Decimal("0.4")), "Effort": Answer(-2.0, Decimal(-2))}
        said = Submitted(answers=answers, feedback=feedback, seconds=31)
        reviews.submit(access=self.desk.access, queue=self.queue, judged_id=judged_id, said=said)

    def file(self, form: str, by: Desk | None = None) -> Any:
        return (by or self.lead).browser.get(f"/queues/{self.queue.pk}/export.{form}")


@pytest.fixture
def round_() -> Round:
    return Round()


def test_jsonl_has_a_line_per_item_reviewer_and_question(round_: Round) -> None:
    answer = round_.file("jsonl")
    lines = [json.loads(line) for line in answer.getvalue().splitlines()]

    assert answer["Content-Disposition"] == 'attachment; filename="warranty-week-47.jsonl"'
    assert [(line["item"], line["question"], line["score"]) for line in lines] == [
        (str(round_.traces[0].pk), "Effort", -2.0),
        (str(round_.traces[0].pk), VERDICT, 0.4),
        (str(round_.traces[1].pk), "", None),
    ]
    review = Review.objects.get(judged_id=round_.traces[0].pk)
    assert lines[1]["reason"] == '=HYPERLINK("http://a.example")'
    assert (lines[1]["seconds"], lines[1]["reviewer"]) == (31.0, round_.desk.person.email)
    assert lines[1]["submitted_at"] == str(review.submitted_at).replace(" ", "T")
    assert (lines[2]["state"], lines[2]["decline_reason"]) == ("declined", "I know her.")


def test_csv_has_no_formulas_and_keeps_negative_numbers(round_: Round) -> None:
    rows = list(csv.DictReader(io.StringIO(round_.file("csv").getvalue().decode())))

    assert rows[1]["reason"] == '\'=HYPERLINK("http://a.example")'
    assert rows[0]["score"] == "-2.0"
    assert list(rows[0]) == list(export.COLUMNS)


def test_scores_that_came_through_the_api_are_in_it_too(round_: Round) -> None:
    factories.score(round_.lead.access, round_.traces[2], 0.9, queue_id=round_.queue.pk)

    lines = [json.loads(line) for line in round_.file("jsonl").getvalue().splitlines()]

    assert (lines[-1]["question"], lines[-1]["score"], lines[-1]["seconds"]) == (
        "quality",
        0.9,
        None,
    )


def test_every_item_is_on_one_page_of_the_walk(
    round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = round_.file("jsonl").getvalue()
    monkeypatch.setattr(export, "PAGE", 1)

    assert round_.file("jsonl").getvalue() == whole


def test_a_page_takes_as_many_queries_for_more_reviews(round_: Round) -> None:
    with CaptureQueriesContext(connection) as few:
        round_.file("csv").getvalue()
    round_.submit(round_.traces[2].pk, "Long.")
    with CaptureQueriesContext(connection) as many:
        round_.file("csv").getvalue()

    assert len(many) == len(few)


def test_who_may_export(round_: Round) -> None:
    desks = [round_.lead.colleague(Role.VIEWER), round_.desk, Desk(Role.OWNER)]

    answers = [round_.file("csv", desk) for desk in desks]

    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert answers[0].getvalue()  # read, or it keeps its place among the streams
    assert round_.file("exe").status_code == 404


def test_feedback_that_no_score_carries_is_in_it_too(round_: Round) -> None:
    said = Submitted(
        answers={"Why": Answer("In words.", Decimal(1), words="In words.")}, feedback="And more."
    )
    reviews.submit(
        access=round_.desk.access, queue=round_.queue, judged_id=round_.traces[2].pk, said=said
    )

    line = json.loads(round_.file("jsonl").getvalue().splitlines()[-1])

    assert (line["answer"], line["reason"], line["feedback"]) == (
        "In words.",
        "In words.",
        "And more.",
    )
