"""What a datapoint made now would hold, and where those that were made are."""

from decimal import Decimal

import pytest

from feedback_app.services import corrections, datasets
from feedback_app.trace_page import datapoints
from tests import factories
from tests.feedback_app.desk import Desk
from traces_app.services import traces

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("score", "answer"), [("0.7", "output"), ("0.69", ""), (None, "")])
def test_the_output_is_the_answer_from_the_threshold_on(score: str | None, answer: str) -> None:
    desk = Desk()
    trace = desk.trace()
    if score:
        desk.score(trace, score)
    trace.refresh_from_db()

    found = datapoints.of(desk.access, trace)

    assert (found.answer, found.threshold) == (answer, Decimal("0.7"))


def test_below_it_a_correction_is() -> None:
    desk = Desk()
    trace = desk.trace()
    corrections.submit(access=desk.access, trace_id=trace.pk, output="No.")

    assert datapoints.of(desk.access, trace).answer == "correction"


def test_a_trace_that_was_moved_still_shows_its_datapoint() -> None:
    desk = Desk()
    trace = factories.trace(
        factories.access(desk.room), desk.project("home"), output='"b"', input='"a"'
    )
    desk.score(trace, "1")
    datasets.add_trace(access=desk.access, trace_id=trace.pk)
    traces.move(access=desk.access, trace_id=trace.pk, to=desk.project("away"))
    trace.refresh_from_db()

    (point,) = datapoints.of(desk.access, trace).points

    assert str(point.dataset) == "home"
