"""Everyone's scores by name: the verdict first, people before judges."""

from decimal import Decimal

import pytest

from feedback_app.models import User
from feedback_app.trace_page import scores
from tests import factories
from tests.feedback_app.desk import Desk, words
from traces_app.models import VERDICT

pytestmark = pytest.mark.django_db


def test_the_verdict_comes_first_and_judges_last() -> None:
    desk = Desk()
    trace = desk.trace()
    judge = factories.access(desk.room, person=User.objects.service_account("judge-v2"))
    factories.score(judge, trace, "0.8", "Grounded")
    desk.score(trace, "0.9", name="Polite")
    desk.score(trace, "0.3")

    named = scores.of(desk.access, trace)

    assert [each.name for each in named] == [VERDICT, "Polite", "Grounded"]
    assert [each.by_judge for each in named] == [False, False, True]


def test_mean_deviation_and_dots_are_those_of_all_authors() -> None:
    desk = Desk()
    trace = desk.trace()
    desk.score(trace, "0.2")
    desk.colleague().score(trace, "0.6")

    (named,) = scores.of(desk.access, trace)

    assert named.mean == Decimal("0.4")
    assert named.deviation == pytest.approx(0.2)
    assert [dot.is_mine for dot in named.dots] == [False, True]


def test_values_off_the_line_are_numbers_alone() -> None:
    desk = Desk()
    trace = desk.trace()
    desk.score(trace, "10", name="Minutes")

    (named,) = scores.of(desk.access, trace)

    assert named.dots == []
    assert '<b title="10">10.0</b>' in desk.open(trace).text


def test_past_six_names_the_others_are_folded() -> None:
    desk = Desk()
    trace = desk.trace()
    for n in range(40):
        desk.score(trace, "0.5", name=f"name {n:02}")

    text = words(desk.open(trace))

    assert "34 more names" in text
    assert "name 39" in text


def test_reasons_are_whole() -> None:
    desk = Desk()
    trace = desk.trace()
    desk.score(trace, "0.5", "because " * 100, name="Polite")

    assert ("because " * 100).strip() in desk.open(trace).text
