"""The reviewers' form, tried while the queue is set up."""

from typing import Any

import pytest
from django.test import Client

from tests.feedback_app.desk import HTMX, Desk, words
from tests.feedback_app.views.test_queues import filled
from traces_app.models import FeedbackDefinition, Role
from traces_app.services import definitions

pytestmark = pytest.mark.django_db

FAULTS = {"q0-name": "Faults", "q0-type": "multiple", "q0-is_new": "True"}
OPTIONS = {"q0-options": "Late\nRude = 2", "q0-option_help": "Rude: it calls names"}
WHY = {"questions": "2", "q1-name": "Why", "q1-type": "text", "q1-is_new": "True"}
RUDE = {"q1-show_if": '{"question":"Faults","is":["Rude"]}'}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def tried(desk: Desk, **sent: Any) -> str:
    answer = desk.browser.post("/queues/trial", filled(desk, **sent), headers=HTMX)
    assert answer.status_code == 200
    return words(answer)


def test_it_shows_the_questions_as_they_stand_and_stores_nothing(desk: Desk) -> None:
    text = tried(desk, **FAULTS, **OPTIONS)

    assert '<input type="checkbox" name="q0" value="Rude"' in text
    assert "it calls names" in text
    assert not FeedbackDefinition.objects.exists()


def test_what_hangs_on_an_answer_is_hidden_until_that_is_tried(desk: Desk) -> None:
    asked = FAULTS | OPTIONS | WHY | RUDE
    shown = 'data-is="[&quot;Rude&quot;]">'
    hidden = 'data-is="[&quot;Rude&quot;]" hidden>'

    assert hidden in tried(desk, **asked)
    assert shown in tried(desk, **asked, tried="1", q0=["Late", "Rude"])
    assert "Question 2 is asked <bdi>if “Faults” is “Rude”</bdi>." in tried(desk, **asked)


def test_mistakes_are_said_in_the_place_of_the_question(desk: Desk) -> None:
    text = tried(desk, **FAULTS, **WHY, **{"q0-options": "Late"})

    assert "Question 1 cannot be shown yet." in text
    assert "Options: Write two options at least, one a line." in text
    assert 'id="q1"' in text


def test_what_is_filled_in_already_stands_there_until_something_is_tried(desk: Desk) -> None:
    late = FAULTS | OPTIONS | {"q0-default": "Late"}

    assert 'value="Late" checked' in tried(desk, **late)
    assert " checked" not in tried(desk, **late, tried="1")


def test_the_setup_shows_it_from_the_start_and_without_script(desk: Desk) -> None:
    assert 'id="trial"' in desk.browser.get("/queues/new").text

    sent = filled(desk, do="try", **FAULTS, **OPTIONS)
    answer = desk.browser.post("/queues/new", sent)

    assert answer.status_code == 200
    assert '<input type="checkbox" name="q0" value="Rude"' in answer.text


def test_adding_a_question_brings_it_along(desk: Desk) -> None:
    sent = filled(desk, do="add", add="new:text")

    text = words(desk.browser.post("/queues/new", sent, headers=HTMX))

    assert 'hx-swap-oob="true"' in text
    assert "Question 2 cannot be shown yet." in text


@pytest.mark.parametrize(
    "odd",
    [
        {"questions": "x"},
        {"questions": "99999999999999999999"},
        {"q0-type": "\0", "q0-name": "\0"},
        {"q0-is_new": "1", "q0-type": "numerical", "q0-least": "NaN", "q0-most": "1e999999"},
        {"q0-show_if": "[" * 5000},
        {"tried": "1", "q0": "\0"},
    ],
)
def test_odd_input_is_shown_calmly(desk: Desk, odd: dict[str, str]) -> None:
    assert 'id="trial"' in tried(desk, **odd)


def test_only_those_who_set_queues_up_may_try(desk: Desk) -> None:
    sent = filled(desk)

    codes = [
        desk.colleague(role).browser.post("/queues/trial", sent).status_code
        for role in (Role.VIEWER, Role.REVIEWER)
    ]

    assert codes == [403, 404]
    assert desk.browser.get("/queues/trial").status_code == 405
    assert Client().post("/queues/trial", sent)["Location"].startswith("/sign-in")


def test_a_strangers_definitions_are_not_met(desk: Desk) -> None:
    said = definitions.Definition("Tone", "categorical", '{"categories":{"Warm":1,"Cold":0}}')
    definitions.create(access=desk.access, said=said)

    assert "Warm" in tried(desk, **{"q0-name": "Tone"})
    assert "Warm" not in tried(Desk(), **{"q0-name": "Tone"})
