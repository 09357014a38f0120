"""Several choices and texts on the focus screen: sent, drafted, shown again, exported."""

import csv
import json
from typing import Any

import pytest

from feedback_app.models import Review
from feedback_app.queue_page import export
from tests.feedback_app.desk import HTMX
from tests.feedback_app.views.test_reviews import Round
from traces_app.models import VERDICT, QueueItem, Score
from traces_app.services import definitions
from traces_app.services.queues import Question

pytestmark = pytest.mark.django_db
FAULTS = definitions.Definition("Faults", "multiple", '{"categories":{"Late":1,"Rude":2}}')
WHY = definitions.Definition("Why", "text", "{}")


@pytest.fixture
def round_() -> Round:
    return asking(
        Question(name="Faults", option_help='{"Rude":"It calls names."}'),
        Question(name="Why", help="In a line"),
        Question(name=VERDICT),
    )


def asking(*wanted: Question) -> Round:
    round_ = Round(questions=wanted)
    for said in (FAULTS, WHY):
        definitions.create(access=round_.lead.access, said=said)
    return round_


def send(round_: Round, act: str = "submit", **fields: Any) -> Any:
    return round_.post(round_.traces[0], act, **fields)


def test_each_answer_is_a_score_and_keeps_its_words(round_: Round) -> None:
    send(round_, q0=["Rude", "Late"], q1="It shouts.", q2="0.2", feedback="All in all no.")

    said = Score.objects.order_by("name").values_list("name", "value", "category_name", "reason")
    assert [(name, float(value), *words) for name, value, *words in said] == [
        ("Faults", 3.0, "Late, Rude", ""),
        (VERDICT, 0.2, "", "All in all no."),
        ("Why", 1.0, "", "It shouts."),
    ]
    answers = json.loads(Review.objects.get().answers)
    assert answers == {"Faults": ["Late", "Rude"], "Why": "It shouts.", VERDICT: 0.2}


def test_feedback_never_stands_in_place_of_a_text(round_: Round) -> None:
    send(round_, q1="It shouts.", feedback="All in all no.")

    assert Score.objects.get().reason == "It shouts."
    assert Review.objects.get().feedback == "All in all no."
    assert QueueItem.objects.get(entity_id=round_.traces[0].pk).is_done


def test_an_edit_changes_the_text_and_unsays_the_choices(round_: Round) -> None:
    send(round_, q0=["Rude"], q1="It shouts.")
    seen = str(Review.objects.get().token)

    send(round_, q1="It whispers.", seen=seen)

    assert Score.objects.get().reason == "It whispers."


def test_draft_and_undo_bring_the_choices_back(round_: Round) -> None:
    def chosen() -> tuple[bool, bool]:
        page = round_.desk.browser.get(round_.path(round_.traces[0])).text
        return ('value="Rude" checked' in page, "It shouts.</textarea>" in page)

    send(round_, "draft", q0=["Rude"], q1="It shouts.")
    assert chosen() == (True, True)
    send(round_, q0=["Rude"], q1="It shouts.")
    assert chosen() == (True, True)
    round_.desk.browser.post(f"/queues/{round_.queue.pk}/undo")

    assert chosen() == (True, True)
    assert not Score.objects.exists()


def test_help_stands_beside_its_option_and_mistakes_at_their_question(round_: Round) -> None:
    answer = send(round_, q0=["Rude", "Late"], q1="x" * 2049)

    assert 'aria-describedby="q0-2-help"' in answer.text
    assert 'id="q0-2-help">It calls names.</small>' in answer.text
    assert 'aria-describedby="help-q1 mistake-q1"' in answer.text
    assert answer.text.count(" checked") == 2


def test_a_default_is_filled_in_once(round_: Round) -> None:
    round_ = asking(Question(name="Faults", default_answer='["Rude"]'))

    assert 'value="Rude" checked' in round_.desk.browser.get(round_.path(round_.traces[0])).text


def test_a_changed_kind_shows_what_was_answered_before(round_: Round) -> None:
    send(round_, q0=["Late", "Rude"], q1="It shouts.")
    pk = round_.lead.room.definitions.get(name="Faults").pk
    said = definitions.Definition("Faults", "text", "{}")
    definitions.edit(access=round_.lead.access, definition_id=pk, said=said)

    page = round_.desk.browser.get(round_.path(round_.traces[0]))

    assert "Late, Rude</textarea>" in page.text


