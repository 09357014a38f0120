"""Questions of a queue as they are set up: every kind, its help, default, step and condition."""

import re
from typing import Any

import pytest

from tests import factories
from tests.feedback_app.desk import Desk, words
from tests.feedback_app.views.test_queues import filled
from traces_app import normal_form
from traces_app.models import AnnotationQueue, FeedbackDefinition, QueueQuestion
from traces_app.services import definitions
from traces_app.services.queues import Question

pytestmark = pytest.mark.django_db
FAULTS = definitions.Definition("Faults", "multiple", '{"categories":{"Late":1,"Rude":2}}')


@pytest.fixture
def desk() -> Desk:
    return Desk()


def new(desk: Desk, kind: str, **fields: str) -> Any:
    asked = {"name": "Faults", "type": kind, "is_new": "True"} | fields
    sent = filled(desk, **{f"q0-{name}": value for name, value in asked.items()})
    return desk.browser.post("/queues/new", sent)


def test_several_choices_are_made_in_place(desk: Desk) -> None:
    helped = "Late: after a day\nRude: it calls: names"
    answer = new(
        desk, "multiple", options="Late\nRude = 2", option_help=helped, default="Late\nRude"
    )

    assert answer.status_code == 302, words(answer)
    made, asked = FeedbackDefinition.objects.get(), QueueQuestion.objects.get()
    assert (made.type, made.details) == ("multiple", '{"categories":{"Late":1.0,"Rude":2.0}}')
    assert normal_form.load(asked.option_help) == {"Late": "after a day", "Rude": "it calls: names"}
    assert normal_form.load(asked.default_answer or "") == ["Late", "Rude"]


def test_texts_and_steps_are_made_in_place(desk: Desk) -> None:
    new(desk, "text", name="Why", default="So.")
    new(desk, "numerical", name="Stars", least="1", most="5", step="0.5", default="3")

    found = FeedbackDefinition.objects.order_by("name").values_list("type", "details")
    assert list(found) == [
        ("numerical", '{"min":1.0,"max":5.0,"step":0.5}'),
        ("text", "{}"),
    ]
    defaults = QueueQuestion.objects.order_by("name").values_list("default_answer", flat=True)
    assert list(defaults) == ["3.0", '"So."']


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("multiple", {"options": "Late"}, "Write two options at least"),
        ("multiple", {"options": "Late\nRude = x"}, "a score: Rude = x = 1"),
        ("multiple", {"options": "a\nb", "option_help": "c: d"}, "does not begin with an option"),
        ("multiple", {"options": "a\nb", "default": "a\nc"}, "answers that are offered"),
        ("categorical", {"options": "a=1\nb=2", "default": "a\nb"}, "Choose one of the answers"),
        ("text", {"default": "x" * 2049}, "at most 2048"),
        ("numerical", {"least": "0", "most": "1", "default": "2"}, "a number from 0 to 1"),
        ("numerical", {"least": "0", "most": "1", "step": "0.3"}, "divides the range"),
        ("numerical", {"least": "0", "most": "1", "step": "-1"}, "divides the range"),
        ("numerical", {"least": "0", "most": "1", "step": "1e-99999"}, "divides the range"),
    ],
)
def test_mistakes_are_said_at_the_question(
    desk: Desk, kind: str, fields: dict[str, str], said: str
) -> None:
    answer = new(desk, kind, **fields)

    assert answer.status_code == 422
    assert said in words(answer)
    assert not FeedbackDefinition.objects.exists()
    assert not AnnotationQueue.objects.exists()


def test_what_is_stored_is_shown_and_kept(desk: Desk) -> None:
    definitions.create(access=desk.access, said=FAULTS)
    asked = Question(name="Faults", option_help='{"Rude":"names"}', default_answer='["Late"]')
    queue = factories.queue(desk.access, desk.project().pk, questions=[asked])

    page = desk.browser.get(f"/queues/{queue.pk}/setup")

    assert "Late:\nRude: names</textarea>" in page.text
    assert "\nLate</textarea>" in page.text


def test_a_question_is_asked_on_one_of_several_choices(desk: Desk) -> None:
    definitions.create(access=desk.access, said=FAULTS)
    two = {"questions": "2", "q0-name": "Faults", "q1-name": "Tone", "q1-type": "numerical"}

    answer = desk.browser.post(
        "/queues/new", filled(desk, **two, **{"q1-show_if": '{"question":"Faults","is":["Rude"]}'})
    )

    assert answer.status_code == 302, words(answer)
    assert QueueQuestion.objects.get(name="Tone").show_if == '{"question":"Faults","is":["Rude"]}'


def test_a_question_is_asked_on_any_of_several_answers(desk: Desk) -> None:
    definitions.create(access=desk.access, said=FAULTS)
    two = {"questions": "2", "q0-name": "Faults", "q1-name": "Tone", "q1-type": "numerical"}
    each = [f'{{"question":"Faults","is":["{label}"]}}' for label in ("Late", "Rude")]

    answer = desk.browser.post("/queues/new", filled(desk, **two) | {"q1-show_if": each})

    assert answer.status_code == 302, words(answer)
    both = '{"question":"Faults","is":["Late","Rude"]}'
    assert QueueQuestion.objects.get(name="Tone").show_if == both
    page = desk.browser.get(f"/queues/{AnnotationQueue.objects.get().pk}/setup").text
    assert "if “Faults” is “Late” or “Rude”" in page
    assert len(re.findall(r'name="q1-show_if"[^>]* checked', page)) == 2


def test_a_condition_is_about_one_question(desk: Desk) -> None:
    definitions.create(access=desk.access, said=FAULTS)
    told = {"q0-name": "Faults", "q1-name": "Fine", "q1-type": "boolean", "q1-is_new": "True"}
    last = {"questions": "3", "q2-name": "Tone", "q2-type": "numerical"}
    chosen = ['{"question":"Faults","is":["Late"]}', '{"question":"Fine","is":["No"]}']

    sent = filled(desk, **told, **last) | {"q2-show_if": chosen}
    answer = desk.browser.post("/queues/new", sent)

    assert answer.status_code == 422
    assert "Choose answers to one question only." in words(answer)


@pytest.mark.parametrize(
    "odd", ["{", "[]", "1", "\0", '{"question":1,"is":2}', "[" * 9999, '{"question":"Faults"}']
)
def test_a_condition_that_is_none_is_refused(desk: Desk, odd: str) -> None:
    definitions.create(access=desk.access, said=FAULTS)
    two = {"questions": "2", "q0-name": "Faults", "q1-name": "Tone", "q1-type": "numerical"}

    answer = desk.browser.post("/queues/new", filled(desk, **two, **{"q1-show_if": odd}))

    assert answer.status_code == 422
    assert "Choose again." in words(answer)


def test_an_answer_that_is_gone_stays_until_it_is_taken_off(desk: Desk) -> None:
    definitions.create(access=desk.access, said=FAULTS)
    old = Question(name="Tone", show_if='{"question":"Faults","is":["Slow","Rude"]}')
    asked = [Question(name="Faults"), old]
    queue = factories.queue(desk.access, desk.project().pk, questions=asked)

    page = desk.browser.get(f"/queues/{queue.pk}/setup").text

    assert "if “Faults” is “Slow” or “Rude”" in page
    assert page.count('name="q1-show_if"') == 3


def test_a_definition_that_there_is_has_the_say_on_its_kind(desk: Desk) -> None:
    definitions.create(access=desk.access, said=FAULTS)

    answer = desk.browser.post("/queues/new", filled(desk, **{"q0-name": "Faults", "do": "x"}))

    assert "any of several options" in words(answer)
