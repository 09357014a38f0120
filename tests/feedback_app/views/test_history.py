"""My history: found again, filtered, changed, taken back one by one."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback_app.models import Review
from feedback_app.my_work import stretch
from tests import factories
from tests.feedback_app.desk import Desk, words
from tests.feedback_app.views.test_reviews import Round
from traces_app.models import QueueItem, Role, Score

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_() -> Round:
    """The first is submitted, the second declined, the third skipped and flagged."""
    made = Round()
    first, second, third = made.traces
    made.post(first, "submit", q0="0.8", feedback="Très bien, kind and short.")
    made.post(second, "decline", reason="I know the customer.")
    made.post(third, "skip")
    made.post(third, "flag", flag="1", note="A second  slip\nof this kind.")
    return made


def titles(round_: Round, query: str = "") -> list[str]:
    answer: Any = round_.desk.browser.get(f"/history{query}")
    assert answer.status_code == 200
    return [each.title for each in answer.context["page"].rows]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["third", "second", "first"]),
        ("?q=TRÈS", ["first"]),
        ("?q=customer", ["second"]),
        ("?q=second%20slip", ["third"]),
        ("?q=thi", ["third"]),
        ("?q=%00%25", []),
        ("?state=submitted", ["first"]),
        ("?state=skipped", ["third"]),
        ("?state=declined", ["second"]),
        ("?state=flagged", ["third"]),
        ("?state=flagged&q=customer", []),
        ("?state=nonsense&queue=x&after=x&q=", ["third", "second", "first"]),
        ("?queue=01890a5d-ac96-774b-bcce-b302099a8057", []),
    ],
)
def test_reviews_are_found_by_words_queue_and_state(
    round_: Round, query: str, found: list[str]
) -> None:
    assert titles(round_, query) == found


def test_the_queue_is_one_filter(round_: Round) -> None:
    assert titles(round_, f"?queue={round_.queue.pk}&state=submitted") == ["first"]
    assert round_.queue.name in round_.desk.browser.get("/history").text


def test_one_review_is_taken_back_and_the_others_stay(round_: Round) -> None:
    first, second = round_.traces[:2]
    Review.objects.filter(judged_id=second.pk).delete()
    round_.post(second, "submit", q0="0.1")

    answer = round_.post(first, "take_back", htmx=False, next="/history?q=x")

    left = Review.objects.get(judged_id=first.pk)
    assert answer["Location"] == "/history?q=x"
    assert (left.state, "kind and short" in (left.draft or "")) == ("open", True)
    assert [each.entity_id for each in Score.objects.all()] == [second.pk]
    assert "kind and short" in round_.desk.browser.get(round_.path(first)).text


def test_what_is_not_submitted_cannot_be_taken_back(round_: Round) -> None:
    second = round_.traces[1]

    answer = round_.post(second, "take_back", htmx=False, next="//evil.example")

    assert answer["Location"] == "/history"
    assert Review.objects.get(judged_id=second.pk).state == "declined"


def test_only_its_author_takes_a_review_back(round_: Round) -> None:
    path = round_.path(round_.traces[0], "/take_back")

    assert Desk().browser.post(path).status_code == 404
    assert round_.lead.colleague(Role.VIEWER).browser.post(path).status_code == 403
    assert Client().post(path)["Location"].startswith("/sign-in")
    round_.lead.browser.post(path)
    round_.lead.colleague(Role.REVIEWER).browser.post(path)

    assert Review.objects.get(judged_id=round_.traces[0].pk).state == "submitted"


def test_nobody_reads_the_history_of_others(round_: Round) -> None:
    for other in (round_.lead, round_.lead.colleague(Role.REVIEWER), Desk()):
        assert "first" not in words(other.browser.get("/history"))
    assert Client().get("/history")["Location"].startswith("/sign-in")


def test_what_left_the_queue_is_not_shown_to_a_reviewer(round_: Round) -> None:
    QueueItem.objects.filter(entity_id=round_.traces[0].pk).delete()

    assert titles(round_) == ["third", "second"]


def test_pages_follow_one_another_and_ask_no_more_for_more(
    round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretch, "SIZE", 2)

    answer: Any = round_.desk.browser.get("/history?q=")
    older = answer.context["page"].older_query
    with CaptureQueriesContext(connection) as one:
        assert titles(round_, older) == ["first"]
    monkeypatch.setattr(stretch, "SIZE", 50)
    with CaptureQueriesContext(connection) as three:
        titles(round_)

    assert len(three) == len(one)


# --- flags --------------------------------------------------------------------------------------


def test_the_board_shows_why_an_item_is_flagged(round_: Round) -> None:
    board = words(round_.lead.browser.get(f"/queues/{round_.queue.pk}"))

    assert "A second slip of this kind." in board
    assert "A second slip" in round_.desk.browser.get(round_.path(round_.traces[2])).text


def test_the_flag_takes_its_note_along(round_: Round) -> None:
    third = round_.traces[2]

    kept = round_.post(third, "flag", flag="1")
    gone = round_.post(third, "flag", flag="0")

    assert 'value="A second slip of this kind."' in kept.text
    assert "A second slip" not in gone.text
    assert Review.objects.get(judged_id=third.pk).flag_note == ""


@pytest.mark.parametrize(("htmx", "status"), [(True, 400), (False, 302)])
def test_an_endless_note_is_refused(round_: Round, htmx: bool, status: int) -> None:
    third = round_.traces[2]

    answer = round_.post(third, "flag", htmx=htmx, flag="1", note="x" * 501)

    assert answer.status_code == status
    assert Review.objects.get(judged_id=third.pk).flag_note == "A second slip of this kind."


def test_a_thread_is_found_by_its_name() -> None:
    lead = Desk()
    thread = factories.thread_of(lead.trace(thread_id="talk-7"))
    queue = factories.queue(lead.access, thread.project_id, thread, scope="thread")
    lead.browser.post(f"/queues/{queue.pk}/items/{thread.pk}/skip")

    answer: Any = lead.browser.get("/history?q=TALK-7")

    assert [each.title for each in answer.context["page"].rows] == ["talk-7"]
