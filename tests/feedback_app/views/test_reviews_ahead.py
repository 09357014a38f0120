"""The reading of the item that would come next, fetched while one reads another."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests import factories
from tests.feedback_app.desk import HTMX, Desk
from tests.feedback_app.views.test_reviews import Round
from traces_app.models import Reservation, Role, Trace
from traces_app.services import reservations

pytestmark = pytest.mark.django_db
KEY = "Reading-Key"


@pytest.fixture
def round_() -> Round:
    round_ = Round(is_blind=True)
    round_.desk.browser.get(round_.start)
    return round_


def ahead(round_: Round, trace: Trace | None = None, desk: Desk | None = None) -> Any:
    browser = (desk or round_.desk).browser
    return browser.get(round_.path(trace or round_.traces[0], "/ahead"), headers=HTMX)


def act(round_: Round, what: str, key: str, **fields: str) -> Any:
    """What the reviewer does with the first item, in a browser that has read ahead."""
    path = round_.path(round_.traces[0], f"/{what}")
    return round_.desk.browser.post(path, fields, headers=HTMX | {KEY: key})


def test_the_next_item_can_be_read_and_stays_free(round_: Round) -> None:
    factories.score(round_.lead.access, round_.traces[1], 0.125, name="judge")

    answer = ahead(round_)

    assert answer[KEY].startswith(str(round_.traces[1].pk))
    assert "Is it covered?" in answer.text
    assert "0.125" not in answer.text  # the queue is blind
    assert Reservation.objects.get().item.entity_id == round_.traces[0].pk


@pytest.mark.parametrize(
    ("what", "fields"),
    [("submit", {"q0": "0.4"}), ("skip", {}), ("decline", {"reason": "I know her."})],
)
def test_what_was_read_ahead_is_left_out(round_: Round, what: str, fields: dict[str, str]) -> None:
    key = ahead(round_)[KEY]

    answer = act(round_, what, key, **fields)

    assert answer[KEY] == key
    assert f'<div id="reading" data-key="{key}"></div>' in answer.text
    assert "Item 2 of 3" in answer.text
    assert "Is it covered?" not in answer.text
    assert "<head>" not in answer.text


def test_a_trace_that_has_changed_is_sent_anew(round_: Round) -> None:
    key = ahead(round_)[KEY]
    Trace.objects.filter(pk=round_.traces[1].pk).update(output='"No, it is not."')

    answer = act(round_, "submit", key, q0="0.4")

    assert "No, it is not." in answer.text
    assert not answer.has_header(KEY)


def test_another_item_is_sent_whole(round_: Round) -> None:
    key = ahead(round_)[KEY]
    other = factories.access(round_.lead.room)
    reservations.claim(access=other, queue_id=round_.queue.pk, entity_id=round_.traces[1].pk)

    answer = act(round_, "submit", key, q0="0.4")

    assert "Item 3 of 3" in answer.text
    assert "Is it covered?" in answer.text


def test_what_was_read_ahead_comes_next_also_before_an_older_item(round_: Round) -> None:
    answer = act(round_, "submit", f"{round_.traces[2].pk}-x", q0="0.4")

    assert "Item 3 of 3" in answer.text
    assert Reservation.objects.get().item.entity_id == round_.traces[2].pk


@pytest.mark.parametrize("whose", ["own, submitted", "another queue's", "nobody's"])
def test_what_is_not_to_be_reviewed_is_not_handed_out(round_: Round, whose: str) -> None:
    round_.post(round_.traces[1], "submit", q0="1")
    other = Round(is_blind=True).traces[0].pk
    key = {"own, submitted": round_.traces[1].pk, "another queue's": other}.get(whose, uuid4())

    answer = act(round_, "submit", f"{key}-x", q0="0.4")

    assert "Item 3 of 3" in answer.text
    assert Reservation.objects.get(holder_id=round_.desk.access.user_id).item.entity_id == (
        round_.traces[2].pk
    )


def test_a_mistake_and_a_key_that_is_nobodys_bring_the_whole_item(round_: Round) -> None:
    mistaken = act(round_, "submit", ahead(round_)[KEY], q0="7")
    unknown = act(round_, "submit", "x" * 5000, q0="0.4")

    assert (mistaken.status_code, unknown.status_code) == (422, 200)
    assert "Is it covered?" in mistaken.text
    assert "Is it covered?" in unknown.text


def test_what_was_skipped_is_read_ahead_at_last_and_nothing_after_the_end(round_: Round) -> None:
    act(round_, "skip", "")
    round_.post(round_.traces[1], "submit", q0="1")

    assert ahead(round_, round_.traces[2])[KEY].startswith(str(round_.traces[0].pk))
    round_.post(round_.traces[2], "submit", q0="1")
    assert ahead(round_, round_.traces[0]).status_code == 204


def test_own_correction_is_part_of_what_is_read() -> None:
    round_ = Round(corrections_enabled=True)
    round_.desk.browser.get(round_.start)
    key = ahead(round_)[KEY]

    round_.desk.post(round_.traces[1], "correction", text="No.")
    answer = act(round_, "submit", key, q0="0.4")

    assert not answer.has_header(KEY)
    assert "Change my correction" in answer.text


def test_only_who_may_judge_in_the_queue_reads_ahead(round_: Round) -> None:
    viewer = round_.lead.colleague(Role.VIEWER)

    assert ahead(round_, desk=Desk()).status_code == 404
    assert ahead(Round(is_for_everyone=False), desk=round_.desk).status_code == 404
    assert ahead(round_, desk=viewer).status_code == 403
    path = round_.path(round_.traces[0], "/ahead")
    assert Client().get(path).status_code == 302
    assert round_.desk.browser.post(path).status_code == 405
    assert round_.desk.browser.get(f"/queues/{round_.queue.pk}/items/x/ahead").status_code == 404
