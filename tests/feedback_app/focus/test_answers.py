"""Several choices, texts and steps: what a form's answers mean, and which scores they are."""

from decimal import Decimal
from typing import Any

import pytest

from feedback_app.focus import questions
from feedback_app.focus.questions import Answer, Mistakes, Question
from tests import factories
from traces_app.models import VERDICT
from traces_app.services import definitions
from traces_app.services.queues import Question as Wanted

pytestmark = pytest.mark.django_db
DEFINITIONS = (
    ("Faults", "multiple", '{"categories":{"Late":1,"Rude":2,"Wrong, and sure":1}}'),
    ("Why", "text", "{}"),
    ("Stars", "numerical", '{"min":1,"max":5,"step":0.5}'),
)


@pytest.fixture
def asked() -> list[Question]:
    access = factories.access()
    for name, kind, details in DEFINITIONS:
        definitions.create(access=access, said=definitions.Definition(name, kind, details))
    wanted = [
        Wanted(
            name="Faults", option_help='{"Rude":"Names are called."}', default_answer='["Late"]'
        ),
        Wanted(name="Why", show_if='{"question":"Faults","is":["Rude","Wrong, and sure"]}'),
        Wanted(name="Stars"),
    ]
    project = factories.trace(access).project
    return questions.of(access, factories.queue(access, project.pk, questions=wanted))


def answer(asked: list[Question], name: str, **given: Any) -> Answer | None:
    return questions.read(asked, given).get(name)


def test_several_choices_are_the_sum_of_their_values(asked: list[Question]) -> None:
    chosen = answer(asked, "Faults", q0=["Wrong, and sure", "Rude", "Rude"])

    assert chosen == Answer(["Rude", "Wrong, and sure"], Decimal(3), "Rude, Wrong, and sure")


def test_a_text_is_one_score_with_the_text_as_its_reason(asked: list[Question]) -> None:
    said = answer(asked, "Why", q0=["Rude"], q1=" It\r\nshouts\x00 ")

    assert said == Answer("It\nshouts\ufffd", Decimal(1), words="It\nshouts\ufffd")


@pytest.mark.parametrize(
    ("chosen", "is_asked"), [(["Late"], False), (["Late", "Rude"], True), ([], False)]
)
def test_one_of_the_chosen_lets_a_question_be_asked(
    asked: list[Question], chosen: list[str], is_asked: bool
) -> None:
    assert (answer(asked, "Why", q0=chosen, q1="so", q2="1") is not None) == is_asked


@pytest.mark.parametrize(
    ("given", "mistakes"),
    [
        ({"q0": ["Late", "Made up"]}, {"Faults": "Choose of the answers that are offered."}),
        ({"q0": ["Rude"], "q1": "x" * 2049}, {"Why": "Write at most 2048 characters."}),
        ({"q2": "1.25"}, {"Stars": "Give a number from 1 to 5 in steps of 0.5."}),
        ({"q0": [""], "q2": " "}, {"": "Answer at least one question."}),
    ],
)
def test_mistake_is_said_at_its_question(
    asked: list[Question], given: dict[str, Any], mistakes: dict[str, str]
) -> None:
    with pytest.raises(Mistakes) as raised:
        questions.read(asked, given)

    assert raised.value.by_question == mistakes


def test_a_number_on_a_step_is_taken(asked: list[Question]) -> None:
    assert answer(asked, "Stars", q2="4,5") == Answer(4.5, Decimal("4.5"))


def test_options_carry_their_help(asked: list[Question]) -> None:
    assert [option.help for option in asked[0].options] == ["", "Names are called.", ""]
    assert asked[0].default == ["Late"]


def test_a_required_question_wants_one_of_several() -> None:
    access = factories.access()
    definitions.create(access=access, said=definitions.Definition(*DEFINITIONS[0]))
    home = factories.trace(access).project_id
    wanted = [Wanted(name="Faults", is_required=True), Wanted(name=VERDICT)]

    with pytest.raises(Mistakes, match="needs an answer"):
        questions.read(
            questions.of(access, factories.queue(access, home, questions=wanted)), {"q1": "1"}
        )
