"""The focus screen, with and without script, and who may open it."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback_app.models import Review
from tests import factories
from tests.feedback_app.desk import HTMX, Desk, words
from traces_app.models import NIL, VERDICT, AnnotationQueue, Reservation, Role, Score, Trace
from traces_app.services import queue_items

pytestmark = pytest.mark.django_db


class Round:
    """A queue of three traces, and a reviewer at a browser."""

    def __init__(self, **wishes: Any) -> None:
        self.lead = Desk()
        self.traces = [self.lead.trace(name=name) for name in ("first", "second", "third")]
        self.queue: AnnotationQueue = factories.queue(
            self.lead.access, self.traces[0].project_id, *self.traces, **wishes
        )
        self.desk = self.lead.colleague(Role.REVIEWER)

    @property
    def start(self) -> str:
        return f"/queues/{self.queue.pk}/review"

    def path(self, trace: Trace, act: str = "") -> str:
        return f"/queues/{self.queue.pk}/items/{trace.pk}{act}"

    def post(self, trace: Trace, act: str, *, htmx: bool = True, **fields: str) -> Any:
        headers = HTMX if htmx else {}
        return self.desk.browser.post(self.path(trace, f"/{act}"), fields, headers=headers)


@pytest.fixture
def round_() -> Round:
    return Round()


def test_start_leads_to_the_first_item_and_reserves_it(round_: Round) -> None:
    answer: Any = round_.desk.browser.get(round_.start, follow=True)

    assert answer.request["PATH_INFO"] == round_.path(round_.traces[0])
    assert "Item 1 of 3: first" in words(answer)
    assert Reservation.objects.get().holder_id == round_.desk.person.pk


def test_submit_answers_with_the_next_item_in_one_request(round_: Round) -> None:
    answer = round_.post(round_.traces[0], "submit", q0="0.4", feedback="Too long.")

    assert answer["HX-Push-Url"] == round_.path(round_.traces[1])
    assert "Item 2 of 3: second" in words(answer)
    assert Score.objects.get().reason == "Too long."


def test_without_script_submit_redirects_to_the_next_item(round_: Round) -> None:
    answer = round_.post(round_.traces[0], "submit", htmx=False, q0="0.4")

    assert (answer.status_code, answer["Location"]) == (302, round_.path(round_.traces[1]))


def test_mistake_keeps_what_was_typed(round_: Round) -> None:
    answer = round_.post(round_.traces[0], "submit", q0="7", feedback="Too long.")

    assert answer.status_code == 422
    assert "Give a number from 0 to 1." in answer.text
    assert "Too long." in answer.text
    assert not Score.objects.exists()


def test_draft_is_shown_again_after_all_is_gone(round_: Round) -> None:
    saved = round_.post(round_.traces[0], "draft", q0="not yet", feedback="half a thou")
    round_.desk.browser.logout()
    round_.desk.browser.force_login(round_.desk.person)

    answer = round_.desk.browser.get(round_.path(round_.traces[0]))

    assert "Saved" in saved.text
    assert "half a thou" in answer.text
    assert 'value="not yet"' in answer.text


def test_lost_item_keeps_the_answers_as_a_draft(round_: Round) -> None:
    other = round_.lead.colleague(Role.REVIEWER)
    other.browser.post(round_.path(round_.traces[0], "/submit"), {"q0": "1"})

    answer = round_.post(round_.traces[0], "submit", q0="0.4", feedback="Mine.")

    assert answer.status_code == 422
    assert "kept as a draft" in answer.text
    assert (
        json.loads(Review.objects.get(author=round_.desk.person).draft or "")["feedback"] == "Mine."
    )


def test_last_submit_leads_to_the_end_and_undo_back(round_: Round) -> None:
    for trace in round_.traces:
        answer = round_.post(trace, "submit", q0="0.4", seconds="12")
    assert "Nothing is left for you here" in answer.text
    assert "12 s" in answer.text

    answer = round_.desk.browser.post(f"/queues/{round_.queue.pk}/undo", headers=HTMX)

    assert answer["HX-Push-Url"] == round_.path(round_.traces[2])
    assert 'value="0.4"' in answer.text
    assert Score.objects.count() == 2


def test_skip_decline_and_flag(round_: Round) -> None:
    assert "second" in words(round_.post(round_.traces[0], "skip"))
    assert "Say why" in round_.post(round_.traces[1], "decline", reason=" ").text
    assert "third" in words(round_.post(round_.traces[1], "decline", reason="I know her."))
    assert 'aria-pressed="true"' in round_.post(round_.traces[2], "flag", flag="1").text

    states = Review.objects.order_by("judged_id").values_list("state", "is_flagged")
    assert list(states) == [("skipped", False), ("declined", False), ("open", True)]


@pytest.mark.parametrize("act", ["skip", "decline", "go_on"])
def test_from_an_item_that_has_left_the_queue_one_comes_to_the_next(
    round_: Round, act: str
) -> None:
    gone = [round_.traces[0].pk]
    queue_items.remove(access=round_.lead.access, queue_id=round_.queue.pk, entity_ids=gone)
    said = "I know her."

    answer = round_.post(round_.traces[0], act, token=str(NIL), feedback="Half", reason=said)

    assert "Item 1 of 2: second" in words(answer)
    assert act == "go_on" or "has left the queue" in answer.text


def test_a_submit_is_undone_also_where_the_open_item_has_left_the_queue(round_: Round) -> None:
    round_.post(round_.traces[0], "submit", q0="0.4")
    gone = [round_.traces[1].pk]
    queue_items.remove(access=round_.lead.access, queue_id=round_.queue.pk, entity_ids=gone)
    typed = {"of": str(gone[0]), "token": str(NIL), "q0": "1", "feedback": "Half a thou"}

    answer: Any = round_.desk.browser.post(f"/queues/{round_.queue.pk}/undo", typed, headers=HTMX)

    assert "Item 1 of 2: first" in words(answer)
    assert 'value="0.4"' in answer.text


@pytest.mark.parametrize("to", ["", "x", "\x00"])
def test_a_visit_of_nothing_stays_where_one_is(round_: Round, to: str) -> None:
    answer = round_.post(round_.traces[0], "visit", to=to)

    assert answer["Location"] == round_.path(round_.traces[0])


def test_hold_renews_and_release_gives_back(round_: Round) -> None:
    assert "Not reserved" in round_.post(round_.traces[0], "hold").text
    round_.desk.browser.get(round_.path(round_.traces[0]))
    assert "Yours until" in round_.post(round_.traces[0], "hold").text
    assert round_.post(round_.traces[0], "release").status_code == 204

    assert not Reservation.objects.exists()


def test_nothing_of_others_is_on_the_screen(round_: Round) -> None:
    Round(is_blind=True)
    round_.lead.score(round_.traces[0], "0.123", "a secret reason")

    answer = round_.desk.browser.get(round_.path(round_.traces[0]))

    assert "secret" not in answer.text
    assert "0.123" not in answer.text


def test_thread_shows_its_whole_conversation() -> None:
    lead = Desk()
    sent = [
        lead.trace(thread_id="t", input=f'"question {n}"', output=f'"answer {n}"') for n in "12"
    ]
    thread = factories.thread_of(sent[0])
    queue = factories.queue(lead.access, thread.project_id, thread, scope="thread")

    answer: Any = lead.browser.get(f"/queues/{queue.pk}/review", follow=True)
    for text in ("question 1", "answer 1", "question 2", "answer 2"):
        assert text in answer.text
    lead.browser.post(f"/queues/{queue.pk}/items/{thread.pk}/submit", {"q0": "0.9"})

    assert Score.objects.get().entity_id == thread.pk


@pytest.mark.parametrize(
    "act", ["submit", "draft", "skip", "decline", "flag", "hold", "release", "go_on", "visit"]
)
def test_strangers_find_nothing_and_viewers_only_read(round_: Round, act: str) -> None:
    named_for_none = Round(is_for_everyone=False)
    path = round_.path(round_.traces[0], f"/{act}")
    elsewhere = named_for_none.path(named_for_none.traces[0], f"/{act}")

    assert Desk().browser.post(path, {"q0": "1"}).status_code == 404
    assert named_for_none.desk.browser.post(elsewhere, {"q0": "1"}).status_code == 404
    assert round_.lead.colleague(Role.VIEWER).browser.post(path, {"q0": "1"}).status_code == 403
    assert not Score.objects.exists()


def test_a_viewer_reads_and_is_offered_no_answer(round_: Round) -> None:
    answer = round_.lead.colleague(Role.VIEWER).browser.get(round_.path(round_.traces[0]))

    assert answer.status_code == 200
    assert "data-submit" not in answer.text
    assert not Reservation.objects.exists()


def test_item_takes_as_many_queries_in_a_long_queue_as_in_a_short_one(round_: Round) -> None:
    def opened() -> int:
        with CaptureQueriesContext(connection) as asked:
            round_.desk.browser.get(round_.path(round_.traces[0]))
        return len(asked)

    short = opened()
    more = [round_.lead.trace().pk for _ in range(10)]
    queue_items.add(access=round_.lead.access, queue_id=round_.queue.pk, entity_ids=more)

    assert opened() <= short


def test_my_work_lists_queues_where_i_stopped_and_what_i_judged(round_: Round) -> None:
    round_.post(round_.traces[0], "submit", q0="0.4", feedback="Too long.")
    round_.post(round_.traces[1], "draft", q0="", feedback="hm")

    answer: Any = round_.desk.browser.get("/")

    assert "1 / 3" in answer.text
    assert "2 items left" in answer.text
    assert "Where you stopped" in answer.text
    assert "Too long." in answer.text
    assert VERDICT not in words(answer)


def test_where_i_stopped_is_told_by_what_was_asked(round_: Round) -> None:
    asked = json.dumps([{"role": "user", "content": "May I keep it outside?"}])
    Trace.objects.filter(pk=round_.traces[1].pk).update(name="first", input=asked)
    round_.post(round_.traces[1], "draft", q0="", feedback="hm")

    answer: Any = round_.desk.browser.get("/")

    assert '<h2 id="heading-stopped" class="cut" dir="auto">May I keep it outside?</h2>' in (
        answer.text
    )


def test_my_history_is_searched(round_: Round) -> None:
    round_.post(round_.traces[0], "submit", q0="0.4", feedback="Too long.")
    round_.post(round_.traces[1], "submit", q0="0.9", feedback="Kind.")

    answer = round_.desk.browser.get("/history?q=kind")

    assert "Kind." in answer.text
    assert "Too long." not in answer.text
    assert "Nothing of yours" in round_.desk.browser.get("/history?q=absent").text


def test_correction_and_comments_stand_beside_where_the_queue_has_them() -> None:
    round_ = Round(corrections_enabled=True, comments_enabled=True)
    trace = round_.traces[0]
    round_.lead.post(trace, "correction", text="Somebody else's words.")

    shown = round_.desk.browser.get(round_.path(trace))
    answer = round_.desk.browser.post(
        f"/traces/{trace.pk}/correction?parts=correction-comments", {"text": "No."}, headers=HTMX
    )

    assert "Somebody else" not in shown.text
    assert 'id="comments"' in shown.text
    assert "<ins>No</ins>" in answer.text
    assert 'id="history"' not in answer.text


def test_nothing_else_stands_beside_a_plain_queue(round_: Round) -> None:
    shown = round_.desk.browser.get(round_.path(round_.traces[0]))

    assert 'id="correction"' not in shown.text
    assert 'id="comments"' not in shown.text
    assert 'id="dataset"' not in shown.text


def test_the_dataset_is_not_offered_where_it_would_tell_of_the_score() -> None:
    open_, blind = Round(), Round(is_blind=True)

    def offered(at: Round) -> bool:
        return 'id="dataset"' in at.lead.browser.get(at.path(at.traces[0])).text

    assert (offered(open_), offered(blind)) == (True, False)


def test_a_page_that_is_left_gives_back_only_the_hold_that_it_knows(round_: Round) -> None:
    first = round_.traces[0]
    before: Any = round_.desk.browser.get(round_.path(first))
    round_.desk.browser.get(round_.path(first))  # the page anew: asked for before the old one goes

    for known in (before.context["hold"].until.isoformat(), "0001-01-01T00:00:00+23:59"):
        assert round_.post(first, "release", until=known).status_code == 204
    assert Reservation.objects.exists()

    round_.post(first, "release", until=Reservation.objects.get().expires_at.isoformat())
    assert not Reservation.objects.exists()


def test_what_stands_beside_a_judgement_has_a_page_that_keeps_it() -> None:
    round_ = Round(comments_enabled=True, corrections_enabled=True)

    sent = round_.post(round_.traces[0], "aside", htmx=False, token="x", feedback="Half a thou")
    page = round_.desk.browser.get(sent["Location"])

    assert sent["Location"] == round_.path(round_.traces[0], "/aside")
    assert f"next={round_.path(round_.traces[0], '/aside')}".replace("/", "%2F") in page.text
    assert 'id="id_text"' in page.text
    assert 'id="id_correction"' in page.text
    assert "Half a thou" in round_.desk.browser.get(round_.path(round_.traces[0])).text


@pytest.mark.parametrize("act", ["skip", "flag", "aside", "go_on"])
def test_a_form_that_comes_along_untouched_makes_no_draft(round_: Round, act: str) -> None:
    round_.post(round_.traces[0], act, htmx=False, token="x", flag="1", q0="", feedback="")

    assert not Review.objects.filter(draft__isnull=False).exists()


def test_a_form_that_comes_along_keeps_a_submitted_review_as_it_is(round_: Round) -> None:
    round_.post(round_.traces[0], "submit", q0="0.5", feedback="Kind.")

    fields = {"token": "x", "q0": "0.5", "feedback": "Kind.", "of": str(round_.traces[0].pk)}
    undone = round_.desk.browser.post(f"/queues/{round_.queue.pk}/undo", fields, follow=True)

    assert "your answers are here again" in undone.text
    assert "Take this" not in undone.text


def test_the_page_beside_is_for_those_who_judge_the_item(round_: Round) -> None:
    path = round_.path(round_.traces[0], "/aside")
    nowhere = round_.path(round_.traces[0], "/aside").replace(str(round_.traces[0].pk), str(NIL))

    assert Desk().browser.get(path).status_code == 404
    assert round_.desk.browser.get(nowhere).status_code == 404
    assert round_.lead.colleague(Role.VIEWER).browser.get(path).status_code == 403
    round_.desk.browser.logout()
    assert "/sign-in" in round_.desk.browser.get(path)["Location"]
