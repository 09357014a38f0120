"""Queues of pairs in pages: set up and filled."""

from typing import Any
from uuid import uuid4

import pytest

from tests import factories
from tests.feedback_app.desk import HTMX, Desk, words
from tests.feedback_app.match import STRANGE, Match
from tests.feedback_app.views.test_bulk_actions import run_all
from traces_app.models import (
    NIL,
    AnnotationQueue,
    FeedbackDefinition,
    QueueQuestion,
    Role,
)
from traces_app.services import definitions
from traces_app.services.definitions import Definition

pytestmark = pytest.mark.django_db


@pytest.fixture
def match() -> Match:
    return Match()


def setup_fields(match: Match, **more: str) -> dict[str, str]:
    given = {"project": str(match.queue.project_id), "name": "New", "question": "Kinder"}
    rest = {"who": "everyone", "annotators_per_item": "2", "minutes": "15", "order": "oldest"}
    return given | rest | {"help": "By tone.", "do": "save"} | more


def test_queue_of_pairs_is_made_with_its_question_and_a_definition(match: Match) -> None:
    browser = match.lead.browser
    assert "queues/new/pairs" in browser.get("/queues/new").text
    assert "Preference" in browser.get("/queues/new/pairs").text

    browser.post("/queues/new/pairs", setup_fields(match))

    made = AnnotationQueue.objects.get(name="New")
    question = QueueQuestion.objects.get(queue=made)
    assert (made.scope, question.name, question.help) == ("pair", "Kinder", "By tone.")
    assert question.is_required
    assert FeedbackDefinition.objects.get(name="Kinder").type == "numerical"


def test_question_is_renamed_in_the_setup(match: Match) -> None:
    address = f"/queues/{match.queue.pk}/setup"
    shown: Any = match.lead.browser.get(address, follow=True)
    assert "The kinder one." in shown.text

    match.lead.browser.post(f"{address}/pairs", setup_fields(match, name="Duel 2"))

    match.queue.refresh_from_db()
    assert (match.queue.name, match.queue.annotators_per_item) == ("Duel 2", 2)
    assert QueueQuestion.objects.get(queue=match.queue).name == "Kinder"


def test_setup_refuses_the_verdict_and_definitions_of_another_kind(match: Match) -> None:
    said = Definition("Tone", "categorical", '{"categories":{"a":1,"b":0}}')
    definitions.create(access=match.lead.access, said=said)

    for name, reason in (("User feedback", "is the verdict"), ("Tone", "is not a number")):
        answer = match.lead.browser.post("/queues/new/pairs", setup_fields(match, question=name))
        assert answer.status_code == 422
        assert reason in answer.text
    assert AnnotationQueue.objects.count() == 1


@pytest.mark.parametrize("name", ["", " ", "x" * 300])
def test_setup_with_mistakes_is_shown_again(match: Match, name: str) -> None:
    answer = match.lead.browser.post("/queues/new/pairs", setup_fields(match, question=name))

    assert answer.status_code == 422
    assert "By tone." in answer.text


def test_preview_keeps_what_was_typed_and_makes_nothing(match: Match) -> None:
    sent = setup_fields(match, do="preview", instructions="**be kind**")
    answer = match.lead.browser.post("/queues/new/pairs", sent)

    assert "be kind</strong>" in answer.text
    assert AnnotationQueue.objects.count() == 1


def test_only_who_runs_queues_sets_pairs_up(match: Match) -> None:
    plain = factories.queue(match.lead.access, match.queue.project_id)
    for path in ("/queues/new/pairs", f"/queues/{match.queue.pk}/setup/pairs"):
        assert match.lead.colleague(Role.VIEWER).browser.get(path).status_code == 403
        assert match.desk.browser.get(path).status_code == 404
    assert Desk().browser.get(f"/queues/{match.queue.pk}/setup/pairs").status_code == 404
    assert match.lead.browser.get(f"/queues/{plain.pk}/setup/pairs").status_code == 404
    match.lead.browser.logout()
    assert match.lead.browser.get("/queues/new/pairs")["Location"].startswith("/sign-in")


