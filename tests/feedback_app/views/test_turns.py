"""Conversations on the focus screen: how much of them is shown, and single turns scored."""

import json
from decimal import Decimal
from typing import Any

import pytest

from feedback_app.focus import conversation
from feedback_app.models import Review
from tests import factories
from tests.feedback_app.desk import HTMX, Desk, words
from traces_app import normal_form
from traces_app.models import (
    NIL,
    VERDICT,
    AnnotationQueue,
    Comment,
    EntityType,
    QueueItem,
    Reservation,
    Role,
    Score,
    Trace,
)

pytestmark = pytest.mark.django_db


class Talk:
    """A queue whose item is a conversation of so many turns, and a reviewer at a browser."""

    def __init__(self, turns: int = 3, **wishes: Any) -> None:
        self.lead = Desk()
        self.turns = [
            self.lead.trace(thread_id="t", input=f'"ask {n};"', output=f'"say {n};"')
            for n in range(1, turns + 1)
        ]
        self.thread = factories.thread_of(self.turns[0])
        self.queue: AnnotationQueue = factories.queue(
            self.lead.access, self.thread.project_id, self.thread, scope="thread", **wishes
        )
        self.desk = self.lead.colleague(Role.REVIEWER)
        self.path = f"/queues/{self.queue.pk}/items/{self.thread.pk}"

    def at(self, turn: Trace) -> str:
        return f"{self.path}/turns/{turn.pk}"

    def say(self, turn: Trace, value: str, *, desk: Desk | None = None, **more: str) -> Any:
        browser = (desk or self.desk).browser
        return browser.post(self.at(turn), {"turn": value} | more, headers=HTMX)


@pytest.fixture
def talk() -> Talk:
    return Talk()


def test_comments_on_the_thread_stand_beside_it_where_the_queue_has_them(talk: Talk) -> None:
    there = Talk(comments_enabled=True)
    address = f"/threads/{there.thread.pk}/comments"

    shown = words(there.desk.browser.get(there.path))
    answer = there.desk.browser.post(
        f"{address}?parts=comments&next={there.path}%23comments", {"text": "Turn 2 is rude."}
    )

    assert 'id="comments"' in shown
    assert f'hx-post="{address}?parts=comments' in shown
    assert answer["Location"] == f"{there.path}#comments"
    assert "Turn 2 is rude." in there.desk.browser.get(there.path).text
    assert 'id="comments"' not in talk.desk.browser.get(talk.path).text


def test_a_thread_that_is_lost_is_told_and_claimed_again(talk: Talk) -> None:
    talk.desk.browser.get(talk.path)
    Reservation.objects.all().delete()
    form = {"standing": "mine", "token": "x", "feedback": "Half a thou"}

    told = talk.desk.browser.post(f"{talk.path}/draft", form, headers=HTMX)
    form["standing"] = "free"
    back = talk.desk.browser.post(f"{talk.path}/claim", form, headers=HTMX)

    assert "not reserved for you any more" in told.text
    assert "Yours again" in back.text
    assert Reservation.objects.get().holder_id == talk.desk.person.pk


def test_turns_stand_in_order_and_the_last_is_marked(talk: Talk) -> None:
    text = words(talk.desk.browser.get(talk.path))

    places = [text.index(said) for n in (1, 2, 3) for said in (f"ask {n};", f"say {n};")]
    assert places == sorted(places)
    assert text.count("under judgement") == 1
    assert text.index("say 2;") < text.index("under judgement") < text.index("say 3;")
    assert "Turn 2 of 3" in text


def test_the_newest_turns_come_whole_and_the_others_when_they_are_asked_for(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "MOST_TEXT", 40)
    newest = talk.desk.browser.get(talk.path)
    earlier = talk.desk.browser.get(f"{talk.path}/turns?before={talk.turns[1].pk}", headers=HTMX)
    plain = talk.desk.browser.get(f"{talk.path}?before={talk.turns[1].pk}")

    assert "say 1;" not in newest.text
    assert f'formaction="{talk.path}/turns?before={talk.turns[1].pk}"' in newest.text
    assert "Turn 1 of 3" in words(earlier)
    assert "earlier turns" not in earlier.text
    assert "Show the newest turns" in plain.text
    assert "say 1;" in plain.text


