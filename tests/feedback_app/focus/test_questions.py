"""Questions and answers: what a form means."""

from decimal import Decimal
from typing import Any

import pytest

from feedback_app.focus import questions
from feedback_app.focus.questions import Kind, Mistakes, Question
from tests import factories
from traces_app.models import VERDICT
from traces_app.services import definitions
from traces_app.services.queues import Question as Wanted

pytestmark = pytest.mark.django_db
DEFINITIONS = (
    ("Sendable", "boolean", '{"true_label":"Yes","false_label":"No"}'),
    ("Fault", "categorical", '{"categories":{"Fact":2,"Tone":1}}'),
    ("Stars", "numerical", '{"min":1,"max":5}'),
)


@pytest.fixture
def asked() -> list[Question]:
    access = factories.access()
    for name, kind, details in DEFINITIONS:
        definitions.create(access=access, said=definitions.Definition(name, kind, details))
    wanted = [
        Wanted(name=VERDICT, is_required=True),
        Wanted(name="Sendable"),
        Wanted(name="Fault", show_if='{"question":"Sendable","is":["No"]}'),
        Wanted(name="Stars", default_answer="3"),
    ]
    project = factories.trace(access).project
    return questions.of(access, factories.queue(access, project.pk, questions=wanted))


def scores(asked: list[Question], **given: Any) -> dict[str, tuple[Decimal, str]]:
    read = questions.read(asked, given)
    return {name: (answer.value, answer.category) for name, answer in read.items()}


def test_questions_take_their_shape_from_the_definitions(asked: list[Question]) -> None:
    assert [each.kind for each in asked] == [Kind.NUMBER, Kind.YES_NO, Kind.CHOICE, Kind.NUMBER]
    assert [option.label for option in asked[2].options] == ["Fact", "Tone"]
    assert (asked[3].least, asked[3].most) == (Decimal(1), Decimal(5))
    assert asked[3].default == 3


def test_answers_become_scores(asked: list[Question]) -> None:
    assert scores(asked, q0="0,75", q1="No", q2="Fact", q3="4") == {
        VERDICT: (Decimal("0.75"), ""),
        "Sendable": (Decimal(0), ""),
        "Fault": (Decimal(2), "Fact"),
        "Stars": (Decimal(4), ""),
    }


def test_what_is_not_asked_is_not_answered(asked: list[Question]) -> None:
    assert set(scores(asked, q0="1", q1="Yes", q2="Fact")) == {VERDICT, "Sendable"}


@pytest.mark.parametrize(
    ("given", "mistakes"),
    [
        ({}, {VERDICT: "This one needs an answer."}),
        ({"q0": "2"}, {VERDICT: "Give a number from 0 to 1."}),
        ({"q0": "NaN"}, {VERDICT: "Give a number from 0 to 1."}),
        ({"q0": "1e999999999"}, {VERDICT: "Give a number from 0 to 1."}),
        ({"q0": "good"}, {VERDICT: "Give a number from 0 to 1."}),
        ({"q0": "1", "q1": "Perhaps"}, {"Sendable": "Choose one of the answers."}),
        ({"q0": "1", "q3": "0"}, {"Stars": "Give a number from 1 to 5."}),
    ],
)
def test_mistake_is_said_at_its_question(
    asked: list[Question], given: dict[str, str], mistakes: dict[str, str]
) -> None:
    with pytest.raises(Mistakes) as raised:
        questions.read(asked, given)

    assert raised.value.by_question == mistakes


def test_a_queue_without_questions_asks_for_the_verdict() -> None:
    access = factories.access()
    queue = factories.queue(access, factories.trace(access).project_id)

    [only] = questions.of(access, queue)

    assert (only.name, only.kind) == (VERDICT, Kind.NUMBER)
    with pytest.raises(Mistakes, match="at least one"):
        questions.read([only], {})
