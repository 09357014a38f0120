"""Scoring a row of the list by a key, and taking it back."""

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core import signing
from django.test import Client

from tests.feedback_app.desk import HTMX, Desk, words
from traces_app.models import AuditEvent, Role, Score, ScoreMean, Trace

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def press(desk: Desk, trace: Trace, query: str = "", **fields: str) -> Any:
    return desk.browser.post(f"/traces/{trace.pk}/row{query}", fields, headers=HTMX)


def undo_of(answer: Any) -> str:
    signed: str = json.loads(answer["HX-Trigger"])["scored"]["undo"]
    return signed


def test_a_key_scores_the_row_and_brings_it_anew(desk: Desk) -> None:
    trace = desk.trace()

    answer = press(desk, trace, score="0.8")

    assert Score.objects.get().value == Decimal("0.8")
    assert words(answer).startswith(f'<tr id="trace-{trace.pk}"')
    assert "0.8" in answer.text.partition("</tr>")[0]
    assert "Scored 0.8: <bdi>Is it covered?" in words(answer)


def test_earlier_words_stay_with_the_new_score(desk: Desk) -> None:
    trace = desk.trace()
    desk.score(trace, "0.2", "cold")

    press(desk, trace, score="1")

    trace.refresh_from_db()
    assert (trace.score, trace.feedback) == (1, "cold")


def test_a_first_score_taken_back_is_gone(desk: Desk) -> None:
    trace = desk.trace()
    signed = undo_of(press(desk, trace, score="0"))

    answer = press(desk, trace, undo=signed)

    assert "Taken back, you have not scored it" in words(answer)
    assert not Score.objects.exists()
    assert not ScoreMean.objects.exists()
    trace.refresh_from_db()
    assert trace.score is None


def test_an_earlier_score_comes_back_with_its_time_and_so_its_place(desk: Desk) -> None:
    trace = desk.trace()
    desk.score(trace, "0.4", "cold")
    said_at = Score.objects.get().last_updated_at
    other = desk.colleague()
    other.score(trace, "0.9")

    press(desk, trace, undo=undo_of(press(desk, trace, score="1")))

    mine = Score.objects.get(author=desk.person)
    assert (mine.value, mine.reason, mine.last_updated_at) == (Decimal("0.4"), "cold", said_at)
    trace.refresh_from_db()
    assert trace.score == Decimal("0.9")
    assert ScoreMean.objects.get().value == Decimal("0.65")
    assert AuditEvent.objects.filter(action="score.set", actor_id=desk.person.pk).count() == 3


def test_what_was_scored_anew_since_is_left_alone(desk: Desk) -> None:
    trace = desk.trace()
    signed = undo_of(press(desk, trace, score="1"))
    desk.score(trace, "0.3")

    answer = press(desk, trace, undo=signed)

    assert answer.status_code == 409
    assert "since" in answer.text
    assert Score.objects.get().value == Decimal("0.3")


def test_an_open_panel_shows_the_score_too(desk: Desk) -> None:
    trace = desk.trace()

    text = press(desk, trace, "?tag=x&parts=verdict-scores", score="0.6").text

    assert '<section class="section verdict" id="verdict"' in text
    assert f'action="/traces/{trace.pk}/verdict?parts=verdict-scores-comments"' in text
    assert 'id="comments"' not in text


def test_the_row_alone_shows_the_columns_of_its_list(desk: Desk) -> None:
    trace = desk.trace(name="kettle")

    text = desk.browser.get(f"/traces/{trace.pk}/row?columns=text,name").text

    assert "kettle" in text
    assert 'class="val"' not in text
    assert "columns=text%2Cname" in text


def test_without_htmx_the_list_comes_again(desk: Desk) -> None:
    trace = desk.trace()

    answer = desk.browser.post(f"/traces/{trace.pk}/row?tag=vip", {"score": "1"})

    assert answer["Location"] == "/traces?tag=vip"


@pytest.mark.parametrize("sent", ["", "x", "1.1", "-1", "NaN", "\0", "0.5e99999", "9" * 5000])
def test_what_is_no_score_is_refused(desk: Desk, sent: str) -> None:
    answer = press(desk, desk.trace(), score=sent)

    assert (answer.status_code, answer.text) == (400, "Give a number from 0 to 1.")
    assert not Score.objects.exists()


def test_a_made_up_undo_is_refused(desk: Desk) -> None:
    trace, other = desk.trace(), desk.trace()
    signed = undo_of(press(desk, trace, score="1"))

    answers = [press(desk, other, undo=each) for each in (signed, "x", "\0", signing.dumps([1]))]

    assert {answer.status_code for answer in answers} == {400}
    assert Score.objects.count() == 1


def test_viewers_may_not_and_nobody_else_finds_it(desk: Desk) -> None:
    trace = desk.trace()

    assert press(desk.colleague(Role.VIEWER), trace, score="1").status_code == 403
    for other in (Desk(), desk.colleague(Role.REVIEWER)):
        assert press(other, trace, score="1").status_code == 404
        assert other.browser.get(f"/traces/{trace.pk}/row").status_code == 404
    visitor = Client().post(f"/traces/{trace.pk}/row", {"score": "1"})
    assert visitor["Location"].startswith("/sign-in")
    assert not Score.objects.exists()


def test_a_row_of_nothing_or_of_another_project_is_not_found(desk: Desk) -> None:
    trace, elsewhere = desk.trace(), desk.project("elsewhere")

    assert desk.browser.get(f"/traces/{uuid4()}/row").status_code == 404
    assert desk.browser.get(f"/traces/{trace.pk}/row?project={elsewhere.pk}").status_code == 404
    assert desk.browser.get(f"/traces/{trace.pk}/row?sort=odd").status_code == 422
    assert press(desk, trace, "?sort=odd", score="1").status_code == 422
    assert press(desk, trace, f"?project={elsewhere.pk}", score="1").status_code == 404
    assert not Score.objects.exists()


def test_keys_that_do_nothing_are_not_told_to_viewers(desk: Desk) -> None:
    trace = desk.trace()
    viewer = desk.colleague(Role.VIEWER).browser.get("/traces").text

    assert "take back the last score" in desk.browser.get("/traces").text
    assert "take back the last score" not in viewer
    assert "data-row" not in viewer
    assert f"trace-{trace.pk}" in viewer