def test_without_script_the_way_to_earlier_turns_keeps_the_judgement(talk: Talk) -> None:
    before = f"?before={talk.turns[1].pk}"
    form = {"token": "x", "feedback": "Half a thou"}

    there = talk.desk.browser.post(f"{talk.path}/turns{before}", form)
    back = talk.desk.browser.post(f"{talk.path}/turns", form | {"feedback": "Half"})

    assert there["Location"] == f"{talk.path}{before}"
    assert back["Location"] == talk.path
    assert json.loads(Review.objects.get().draft or "")["feedback"] == "Half"
    viewer = talk.lead.colleague(Role.VIEWER).browser
    assert viewer.post(f"{talk.path}/turns{before}", form).status_code == 403
    assert 'formaction="' not in viewer.get(talk.path).text
    assert Desk().browser.post(f"{talk.path}/turns{before}", form).status_code == 404


def test_a_turn_longer_than_a_page_comes_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "MOST_TEXT", 1)
    talk = Talk(2)

    assert [turn.number for turn in _shown(talk)] == [2]


def test_a_page_takes_as_many_queries_for_twenty_turns_as_for_two(
    django_assert_max_num_queries: Any,
) -> None:
    talk = Talk(25)
    with django_assert_max_num_queries(8):
        shown = _shown(talk)

    assert [shown[0].number, shown[-1].number] == [6, 25]


def _shown(talk: Talk) -> list[conversation.Turn]:
    return conversation.of(talk.desk.access, talk.queue, talk.thread.pk).shown


def test_a_turn_is_scored_in_the_name_of_the_queue(talk: Talk) -> None:
    answer = talk.say(talk.turns[0], "0.5")

    score = Score.objects.get()
    assert (score.entity_id, score.name, score.queue_id) == (
        talk.turns[0].pk,
        VERDICT,
        talk.queue.pk,
    )
    assert "You said" in answer.text
    assert "Your score of turn 1" in answer.text
    assert "You said" in talk.desk.browser.get(talk.path).text


def test_a_turns_score_is_no_review_of_the_conversation(talk: Talk) -> None:
    talk.say(talk.turns[0], "1")

    item = QueueItem.objects.get()
    assert (item.review_count, item.is_done) == (0, False)
    assert not Review.objects.filter(state="submitted").exists()
    talk.desk.browser.post(f"{talk.path}/submit", {"q0": "0"})
    assert talk.desk.browser.post(f"/queues/{talk.queue.pk}/undo").status_code == 302
    assert Score.objects.get().entity_id == talk.turns[0].pk


def test_a_turns_score_is_taken_back(talk: Talk) -> None:
    talk.say(talk.turns[0], "1")
    talk.say(talk.turns[0], "0", desk=talk.lead)

    answer = talk.say(talk.turns[0], "")

    assert "You said" not in answer.text
    assert [row.author_id for row in Score.objects.all()] == [talk.lead.person.pk]


def test_nothing_of_others_stands_at_a_turn() -> None:
    talk = Talk(is_blind=True)
    talk.say(talk.turns[0], "0.5", desk=talk.lead)

    assert "You said" not in talk.desk.browser.get(talk.path).text
    assert talk.say(talk.turns[0], "1").status_code == 200


def test_without_script_the_judgement_comes_along_and_is_kept(talk: Talk) -> None:
    fields = {"turn": "1", "token": "x", "q0": "0.3", "feedback": "Half a thou"}

    answer = talk.desk.browser.post(f"{talk.at(talk.turns[0])}?before={talk.turns[1].pk}", fields)

    assert answer["Location"] == (f"{talk.path}?before={talk.turns[1].pk}#turn-{talk.turns[0].pk}")
    draft = json.loads(Review.objects.get().draft or "")
    assert (draft["answers"], draft["feedback"]) == ({VERDICT: "0.3"}, "Half a thou")
    assert Score.objects.get().value == Decimal(1)