@pytest.mark.parametrize("sent", ["\x00", "\ud83d", "Made up"])
def test_odd_choices_are_a_mistake(round_: Round, sent: str) -> None:
    answer = send(round_, q0=[sent.encode("utf-8", "surrogatepass").decode("latin-1")])

    assert answer.status_code == 422
    assert "Choose of the answers that are offered." in answer.text


def test_export_holds_lists_as_lists_and_as_words(round_: Round) -> None:
    send(round_, q0=["Late", "Rude"], q1="It shouts.")

    lines = [line for page in export.lines(round_.queue) for line in page]
    answer = round_.lead.browser.get(f"/queues/{round_.queue.pk}/export.csv")
    sheet = answer.getvalue().decode("utf-8-sig")

    assert [line["answer"] for line in lines] == [["Late", "Rude"], "It shouts."]
    assert [row["answer"] for row in csv.DictReader(sheet.splitlines())] == [
        "Late, Rude",
        "It shouts.",
    ]


def test_what_was_submitted_elsewhere_stands_beside_and_can_be_taken(round_: Round) -> None:
    send(round_, q0=["Late"], q1="It shouts.", q2="0.2", feedback="Theirs.")
    token = str(Review.objects.get().token)

    met = send(round_, q0=["Rude"], q1="It shouts.", q2="0.9", feedback="Mine.")
    taken = send(round_, q0=["Rude"], q1="It shouts.", q2="0.9", feedback="Mine.", take="q0")

    assert met.status_code == taken.status_code == 422
    assert met.text.count("Take this") == 3
    assert f'name="seen" value="{token}"' in met.text
    assert 'value="Late" checked' in taken.text
    assert taken.text.count("Take this") == 2
    assert float(Score.objects.get(name=VERDICT).value) == 0.2
    send(round_, q0=["Late"], q1="It shouts.", q2="0.9", feedback="Mine.", seen=token)
    assert float(Score.objects.get(name=VERDICT).value) == 0.9


def test_the_comparison_is_still_there_after_a_reload(round_: Round) -> None:
    send(round_, q2="0.2")
    assert "Take this" not in round_.desk.browser.get(round_.path(round_.traces[0])).text
    send(round_, q2="0.9")

    assert "Take this" in round_.desk.browser.get(round_.path(round_.traces[0])).text


@pytest.mark.parametrize("field", ["q0", "q9", "feedback", "", "\x00"])
def test_taking_where_nothing_was_submitted_keeps_the_form(round_: Round, field: str) -> None:
    answer = send(round_, q2="0.9", feedback="Mine.", take=field)

    assert answer.status_code == 422
    assert 'value="0.9"' in answer.text
    assert not Score.objects.exists()


def test_undo_shows_what_was_typed_since_and_offers_what_was_submitted(round_: Round) -> None:
    send(round_, q2="0.2", feedback="Theirs.")
    send(round_, "draft", q2="0.9", feedback="Mine.")

    undone = round_.desk.browser.post(f"/queues/{round_.queue.pk}/undo", headers=HTMX)
    taken = send(round_, q2="0.9", feedback="Mine.", take="q2")

    assert "You have typed something else since" in undone.text
    assert (undone.text.count("Take this"), "Mine.</textarea>" in undone.text) == (2, True)
    assert ('value="0.2"' in taken.text, taken.text.count("Take this")) == (True, 1)
    send(round_, q2="0.2", feedback="Mine.")
    assert (float(Score.objects.get().value), Score.objects.get().reason) == (0.2, "Mine.")
    assert "Take this" not in round_.desk.browser.get(round_.path(round_.traces[0])).text


def test_what_was_taken_back_is_no_answer_in_my_history(round_: Round) -> None:
    send(round_, q2="0.2", feedback="Theirs.")
    send(round_, "draft", q2="0.9")
    round_.desk.browser.post(f"/queues/{round_.queue.pk}/undo")
    send(round_, "skip")

    page = round_.desk.browser.get("/history")

    assert "skipped" in page.text
    assert "Theirs." not in page.text
