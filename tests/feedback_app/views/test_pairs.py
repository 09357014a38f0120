"""Pairs in pages: compared on the focus screen, counted and exported."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback_app.models import Review
from feedback_app.services import pairs
from tests.feedback_app.desk import HTMX, Desk, words
from tests.feedback_app.match import Match
from traces_app.models import (
    Reservation,
    Role,
    Score,
    Trace,
)
from traces_app.services import traces

pytestmark = pytest.mark.django_db


@pytest.fixture
def match() -> Match:
    return Match()


def test_both_answers_are_shown_on_the_sides_of_this_person(match: Match) -> None:
    match.pair()
    text = match.open().split("</nav>")[-1]

    assert text.count("Is it covered?") == 2  # as the pair's name, and once above both
    assert (text.index("one says yes") < text.index("two says no")) == match.left()


def test_inputs_that_differ_are_shown_on_each_side(match: Match) -> None:
    asked = match.lead.trace(input='"Is it blue?"', output='"Azure."')
    wanted = {match.traces[0].pk: asked.pk}
    pairs.add(access=match.lead.access, queue_id=match.queue.pk, pairs=wanted)

    text = match.open()

    assert "Two inputs, two answers" in text
    assert "Is it blue?" in text


@pytest.mark.parametrize("with_correction", [True, False])
def test_blind_screen_tells_nothing_of_who_is_who(with_correction: bool) -> None:
    match = Match(is_blind=True)
    match.correct(0, "mended")
    match.pair(0, None if with_correction else 1)
    match.lead.score(match.traces[0], "0.123", "a secret reason")

    body = match.open()

    for told in ("model-0", "model-1", "orrection", "secret", "0.123", 'first"', 'second"'):
        assert told not in body.replace("queue first", "")
    assert str(match.traces[1].pk) not in body
    assert str(match.lead.person) not in body


def test_open_screen_tells_models_and_the_correction(match: Match) -> None:
    match.correct(0)
    match.pair(0, None)

    text = match.open()

    assert "model-0" in text
    assert "A person's correction" in text


def test_choice_is_recorded_in_terms_of_first_and_other(match: Match) -> None:
    match.pair()
    match.submit("a", feedback="Kinder.", seconds="7")

    score = Score.objects.get()
    assert float(score.value) == (1.0 if match.left() else 0.0)
    assert (score.entity_id, score.reason) == (match.traces[0].pk, "Kinder.")
    assert Review.objects.get().is_first_left == match.left()


def test_undo_restores_the_choice_on_its_side(match: Match) -> None:
    match.pair()
    match.submit("b", feedback="Hasty.")

    answer = match.desk.browser.post(f"/queues/{match.queue.pk}/undo", headers=HTMX)

    assert 'value="b" data-choose="b" checked' in answer.text
    assert "Hasty." in answer.text
    assert not Score.objects.exists()


def test_undo_offers_the_submitted_choice_beside_one_made_since(match: Match) -> None:
    match.pair()
    match.submit("b")
    match.desk.browser.post(match.path("/draft"), {"q0": "a"})

    answer = match.desk.browser.post(f"/queues/{match.queue.pk}/undo", headers=HTMX)

    assert 'value="a" data-choose="a" checked' in answer.text
    assert '<span class="words" dir="auto">B is better</span>' in answer.text


def test_draft_comes_back_as_it_was(match: Match) -> None:
    match.pair()
    match.desk.browser.post(match.path("/draft"), {"q0": "equal", "feedback": "half"})

    text = match.open()

    assert 'value="equal" data-choose="e" checked' in text
    assert "half" in text


@pytest.mark.parametrize("choice", ["", "c", "0.7", "\x00", "A"])
def test_no_choice_or_a_strange_one_is_told(match: Match, choice: str) -> None:
    match.pair()
    answer = match.submit(choice, feedback="kept")

    assert answer.status_code == 422
    assert "kept" in answer.text
    assert not Score.objects.exists()


def test_pair_that_changed_meanwhile_is_shown_again_with_the_choice_kept(match: Match) -> None:
    match.correct(0)
    match.pair(0, None)
    seen = match.fingerprint()
    match.correct(0, "mended twice")

    answer = match.submit("a", compared=seen)

    assert answer.status_code == 422
    assert "has changed since" in answer.text
    assert 'data-choose="a" checked' in answer.text
    assert "mended twice" in answer.text


def test_pair_that_went_meanwhile_leads_on_with_a_word(match: Match) -> None:
    match.pair()
    match.pair(2, 3)
    sent = {"q0": "a", "compared": match.fingerprint()}
    traces.delete(access=match.lead.access, ids=[match.traces[1].pk])

    answer: Any = match.desk.browser.post(match.path("/submit"), sent, follow=True)

    assert answer.request["PATH_INFO"] == match.path(first=2)
    assert "has left the queue" in words(answer)


def test_pair_that_is_gone_leads_on_with_a_word_and_is_nothing_to_a_viewer(match: Match) -> None:
    match.pair()
    match.pair(2, 3)
    traces.delete(access=match.lead.access, ids=[match.traces[1].pk])

    answer: Any = match.desk.browser.get(match.path(), follow=True)

    assert answer.request["PATH_INFO"] == match.path(first=2)
    assert "has left the queue" in words(answer)
    assert match.lead.colleague(Role.VIEWER).browser.get(match.path()).status_code == 404
    assert Desk().browser.get(match.path()).status_code == 404


def test_a_pair_that_is_lost_is_told_and_claimed_again_with_its_choice(match: Match) -> None:
    match.pair()
    match.open()
    Reservation.objects.all().delete()
    sent = {"standing": "mine", "token": "x", "q0": "b"}

    told = match.desk.browser.post(match.path("/hold"), sent, headers=HTMX)
    sent["standing"] = "free"
    back = match.desk.browser.post(match.path("/claim"), sent, headers=HTMX)

    assert "not reserved for you any more" in told.text
    assert "Yours again" in back.text
    assert 'data-choose="b" checked' in match.open()


def test_who_corrected_it_is_told_that_it_is_for_others(match: Match) -> None:
    match.correct(0)
    match.pair(0, None)

    assert "One of the two is your own correction." in match.open(match.lead)
    assert "your own correction" not in match.open()
    assert match.submit("a", match.lead).status_code == 422


def test_words_that_differ_are_shown_on_demand(match: Match) -> None:
    match.pair()
    assert "<del>" not in match.open().split('id="versus"')[1]

    text = match.open(query="?words=1")

    assert "<ins>" in text
    assert "Side by side" in text


def test_strangers_and_viewers_at_a_pair(match: Match) -> None:
    match.pair()
    viewer = match.lead.colleague(Role.VIEWER)

    assert Desk().browser.get(match.path()).status_code == 404
    assert "one says yes" in match.open(viewer)
    assert viewer.browser.post(match.path("/submit"), {"q0": "a"}).status_code == 403
    match.desk.browser.logout()
    assert match.desk.browser.get(match.path()).status_code == 302


def test_pair_takes_as_many_queries_in_a_long_queue_as_in_a_short_one(match: Match) -> None:
    match.pair()

    def opened() -> int:
        with CaptureQueriesContext(connection) as asked:
            match.open()
        return len(asked)

    short = opened()
    wanted = {match.lead.trace().pk: match.traces[3].pk for _ in range(8)}
    pairs.add(access=match.lead.access, queue_id=match.queue.pk, pairs=wanted)

    assert opened() <= short


def test_board_counts_wins_and_those_of_the_left_side() -> None:
    match = Match(annotators_per_item=3)
    match.pair()
    people = [match.lead.colleague(Role.REVIEWER) for _ in range(3)]
    for person, choice in zip(people, ("first", "second", "equal"), strict=True):
        on_left = match.left(person) == (choice == "first")
        match.submit("equal" if choice == "equal" else "a" if on_left else "b", by=person)

    board = words(match.lead.browser.get(f"/queues/{match.queue.pk}"))

    won = sum(
        match.left(person) == wins for person, wins in zip(people, (True, False), strict=False)
    )
    assert f"The left one won {won} of 2" in board
    for answer in ("First is better", "Other is better", "Equal"):
        assert f"{answer}</th>" in board
    assert board.count("33 %") == 3


def test_export_has_both_ids_and_the_sides(match: Match) -> None:
    match.correct(0)
    match.pair(0, None)
    match.submit("a", feedback="Kinder.", seconds="7")

    answer: Any = match.lead.browser.get(f"/queues/{match.queue.pk}/export.csv")
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))

    first = str(match.traces[0].pk)
    assert (row["item"], row["other"]) == (first, "correction")
    assert row["left"] == (first if match.left() else "correction")
    assert (row["answer"], row["score"]) == (
        ("first", "1.0") if match.left() else ("second", "0.0")
    )
    assert (row["reason"], row["seconds"]) == ("Kinder.", "7.0")


def test_my_work_and_history_tell_of_pairs(match: Match) -> None:
    match.pair()
    match.submit("b", feedback="Kinder.")

    assert ">pairs</span>" in match.desk.browser.get("/").text
    assert "B is better" in match.desk.browser.get("/history").text


def test_own_work_names_a_pair_by_its_input_as_the_rail_does(match: Match) -> None:
    match.pair()
    Trace.objects.update(name="by the large model")
    match.open()
    began = match.desk.browser.get("/").text
    match.submit("a")

    pages = [began, *(match.desk.browser.get(path).text for path in ("/", "/history"))]

    assert ["large model" in text for text in pages] == [False, False, False]
    assert all("covered" in text for text in pages)
