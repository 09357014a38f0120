"""Pairs in pages: set up, filled, compared on the focus screen, counted and exported."""

import csv
import io
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback_app.models import Review
from feedback_app.services import corrections, pairs
from tests import factories
from tests.feedback_app.desk import HTMX, Desk, words
from tests.feedback_app.views.test_bulk_actions import run_all
from traces_app.models import (
    NIL,
    AnnotationQueue,
    FeedbackDefinition,
    QueueItem,
    QueueQuestion,
    Reservation,
    Role,
    Score,
    Trace,
)
from traces_app.services import definitions, traces
from traces_app.services.definitions import Definition
from traces_app.services.queues import Question

pytestmark = pytest.mark.django_db
STRANGE = ("x", "\x00", "1" * 500, "01890a5d-ac96-774b-bcce-b302099a8057")


class Match:
    """A queue of pairs, empty, four traces to compare, and a reviewer."""

    def __init__(self, **wishes: Any) -> None:
        self.lead = Desk()
        outputs = ("one says yes", "two says no", "three is silent", "four")
        self.traces = [
            self.lead.trace(name=f"n{at}", output=json.dumps(text), model_id=f"model-{at}")
            for at, text in enumerate(outputs)
        ]
        asked = [Question(name="Preference", help="The kinder one.", is_required=True)]
        given = {"name": "Duel", "questions": asked} | wishes
        self.queue: AnnotationQueue = factories.queue(
            self.lead.access, self.traces[0].project_id, scope="pair", **given
        )
        self.desk = self.lead.colleague(Role.REVIEWER)

    def pair(self, first: int = 0, other: int | None = 1) -> None:
        against = NIL if other is None else self.traces[other].pk
        wanted = {self.traces[first].pk: against}
        pairs.add(access=self.lead.access, queue_id=self.queue.pk, pairs=wanted)

    def correct(self, at: int, text: str = "mended") -> None:
        corrections.submit(access=self.lead.access, trace_id=self.traces[at].pk, output=text)

    def path(self, act: str = "", first: int = 0) -> str:
        return f"/queues/{self.queue.pk}/items/{self.traces[first].pk}{act}"

    def open(self, by: Desk | None = None, query: str = "") -> str:
        answer: Any = (by or self.desk).browser.get(self.path() + query)
        assert answer.status_code == 200
        return str(answer.text)

    def fingerprint(self, by: Desk | None = None) -> str:
        text = self.open(by)
        return text.split('name="compared" value="')[1].split('"')[0]

    def submit(self, choice: str, by: Desk | None = None, **fields: str) -> Any:
        sent = {"q0": choice, "compared": self.fingerprint(by), "token": str(uuid4())} | fields
        return (by or self.desk).browser.post(self.path("/submit"), sent, headers=HTMX)

    def left(self, by: Desk | None = None) -> bool:
        return pairs.is_first_left(self.queue, self.traces[0].pk, (by or self.desk).person.pk)

    def fill(self, *picked: int, do: str = "two", by: Desk | None = None, **more: Any) -> Any:
        ids = [str(self.traces[at].pk) for at in picked]
        sent = {"pairs": str(self.queue.pk), "id": ids, "do": do} | more
        path = "/queues/pair" if do == "two" else "/traces/do"
        return (by or self.lead).browser.post(path, sent, follow=True)

    @property
    def inside(self) -> set[tuple[UUID, UUID | None]]:
        return set(QueueItem.objects.values_list("entity_id", "other_id"))


@pytest.fixture
def match() -> Match:
    return Match()


# --- set up ---------------------------------------------------------------------------------------


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


# --- filling --------------------------------------------------------------------------------------


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


# --- the focus screen -----------------------------------------------------------------------------


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


# --- what it came to ------------------------------------------------------------------------------


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
