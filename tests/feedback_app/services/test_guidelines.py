"""Versions of a queue's guideline: when one is made, and which one a review is made under."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from feedback_app.focus import guide
from feedback_app.models import GuidelineRead, Review
from feedback_app.services import guideline_reads
from tests import factories
from tests.feedback_app.desk import Desk
from traces_app import normal_form
from traces_app.models import AnnotationQueue, FeedbackDefinition, QueueGuideline, Role
from traces_app.services import definitions, guidelines, queues
from traces_app.services.definitions import Definition
from traces_app.services.queues import Question, Wishes

pytestmark = pytest.mark.django_db


class Guided:
    """A queue with instructions and two questions, and somebody who leads it."""

    def __init__(self) -> None:
        self.lead = Desk()
        self.traces = [self.lead.trace() for _ in range(3)]
        for name in ("Tone", "Facts"):
            self.define(name, '{"min":0,"max":1}')
        self.queue: AnnotationQueue = factories.queue(
            self.lead.access,
            self.traces[0].project_id,
            *self.traces,
            instructions="Read **all** of it.",
            questions=[Question(name="Tone"), Question(name="Facts")],
        )

    def define(self, name: str, details: str) -> None:
        said = Definition(name, "numerical", details)
        definitions.create(access=self.lead.access, said=said)

    def edit(self, **wishes: Any) -> None:
        queues.edit(access=self.lead.access, queue_id=self.queue.pk, wishes=Wishes(**wishes))
        self.queue.refresh_from_db()

    @property
    def numbers(self) -> list[int]:
        rows = QueueGuideline.objects.filter(queue=self.queue.pk).order_by("number")
        return list(rows.values_list("number", flat=True))

    def submit(self, by: Desk, at: int, **fields: str) -> Review:
        path = f"/queues/{self.queue.pk}/items/{self.traces[at].pk}/submit"
        answer = by.browser.post(path, {"q0": "0.4", "q1": "0.9"} | fields)
        assert answer.status_code == 302, answer.text
        return Review.objects.get(author=by.person, judged_id=self.traces[at].pk)


@pytest.fixture
def guided() -> Guided:
    return Guided()


def test_each_change_of_text_or_questions_is_a_version_and_no_other_is(guided: Guided) -> None:
    guided.edit(instructions="Read half of it.")
    guided.edit(questions=[Question(name="Facts", is_required=True)])
    guided.edit(name="Another name", is_blind=True)
    guided.edit(instructions="Read half of it.")

    assert guided.numbers == [1, 2, 3]
    newest = guidelines.current(guided.queue)
    assert newest is not None
    asked = normal_form.load(newest.questions)
    assert [(each["name"], each["is_required"]) for each in asked] == [("Facts", True)]


def test_a_definition_that_changes_is_a_version_of_each_queue_that_asks_it(guided: Guided) -> None:
    other = factories.queue(guided.lead.access, guided.traces[0].project_id)
    mine = FeedbackDefinition.objects.get(name="Tone")
    said = Definition("Tone", "numerical", '{"min":0,"max":5}')

    definitions.edit(access=guided.lead.access, definition_id=mine.pk, said=said)

    assert guided.numbers == [1, 2]
    assert QueueGuideline.objects.filter(queue=other.pk).count() == 1


def test_a_review_is_stamped_with_the_version_in_front_of_the_reviewer(guided: Guided) -> None:
    reviewer = guided.lead.colleague(Role.REVIEWER)
    guided.edit(instructions="Read half of it.")

    stamped = [
        guided.submit(reviewer, at, guideline=sent).instructions_version
        for at, sent in enumerate(["1", "2", "77"])
    ]

    assert stamped == [1, 2, 2]


@pytest.mark.parametrize("sent", ["", "x", "-1", "9" * 40, "²", "\x00", "1e3"])
def test_an_unreadable_version_counts_as_the_newest(guided: Guided, sent: str) -> None:
    reviewer = guided.lead.colleague(Role.REVIEWER)

    assert guided.submit(reviewer, 0, guideline=sent).instructions_version == 1


def test_answers_go_by_name_when_the_questions_have_changed_places(guided: Guided) -> None:
    reviewer = guided.lead.colleague(Role.REVIEWER)
    guided.edit(questions=[Question(name="Facts"), Question(name="Tone")])

    review = guided.submit(reviewer, 0, guideline="1")

    assert normal_form.load(review.answers) == {"Tone": 0.4, "Facts": 0.9}


def test_a_draft_goes_by_name_too(guided: Guided) -> None:
    reviewer = guided.lead.colleague(Role.REVIEWER)
    guided.edit(questions=[Question(name="New"), Question(name="Facts"), Question(name="Tone")])
    path = f"/queues/{guided.queue.pk}/items/{guided.traces[0].pk}"

    reviewer.browser.post(f"{path}/draft", {"q0": "0.4", "q1": "0.9", "guideline": "1"})

    draft = normal_form.load(Review.objects.get().draft or "{}")
    assert draft["answers"] == {"New": "", "Facts": "0.9", "Tone": "0.4"}


def test_a_change_is_told_in_words(guided: Guided) -> None:
    first = guidelines.current(guided.queue)
    guided.edit(
        instructions="Read **half** of it.",
        questions=[Question(name="New"), Question(name="Tone", help="How it sounds.")],
    )
    newest = guidelines.current(guided.queue)
    assert first is not None
    assert newest is not None

    change = guide.change_between(first, newest)

    assert change.sentences == [
        "“New” is asked anew.",
        "“Tone” has changed: its help.",
        "“Facts” is not asked any more.",
    ]
    assert [piece.text for piece in change.pieces if piece.kind == "in"] == ["half"]


def test_who_met_an_older_version_is_told_once(guided: Guided) -> None:
    reviewer = guided.lead.colleague(Role.REVIEWER)
    guided.submit(reviewer, 0, guideline="1")
    guided.edit(instructions="Read half of it.")

    before = guide.of(reviewer.access, guided.queue)
    guideline_reads.take_note(access=reviewer.access, queue=guided.queue, number=2)
    after = guide.of(reviewer.access, guided.queue)

    assert before.change is not None
    assert (after.number, after.change) == (2, None)


def test_who_is_new_is_told_of_no_change(guided: Guided) -> None:
    guided.edit(instructions="Read half of it.")

    met = guide.of(guided.lead.colleague(Role.REVIEWER).access, guided.queue)

    assert (met.change, met.is_first) == (None, True)


def test_notes_never_go_back_and_only_of_versions(guided: Guided) -> None:
    access = guided.lead.access
    guided.edit(instructions="Read half of it.")

    for number in (2, 1, 9, 0):
        guideline_reads.take_note(access=access, queue=guided.queue, number=number)

    assert GuidelineRead.objects.get().number == 2


def test_queues_of_before_get_their_first_version(guided: Guided) -> None:
    kept = QueueGuideline.objects.get()
    stored = normal_form.load(kept.questions)
    kept.delete()

    import_module("traces_app.migrations.0022_first_guidelines").keep_the_first(apps, None)

    made = QueueGuideline.objects.get()
    assert (made.number, made.instructions) == (1, "Read **all** of it.")
    assert normal_form.load(made.questions) == stored
    guided.edit(name="Nothing of it changes")
    assert guided.numbers == [1]