def test_picked_rows_are_paired_two_by_two_once(match: Match) -> None:
    first = match.fill(3, 1, 0)
    again = match.fill(3, 1)

    ids = [each.pk for each in match.traces]
    assert match.inside == {(ids[3], ids[1])}
    assert "1 pair added to “Duel”. The last row had no partner." in words(first)
    assert "1 pair left out" in words(again)


def test_picked_rows_are_paired_with_their_corrections(match: Match) -> None:
    match.correct(2)

    answer = match.fill(1, 2, do="pair")
    again = match.fill(2, do="pair")

    assert match.inside == {(match.traces[2].pk, NIL)}
    assert "1 added, 1 refused (There is no submitted correction" in words(answer)
    assert "1 was judged there already, or is in it" in words(again)


def test_all_that_match_are_paired_with_their_corrections_by_a_job(match: Match) -> None:
    match.correct(0)
    match.correct(3)

    match.fill(do="pair", all="1", token=str(uuid4()))
    run_all()

    assert match.inside == {(match.traces[at].pk, NIL) for at in (0, 3)}


def test_list_of_traces_offers_queues_of_pairs_alone_too(match: Match) -> None:
    assert "Pair two by two" in match.lead.browser.get("/traces").text


def test_one_row_alone_is_no_pair(match: Match) -> None:
    assert "Pick two rows at least" in words(match.fill(2))


def test_trace_is_paired_from_its_page(match: Match) -> None:
    match.correct(0)
    path, queue = f"/traces/{match.traces[0].pk}/pair", str(match.queue.pk)
    assert "Have it compared, in" in match.lead.open(match.traces[0]).text

    answer = match.lead.browser.post(path, {"queue": queue, "other": ""}, headers=HTMX)
    other = {"queue": queue, "other": f" {match.traces[2].pk} "}
    match.lead.browser.post(f"/traces/{match.traces[1].pk}/pair", other)

    assert "as one of a pair" in words(answer)
    assert match.inside == {
        (match.traces[0].pk, NIL),
        (match.traces[1].pk, match.traces[2].pk),
    }
    assert "as one of a pair" in words(match.lead.open(match.traces[2]))


@pytest.mark.parametrize("other", STRANGE)
def test_strange_ids_are_told_and_add_nothing(match: Match, other: str) -> None:
    path = f"/traces/{match.traces[0].pk}/pair"
    sent = {"queue": str(match.queue.pk), "other": other}

    answer: Any = match.lead.browser.post(path, sent, follow=True)

    assert answer.status_code == 200
    assert match.inside == set()


@pytest.mark.parametrize("queue", STRANGE)
def test_strange_queues_are_not_found(match: Match, queue: str) -> None:
    pk = match.traces[0].pk
    for path, name in ((f"/traces/{pk}/pair", "queue"), ("/queues/pair", "pairs")):
        sent = {name: queue, "id": [str(pk)], "do": "two"}
        assert match.lead.browser.post(path, sent).status_code == 404
    sent = {"pairs": str(match.queue.pk), "id": ["x"], "do": "two"}
    assert match.lead.browser.post("/queues/pair", sent).status_code == 404


def test_only_who_runs_queues_pairs(match: Match) -> None:
    match.pair()
    sent = {"pairs": str(match.queue.pk), "queue": str(match.queue.pk), "do": "two"}
    for path in ("/queues/pair", f"/traces/{match.traces[0].pk}/pair"):
        assert match.lead.colleague(Role.VIEWER).browser.post(path, sent).status_code == 403
        assert match.desk.browser.post(path, sent).status_code in (403, 404)
        assert Desk().browser.post(path, sent).status_code == 404
        assert Desk().browser.get(path).status_code == 405
    assert len(match.inside) == 1


def test_forms_for_single_items_take_no_pairs(match: Match) -> None:
    queue, pk = str(match.queue.pk), match.traces[0].pk
    match.lead.browser.post(f"/traces/{pk}/queue", {"queue": queue})
    match.lead.browser.post("/traces/do", {"queue": queue, "id": [str(pk)], "do": "queue"})

    assert match.inside == set()
