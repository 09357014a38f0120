"""While an item is open: that it is lost is told once, and what was written stays."""

import json
from typing import Any
from uuid import uuid4

import pytest

from feedback_app.models import Review
from tests.feedback_app.desk import HTMX, Desk, words
from tests.feedback_app.views.test_reviews import Round
from traces_app.models import Reservation, Role, Score
from traces_app.services import queue_items

pytestmark = pytest.mark.django_db
FREE = "This item is not reserved for you any more."
TAKEN = "Somebody else has this item now."
FINISHED = "Others have finished this item."
GONE = "This item has left the queue."


class Open(Round):
    """A reviewer who has the first item open, and a colleague."""

    def __init__(self, **wishes: Any) -> None:
        super().__init__(**wishes)
        self.desk.browser.get(self.path(self.traces[0]))
        self.other = self.lead.colleague(Role.REVIEWER)

    def act(self, act: str, standing: str = "mine", *, htmx: bool = True, **fields: str) -> Any:
        said = {"standing": standing, "token": str(uuid4())} | fields
        return self.post(self.traces[0], act, htmx=htmx, **said)

    def revoke(self) -> None:
        """As the lead does on the board."""
        fields = {"item": str(self.traces[0].pk), "holder": str(self.desk.person.pk)}
        self.lead.browser.post(f"/queues/{self.queue.pk}/holds/release", fields)

    def give_away(self) -> None:
        self.revoke()
        self.other.browser.get(self.path(self.traces[0]))


@pytest.fixture
def open_() -> Open:
    return Open()


def test_a_hold_is_renewed_without_a_word_and_the_band_is_empty(open_: Open) -> None:
    shown = open_.desk.browser.get(open_.path(open_.traces[0])).text
    answer = open_.act("hold")

    assert 'id="lost"' in shown
    assert 'role="alert"' not in shown
    assert "Yours until" in answer.text
    assert 'id="lost"' not in answer.text


@pytest.mark.parametrize("act", ["hold", "draft"])
def test_a_revoked_hold_is_told_once(open_: Open, act: str) -> None:
    open_.revoke()

    told, again = open_.act(act), open_.act(act, "free")

    assert FREE in told.text
    assert f"/items/{open_.traces[0].pk}/claim" in told.text
    assert 'role="alert"' in told.text
    assert FREE not in again.text
    assert not Reservation.objects.exists()


@pytest.mark.parametrize("act", ["hold", "draft", "claim"])
def test_what_somebody_else_has_is_not_offered(open_: Open, act: str) -> None:
    open_.give_away()
    assert TAKEN in open_.act(act, "free").text

    open_.other.browser.post(open_.path(open_.traces[0], "/submit"), {"q0": "1"})
    told = open_.act(act, "taken").text

    assert FINISHED in told
    assert "/claim" not in told


def test_claimed_again_the_band_goes_and_the_words_are_kept(open_: Open) -> None:
    open_.revoke()

    answer = open_.act("claim", "free", feedback="Half a thou")

    assert "Yours again, saved" in words(answer)
    assert "Yours until" in answer.text
    assert FREE not in answer.text
    assert Reservation.objects.get().holder_id == open_.desk.person.pk
    assert json.loads(Review.objects.get().draft or "")["feedback"] == "Half a thou"


def test_next_goes_on_and_the_draft_is_there_when_one_is_back(open_: Open) -> None:
    open_.revoke()

    answer = open_.act("go_on", "free", feedback="Half a thou")

    assert "Item 2 of 3" in words(answer)
    assert Review.objects.get().state == Review.State.OPEN
    told = open_.desk.browser.get(f"/queues/{open_.queue.pk}/finished").text
    assert '<dt>Skipped</dt><dd class="num">0</dd>' in told
    assert "Half a thou" in open_.desk.browser.get(open_.path(open_.traces[0])).text


def test_a_submit_that_is_refused_shows_the_band_also_without_script(open_: Open) -> None:
    open_.give_away()

    answer = open_.act("submit", htmx=False, q0="0.4", feedback="Mine.")

    assert answer.status_code == 422
    assert TAKEN in answer.text
    assert "Mine." in answer.text
    assert not Score.objects.exists()
    assert "Mine." in (Review.objects.get(author=open_.desk.person).draft or "")


def test_what_was_lost_and_is_free_is_submitted_all_the_same(open_: Open) -> None:
    open_.revoke()

    assert "Item 2 of 3" in words(open_.act("submit", q0="0.4"))


def test_without_script_claiming_leads_back_to_the_item_with_the_words(open_: Open) -> None:
    open_.revoke()

    answer = open_.act("claim", htmx=False, feedback="Half a thou")

    assert answer["Location"] == open_.path(open_.traces[0])
    assert "Half a thou" in open_.desk.browser.get(answer["Location"]).text


def test_an_item_that_left_the_queue_is_told_and_what_was_typed_not_called_saved(
    open_: Open,
) -> None:
    queue_items.remove(
        access=open_.lead.access, queue_id=open_.queue.pk, entity_ids=[open_.traces[0].pk]
    )

    told, kept = open_.act("hold"), open_.act("draft", feedback="Half")

    assert (told.status_code, kept.status_code) == (200, 422)
    assert GONE in told.text
    assert GONE in kept.text
    assert "Saved" not in kept.text


@pytest.mark.parametrize("standing", ["", "\0", "mine" * 10_000, "nothing"])
def test_whatever_the_page_says_it_knows_is_taken(open_: Open, standing: str) -> None:
    answer = open_.act("hold", standing)

    assert answer.status_code == 200


def test_a_claim_is_for_those_who_judge_in_this_workspace(open_: Open) -> None:
    path, fields = open_.path(open_.traces[0], "/claim"), {"token": str(uuid4())}
    nowhere = open_.path(open_.traces[0], "/claim").replace(str(open_.traces[0].pk), str(uuid4()))

    assert Desk().browser.post(path, fields).status_code == 404
    assert open_.desk.browser.post(nowhere, fields).status_code == 404
    assert GONE in open_.desk.browser.post(nowhere, fields, headers=HTMX).text
    assert open_.lead.colleague(Role.VIEWER).browser.post(path, fields).status_code == 403
    assert open_.desk.browser.get(path).status_code == 405
    open_.desk.browser.logout()
    assert "/sign-in" in open_.desk.browser.post(path, fields)["Location"]
