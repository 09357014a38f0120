"""The page of the item that would come next, fetched while one reads another."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from feedback_app.focus import page
from feedback_app.focus.ahead import COMPARED, FILLED_IN
from tests import factories
from tests.feedback_app.desk import HTMX, Desk
from tests.feedback_app.match import Match
from tests.feedback_app.views.test_reviews import Round
from traces_app.models import VERDICT, Reservation, Role, Trace
from traces_app.services import queue_items, queues, reservations
from traces_app.services.queues import Question, Wishes

pytestmark = pytest.mark.django_db
KEY = "Page-Ahead"


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
    assert answer["HX-Push-Url"] == round_.path(round_.traces[1])
    assert "Is it covered?" not in answer.text
    assert "Yours until" in answer.text


def put_together(page: str, answer: str) -> str:
    """As static/js/ahead.js does it."""
    for name, piece in re.findall(r'<template data-fill="(\w+)">(.*?)</template>', answer, re.S):
        page = page.replace(f'<template data-fill="{name}"></template>', piece)
    return page


def plain(page: str) -> str:
    """Without what is another each time that the same page is made."""
    page = re.sub(r'(name="(csrfmiddlewaretoken|token)" value|datetime)="[^"]+"', "", page)
    return " ".join(page.split())


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("submit", {"q0": "0.4", "feedback": "Too long."}),
        ("skip", {}),
        ("decline", {"reason": "."}),
    ],
)
@pytest.mark.parametrize("order", ["oldest", "judge"])
@pytest.mark.parametrize("role", [Role.REVIEWER, Role.MEMBER])
def test_put_together_they_are_the_page_of_the_item(
    role: Role, order: str, what: str, fields: dict[str, str]
) -> None:
    parts = {"comments_enabled": True, "corrections_enabled": True}
    round_ = Round(order=order, instructions="Read *all*.", **parts)
    round_.desk = round_.lead.colleague(role)
    round_.desk.browser.get(round_.start)
    coming = ahead(round_)

    answer = act(round_, what, coming[KEY], **fields)
    page = round_.desk.browser.get(round_.path(round_.traces[1]), headers=HTMX)

    assert answer[KEY] == coming[KEY]
    assert plain(put_together(coming.text, answer.text)) == plain(page.text)


def test_a_message_waits_for_the_page_that_is_seen(round_: Round) -> None:
    round_.desk.browser.post(f"/queues/{round_.queue.pk}/undo")  # there is nothing to undo
    coming = ahead(round_)

    answer = act(round_, "submit", coming[KEY], q0="0.4")

    assert "nothing to undo" not in coming.text
    assert "nothing to undo" in answer.text


def rename(round_: Round) -> None:
    wishes = Wishes(name="Renamed", instructions="Otherwise.")
    queues.edit(access=round_.lead.access, queue_id=round_.queue.pk, wishes=wishes)


def explain(round_: Round) -> None:
    asked = [Question(name=VERDICT, help="As a customer.")]
    wishes = Wishes(questions=asked)
    queues.edit(access=round_.lead.access, queue_id=round_.queue.pk, wishes=wishes)


def comment(round_: Round) -> None:
    round_.lead.post(round_.traces[1], "comments", text="Look at the date.")


def fill(round_: Round) -> None:
    more = [round_.lead.trace(name="fourth").pk]
    queue_items.add(access=round_.lead.access, queue_id=round_.queue.pk, entity_ids=more)


def rewrite(round_: Round) -> None:
    Trace.objects.filter(pk=round_.traces[1].pk).update(output='"No, it is not."')


def rename_trace(round_: Round) -> None:
    Trace.objects.filter(pk=round_.traces[1].pk).update(name="renamed")


def write_a_draft(round_: Round) -> None:
    round_.post(round_.traces[1], "draft", q0="0.3", feedback="From another window.")


def flag(round_: Round) -> None:
    round_.post(round_.traces[1], "flag", flag="1", note="Odd.")


def correct(round_: Round) -> None:
    round_.desk.post(round_.traces[1], "correction", text="No.")


def sign_in_anew(round_: Round) -> None:
    round_.desk.browser.logout()
    round_.desk.browser.force_login(round_.desk.person)
    round_.desk.browser.cookies["csrftoken"] = "x" * 32


def promote(round_: Round) -> None:
    round_.desk.person.memberships.update(role=Role.MEMBER)


@pytest.mark.parametrize(
    ("changes", "shows"),
    [
        (rename, "Renamed"),
        (explain, "As a customer."),
        (comment, "Look at the date."),
        (fill, "Item 2 of 4"),
        (rewrite, "No, it is not."),
        (rename_trace, "Item 2 of 3: renamed"),
        (write_a_draft, "From another window."),
        (flag, "Flagged"),
        (correct, "Change my correction"),
        (sign_in_anew, 'name="csrfmiddlewaretoken"'),
        (promote, "Add to dataset"),
    ],
)
def test_a_page_that_has_changed_since_is_sent_anew(
    changes: Callable[[Round], None], shows: str
) -> None:
    round_ = Round(comments_enabled=True, corrections_enabled=True)
    round_.desk.browser.get(round_.start)
    key = ahead(round_)[KEY]
    changes(round_)

    answer = act(round_, "submit", key, q0="0.4")

    assert not answer.has_header(KEY)
    assert "Item 2 of" in answer.text
    assert shows in answer.text


def test_a_pair_that_was_read_ahead_is_put_together_too() -> None:
    match = Match()
    match.pair(0, 1)
    match.pair(2, 3)
    first, second = (f"/queues/{match.queue.pk}/items/{match.traces[at].pk}" for at in (0, 2))
    browser = match.desk.browser
    browser.get(first)
    coming: Any = browser.get(f"{first}/ahead", headers=HTMX)

    answer: Any = browser.post(f"{first}/skip", headers=HTMX | {KEY: coming[KEY]})
    page: Any = browser.get(second, headers=HTMX)

    assert answer[KEY] == coming[KEY]
    assert plain(put_together(coming.text, answer.text)) == plain(page.text)


def test_whatever_the_page_takes_is_compared_or_filled_in_or_follows() -> None:
    round_ = Round(comments_enabled=True)
    follows = {"judged_id", "talk", "trace", "corrected", "kept", "comment_form", "items", "guide"}
    follows |= {"token", "is_ahead", "after", "moves"}  # another each time; the same for all

    given = set(page.context(round_.lead.access, round_.queue, round_.traces[0].pk, page.Known()))

    assert given == set(COMPARED) | FILLED_IN | follows


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


def test_only_who_may_judge_in_the_queue_reads_ahead(round_: Round) -> None:
    viewer = round_.lead.colleague(Role.VIEWER)

    assert ahead(round_, desk=Desk()).status_code == 404
    assert ahead(Round(is_for_everyone=False), desk=round_.desk).status_code == 404
    assert ahead(round_, desk=viewer).status_code == 403
    path = round_.path(round_.traces[0], "/ahead")
    assert Client().get(path).status_code == 302
    assert round_.desk.browser.post(path).status_code == 405
    assert round_.desk.browser.get(f"/queues/{round_.queue.pk}/items/x/ahead").status_code == 404
