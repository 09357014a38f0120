"""Judging a trace in a page, with and without script."""

from decimal import Decimal

import pytest

from tests.feedback_app.desk import HTMX, Desk, words
from traces_app.models import AuditEvent, Score

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_score_and_feedback_become_the_verdict(desk: Desk) -> None:
    trace = desk.trace()

    answer = desk.post(trace, "verdict", score="0.35", feedback="Wrong term.")

    trace.refresh_from_db()
    assert answer["Location"] == f"/traces/{trace.pk}#verdict"
    assert (trace.score, trace.feedback) == (Decimal("0.35"), "Wrong term.")
    assert (trace.verdict_by, trace.verdict_source) == (desk.person, "ui")


def test_htmx_gets_the_sections_that_changed_and_hears_of_it(desk: Desk) -> None:
    trace = desk.trace()

    answer = desk.post(trace, "verdict", htmx=True, score="0.9", feedback="Good.")

    text = words(answer)
    assert text.startswith('<section class="section verdict" id="verdict"')
    assert text.count('hx-swap-oob="true"') == 3  # dataset, scores, history
    assert "Saved." in text
    assert "<html" not in text


def test_the_form_comes_back_with_what_i_said_and_shows_what_others_said(desk: Desk) -> None:
    trace, other = desk.trace(), desk.colleague()
    desk.score(trace, "0.2", "mine")
    other.score(trace, "0.8", "theirs")

    answer = desk.post(trace, "verdict", htmx=True, score="0.3", feedback="mine again")

    assert answer.context["form"]["score"].value() == "0.3"
    assert "theirs" in answer.text
    assert Score.objects.filter(entity_id=trace.pk).count() == 2


def test_words_alone_stand_without_a_score(desk: Desk) -> None:
    trace = desk.trace()

    desk.post(trace, "verdict", score="", feedback="Ask for the order first.")

    trace.refresh_from_db()
    assert (trace.score, trace.feedback) == (None, "Ask for the order first.")
    assert desk.open(trace).context["form"]["feedback"].value() == "Ask for the order first."


def test_an_emptied_form_takes_my_own_judgement_back(desk: Desk) -> None:
    trace = desk.trace()
    desk.colleague().score(trace, "0.8", "theirs")
    desk.score(trace, "0.2", "mine")

    answer = desk.post(trace, "verdict", htmx=True, score="", feedback="")

    trace.refresh_from_db()
    assert (trace.score, trace.feedback) == (Decimal("0.8"), "theirs")
    assert "Your judgement was removed." in answer.text


def test_a_quick_score_wins_over_the_number_beside_it(desk: Desk) -> None:
    trace = desk.trace()

    desk.post(trace, "verdict", quick="1", score="abc", feedback="")

    trace.refresh_from_db()
    assert trace.score == 1


@pytest.mark.parametrize(
    "score", ["1.1", "-0.1", "abc", "NaN", "Infinity", "1e400", "0.1234567891"]
)
@pytest.mark.parametrize("htmx", [True, False])
def test_what_is_no_score_is_refused_and_kept_in_the_form(
    desk: Desk, score: str, htmx: bool
) -> None:
    trace = desk.trace()

    answer = desk.post(trace, "verdict", htmx=htmx, score=score, feedback="my words")

    trace.refresh_from_db()
    assert answer.status_code == 422
    assert trace.score is None
    assert 'aria-invalid="true"' in answer.text
    assert "my words" in answer.text
    assert ("<html" in answer.text) is not htmx


def test_nothing_at_all_is_refused_with_a_sentence(desk: Desk) -> None:
    answer = desk.post(desk.trace(), "verdict", htmx=True, score="", feedback="  ")

    assert answer.status_code == 422
    assert "Give a score, or write feedback, or both." in answer.text


@pytest.mark.parametrize("text", ["é" * 2048, "a\r\n" * 1024, "😀" * 2048])
def test_2048_characters_are_enough_whatever_they_are(desk: Desk, text: str) -> None:
    trace = desk.trace()

    answer = desk.post(trace, "verdict", score="1", feedback=text)

    trace.refresh_from_db()
    assert answer.status_code == 302
    assert trace.feedback == text.replace("\r\n", "\n").strip()


def test_one_character_more_is_refused_with_both_numbers(desk: Desk) -> None:
    answer = desk.post(desk.trace(), "verdict", htmx=True, score="1", feedback="a" * 2049)

    assert answer.status_code == 422
    assert "at most 2048 characters (it has 2049)" in answer.text
    assert "a" * 2049 in answer.text


def test_save_next_goes_on_in_the_list(desk: Desk) -> None:
    older, trace = desk.trace(), desk.trace()
    onward = f"/traces/{older.pk}?scored=no"

    plain = desk.post(trace, "verdict?scored=no", score="1", next=onward, then="next")
    htmx = desk.post(trace, "verdict?scored=no", htmx=True, score="1", next=onward, then="next")

    assert plain["Location"] == onward
    assert (htmx.status_code, htmx["HX-Location"]) == (204, onward)


def test_save_stays_and_still_knows_the_next_one(desk: Desk) -> None:
    older, trace = desk.trace(), desk.trace()
    onward = f"/traces/{older.pk}?scored=no"

    plain = desk.post(trace, "verdict?scored=no", score="1", next=onward)
    htmx = desk.post(trace, "verdict?scored=no", htmx=True, score="1", next=onward)

    assert plain["Location"] == f"/traces/{trace.pk}?scored=no#verdict"
    assert f'name="next" value="{onward}"' in htmx.text


def test_next_never_leads_to_another_site(desk: Desk) -> None:
    trace = desk.trace()

    answer = desk.post(trace, "verdict", score="1", next="https://evil.example/", then="next")

    assert answer["Location"] == f"/traces/{trace.pk}#verdict"


def test_withdrawing_takes_only_my_own_score(desk: Desk) -> None:
    trace = desk.trace()
    desk.colleague().score(trace, "0.8")
    desk.score(trace, "0.2")

    answer = desk.post(trace, "verdict/withdraw", htmx=True)

    trace.refresh_from_db()
    assert trace.score == Decimal("0.8")
    assert "Your score was removed." in answer.text


def test_withdrawing_nothing_is_no_error(desk: Desk) -> None:
    assert desk.post(desk.trace(), "verdict/withdraw").status_code == 302


def test_a_session_that_ended_leads_to_sign_in_and_back(desk: Desk) -> None:
    trace = desk.trace()
    page = f"http://testserver/traces/{trace.pk}?tag=a"
    desk.browser.logout()

    answer = desk.browser.post(
        f"/traces/{trace.pk}/verdict", {"score": "1"}, headers=HTMX | {"HX-Current-URL": page}
    )

    assert answer["HX-Redirect"] == f"/sign-in?next=/traces/{trace.pk}%3Ftag%3Da"
    assert not Score.objects.exists()


def test_every_judgement_is_in_the_trail_with_before_and_after(desk: Desk) -> None:
    trace = desk.trace()

    for score in ("0.2", "0.3"):
        desk.post(trace, "verdict", score=score, feedback="so")

    events = AuditEvent.objects.filter(action="score.set", entity_id=trace.pk).order_by("pk")
    assert [(event.actor, event.face) for event in events] == [(desk.person, "page")] * 2
    assert '"value":0.2' in events[1].before.replace(" ", "")