@pytest.mark.parametrize("sent", ["2", "-0.1", "NaN", "good", "\x00", "1e999999999", "\ud83d"])
def test_what_is_no_score_is_refused(talk: Talk, sent: str) -> None:
    value = sent.encode("utf-8", "surrogatepass").decode("latin-1")

    answer = talk.say(talk.turns[0], value)

    assert answer.status_code == 422
    assert "Give a number from 0 to 1." in answer.text
    assert not Score.objects.exists()


def test_only_turns_of_the_item_are_scored(talk: Talk) -> None:
    other = talk.lead.trace()
    alone = factories.queue(talk.lead.access, other.project_id, other)

    assert talk.say(other, "1", desk=talk.lead).status_code == 404
    path = f"/queues/{alone.pk}/items/{other.pk}/turns"
    assert talk.lead.browser.post(f"{path}/{other.pk}", {"turn": "1"}).status_code == 404
    assert talk.lead.browser.get(f"{path}?before={other.pk}").status_code == 404
    assert not Score.objects.exists()


@pytest.mark.parametrize("query", ["", "?before=", "?before=x", "?before=%00"])
def test_no_turn_is_before_none(talk: Talk, query: str) -> None:
    assert talk.desk.browser.get(f"{talk.path}/turns{query}").status_code == 404
    assert talk.desk.browser.get(f"{talk.path}{query}").status_code == 200


def test_who_may_read_and_score_turns(talk: Talk) -> None:
    elsewhere = Talk(is_for_everyone=False)
    viewer, stranger = talk.lead.colleague(Role.VIEWER), Desk(Role.OWNER)
    part = f"{talk.path}/turns?before={talk.turns[2].pk}"

    assert viewer.browser.get(part).status_code == 200
    assert talk.say(talk.turns[0], "1", desk=viewer).status_code == 403
    assert stranger.browser.get(part).status_code == 404
    assert talk.say(talk.turns[0], "1", desk=stranger).status_code == 404
    assert elsewhere.say(elsewhere.turns[0], "1").status_code == 404
    talk.desk.browser.logout()
    assert "/sign-in" in talk.desk.browser.get(part)["Location"]
    assert talk.desk.browser.post(talk.at(talk.turns[0])).status_code == 302
    assert not Score.objects.exists()


def place(turn: Trace | None, **changed: Any) -> str:
    said = {"side": "output", "start": 0, "end": 5, "quote": "say 2"} | changed
    return normal_form.dump(said | ({"turn": str(turn.pk)} if turn else {}))


def remark(talk: Talk, anchor: str, *, htmx: bool = True) -> Any:
    fields = {"text": f"Rude, @{talk.lead.person.email}.", "anchor": anchor}
    headers = HTMX if htmx else {}
    return talk.desk.browser.post(f"/threads/{talk.thread.pk}/comments", fields, headers=headers)


@pytest.mark.parametrize("is_blind", [True, False])
def test_a_comment_quotes_the_words_of_a_turn_wherever_it_is_read(is_blind: bool) -> None:
    talk = Talk(comments_enabled=True, is_blind=is_blind)

    answer = remark(talk, place(talk.turns[1]))

    quote = f'href="#turn-{talk.turns[1].pk}" dir="auto" aria-label="To the words: say 2"'
    for page in (answer, talk.desk.browser.get(talk.path)):
        assert quote in page.text
    assert quote in talk.lead.browser.get(f"/threads/{talk.thread.pk}").text
    assert "say 2</span></blockquote>" in talk.lead.browser.get("/notices").text
    assert Comment.objects.get().entity_type == EntityType.THREAD


def test_words_of_no_turn_of_the_conversation_are_refused(talk: Talk) -> None:
    alone = talk.lead.trace()
    of_trace = f"/traces/{alone.pk}/comments"

    for anchor in (place(None), place(alone), place(Trace(pk=NIL))):
        assert remark(talk, anchor).status_code == 404
    assert remark(talk, place(talk.turns[0], side="x")).status_code == 422
    fields = {"text": "Rude.", "anchor": place(talk.turns[0])}
    assert talk.lead.browser.post(of_trace, fields).status_code == 404
    assert not Comment.objects.exists()
