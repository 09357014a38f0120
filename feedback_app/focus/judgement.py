"""The form of a judgement: what it asks, what stands in it, what was sent with it and is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import QueryDict

from feedback_app.focus import guide, pairs, questions
from feedback_app.focus.questions import BETWEEN, Answer, Given, Kind, Question, field_at
from feedback_app.models import Review
from feedback_app.services import reviews
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.models import AnnotationQueue


@dataclass(frozen=True)
class Asked:
    """A question with what stands in its field.

    ``submitted`` is the caller's own answer that was submitted, and perhaps taken back since, in
    words, where it is another.
    """

    question: Question
    given: Given
    mistake: str = ""
    is_shown: bool = True
    submitted: str | None = None

    @property
    def is_answered(self) -> bool:
        return any(self.chosen)

    @property
    def described(self) -> str:
        """The ids of the words that a screen reader says with the question."""
        words = {"help": self.question.help, "mistake": self.mistake}
        return " ".join(f"{name}-{self.question.field}" for name, said in words.items() if said)

    @property
    def chosen(self) -> Sequence[str]:
        """The labels that are chosen."""
        return [self.given] if isinstance(self.given, str) else self.given

    @property
    def wanted(self) -> str:
        """The answers to another question on which this one is asked, as the page's script takes
        them: JSON."""
        return normal_form.dump(sorted(self.question.show_if[1] if self.question.show_if else ()))


@dataclass(frozen=True)
class Filled:
    """What the form holds: sent with a mistake, drafted, submitted before, or the defaults."""

    given: Mapping[str, Given]
    feedback: str
    is_draft: bool = False


def questions_of(access: Access, queue: AnnotationQueue, judged_id: UUID) -> list[Question]:
    """What is asked about an item: of a pair, which of the two is better."""
    if queue.takes_pairs:
        return [pairs.question(access, queue, judged_id)]
    return questions.of(access, queue)


def tried(asked: Sequence[Question], given: Mapping[str, Given]) -> list[Asked]:
    """Questions that nobody is asked yet, with answers that are stored nowhere."""
    filled = Filled(given, "")
    return shown(asked, filled, {}, filled)


def default_of(question: Question) -> Given:
    """What stands in its field before anybody has answered."""
    return _given(question, question.default)


def sent(queue: AnnotationQueue, asked: Sequence[Question], post: QueryDict) -> dict[str, Given]:
    """The answers of a posted form, by field.

    The form may have been made with an older version of the guideline, whose questions were
    others, or in another order: each answer goes to the question of its name.
    """
    names = guide.names(queue, post.get("guideline", ""))
    places = {each.name: each.field for each in asked}
    if names:
        places = {name: field_at(number) for number, name in enumerate(names)}
    found: dict[str, Given] = {}
    for each in asked:
        field = places.get(each.name, "")
        several = each.kind is Kind.SEVERAL
        found[each.field] = post.getlist(field) if several else post.get(field, "")
    return found


def draft_of(access: Access, queue: AnnotationQueue, judged_id: UUID, post: QueryDict) -> str:
    """A posted form, to be kept as a draft."""
    asked = questions_of(access, queue, judged_id)
    return as_draft(asked, sent(queue, asked, post), feedback(post))


def sent_along(
    access: Access, queue: AnnotationQueue, judged_id: UUID, post: QueryDict
) -> str | None:
    """A form that came with another button than its own, as a draft; None where none came, or one
    in which nothing was written."""
    if "token" not in post:
        return None
    asked = questions_of(access, queue, judged_id)
    given, words = sent(queue, asked, post), feedback(post)
    there = stored(asked, reviews.mine(access, queue).filter(judged_id=judged_id).first())
    fields = [(given[each.field], there.given[each.field]) for each in asked]
    if all(other(*pair) is None for pair in (*fields, (words, there.feedback))):
        return None
    return as_draft(asked, given, words)


def feedback(post: QueryDict) -> str:
    """The words of a posted form."""
    return post.get("feedback", "").replace("\r\n", "\n")


def as_draft(asked: Sequence[Question], given: Mapping[str, Given], feedback: str) -> str:
    """A form as it stands, to be filled in again, whatever becomes of the questions' order."""
    answers = {each.name: given.get(each.field, "") for each in asked}
    return normal_form.dump({"answers": answers, "feedback": feedback})


def stored(asked: Sequence[Question], review: Review | None) -> Filled:
    """What the form is filled with: a draft, what was submitted, or the defaults."""
    if review is None:
        return Filled({each.field: default_of(each) for each in asked}, "")
    if review.draft is not None:
        draft = normal_form.load(review.draft)
        answers = draft.get("answers", {})
        return Filled(_by_field(asked, answers), draft.get("feedback", ""), is_draft=True)
    if review.is_submitted:
        return as_submitted(asked, review)
    return Filled({each.field: default_of(each) for each in asked}, "")


def as_submitted(asked: Sequence[Question], review: Review) -> Filled:
    """The form with what the caller has submitted."""
    return Filled(_by_field(asked, normal_form.load(review.answers)), review.feedback)


def with_submitted(
    access: Access,
    queue: AnnotationQueue,
    judged_id: UUID,
    asked: Sequence[Question],
    filled: Filled,
    field: str,
) -> Filled:
    """The form with the caller's submitted answer in one field; as it is where there is none."""
    mine = reviews.mine(access, queue).filter(judged_id=judged_id).first()
    if mine is None or not mine.has_answers:
        return filled
    stands = as_submitted(asked, mine)
    if field == "feedback":
        return Filled(filled.given, stands.feedback)
    taken = {name: said for name, said in stands.given.items() if name == field}
    return Filled({**filled.given, **taken}, filled.feedback)


def other(mine: Given, submitted: Given) -> str | None:
    """What was submitted, in words, if it is not what stands in the form."""
    mine, submitted = (
        BETWEEN.join(filter(None, said)) if isinstance(said, list) else said.strip()
        for said in (mine, submitted)
    )
    return None if mine == submitted else submitted


def _by_field(asked: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, Given]:
    return {each.field: _given(each, answers.get(each.name)) for each in asked}


def _given(question: Question, stored: Any) -> Given:
    """What was stored as its field takes it, also when it is of another kind since."""
    labels = list(map(_text, stored)) if isinstance(stored, list) else [_text(stored)]
    return labels if question.kind is Kind.SEVERAL else question.in_form(BETWEEN.join(labels))


def _text(stored: Any) -> str:
    if isinstance(stored, float):
        return f"{Decimal(repr(stored)).normalize():f}"
    return "" if stored is None else str(stored)


def shown(
    asked: Sequence[Question], filled: Filled, mistakes: Mapping[str, str], stands: Filled
) -> list[Asked]:
    """The questions with what stands in their fields; ``stands`` is what was submitted."""
    answers: dict[str, Answer] = {}
    found = []
    for each in asked:
        is_shown = questions.is_asked(each, answers)
        given = filled.given.get(each.field, "")
        try:
            answer = each.read(given) if is_shown else None
        except Invalid:
            answer = None
        if answer is not None:
            answers[each.name] = answer
        submitted = other(given, stands.given.get(each.field, ""))
        found.append(Asked(each, given, mistakes.get(each.name, ""), is_shown, submitted))
    return found
