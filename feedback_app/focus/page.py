"""The focus screen: one item of a queue, the questions about it, and where one stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import QueryDict
from django.urls import reverse

from feedback_app.focus import conversation, guide, pairs, questions, rail, reading
from feedback_app.focus.questions import BETWEEN, Answer, Given, Kind, Question, field_at
from feedback_app.focus.reading import Reading
from feedback_app.forms.comments import CommentForm
from feedback_app.models import Review
from feedback_app.reading.marked_up import as_html
from feedback_app.services import holds, reviews
from feedback_app.services.holds import Hold, Standing
from feedback_app.trace_page import datapoints, remarks
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.models import NIL, AnnotationQueue, QueueItem
from traces_app.services.reservations import Handed

_PROSE = lru_cache(maxsize=64)(as_html)  # of the guide, which is the same for item after item


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


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the request has found out before the page is made, so that nothing is asked twice:
    the questions, the item that was just handed to the caller, a form that was sent; ``read`` is
    the key of the reading that the caller's browser has already. Of a conversation the newest
    turns are wanted, or those ``before`` one of them."""

    asked: Sequence[Question] | None = None
    handed: Handed | None = None
    read: str = ""
    sent: Filled | None = None
    mistakes: Mapping[str, str] = field(default_factory=dict)
    before: UUID | None = None


def context(
    access: Access, queue: AnnotationQueue, judged_id: UUID, known: Known
) -> dict[str, Any]:
    """What the page takes. Raises NotFound for what is not an item of the queue."""
    item = known.handed.item if known.handed else conversation.item(queue, judged_id)
    review = reviews.mine(access, queue).filter(judged_id=judged_id).first()
    asked = questions_of(access, queue, judged_id) if known.asked is None else known.asked
    filled = known.sent or _filled(asked, review)
    read = reading_of(access, queue, item, known.before)
    place = rail.place(access, queue, item)
    is_submitted = review is not None and review.is_submitted
    stands = _as_submitted(asked, review) if review and review.has_answers else filled
    return (
        readable(access, queue, read)
        | _beside(access, queue, read)
        | {
            "is_read": read.key == known.read,
            "before": known.before,
            "review": review,
            "title": reading.title(queue, read),
            "asked": _asked(asked, filled, known.mistakes, stands),
            "submitted_feedback": _other(filled.feedback, stands.feedback),
            "is_taken_back": stands is not filled and not is_submitted,
            "feedback": filled.feedback,
            "form_mistake": known.mistakes.get("", ""),
            "token": uuid4(),
            "seen": review.token if review and is_submitted else NIL,
            "hold": _hold(access, item, known, review),
            "place": place,
            "rail": rail.of(access, queue, item, place.number),
            "guide": _PROSE(queue.instructions) if queue.instructions else "",
            "guideline": guide.of(access, queue),
        }
    )


def questions_of(access: Access, queue: AnnotationQueue, judged_id: UUID) -> list[Question]:
    """What is asked about an item: of a pair, which of the two is better."""
    if queue.takes_pairs:
        return [pairs.question(access, queue, judged_id)]
    return questions.of(access, queue)


def reading_of(
    access: Access, queue: AnnotationQueue, item: QueueItem, before: UUID | None = None
) -> Reading:
    """What is to be read of an item: of a pair, both sides. Raises NotFound."""
    if queue.takes_pairs:
        return pairs.reading(access, queue, item)
    return reading.of(access, queue, item.entity_id, before)


def readable(access: Access, queue: AnnotationQueue, read: Reading) -> dict[str, Any]:
    """What the part to be read takes; ``kept`` are the parts that the forms of a trace redraw,
    and where they lead back to without script."""
    is_there = {
        "correction": queue.corrections_enabled,
        "comments": queue.comments_enabled,
        "dataset": access.may_write and not queue.is_blind,  # it tells of the score
    }
    parts = "-".join(name for name, is_so in is_there.items() if is_so)
    address = reverse("review-item", args=[queue.pk, read.judged_id])
    return {
        "access": access,
        "queue": queue,
        "judged_id": read.judged_id,
        "reading": read,
        "talk": read.talk,
        "trace": read.last,
        "corrected": read.corrected,
        "kept": f"?{urlencode({'parts': parts, 'next': f'{address}#comments'})}",
    }


def _beside(access: Access, queue: AnnotationQueue, read: Reading) -> dict[str, Any]:
    """What else can be done with a trace or thread, as its own page does it, without a word of
    others' on what it is worth: the comments if the queue has them; the dataset."""
    if queue.takes_pairs:
        return {}
    is_thread = queue.scope == AnnotationQueue.Scope.THREAD
    parts: dict[str, Any] = {"comment_form": CommentForm()}
    if queue.comments_enabled:
        about = conversation.thread(queue, read.judged_id) if is_thread else read.last
        parts["comments"] = remarks.of(access, about)
    if access.may_write and not queue.is_blind and not is_thread:
        parts["made"] = datapoints.of(access, read.last)
    return parts


def tried(asked: Sequence[Question], given: Mapping[str, Given]) -> list[Asked]:
    """Questions that nobody is asked yet, with answers that are stored nowhere."""
    filled = Filled(given, "")
    return _asked(asked, filled, {}, filled)


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


def feedback(post: QueryDict) -> str:
    """The words of a posted form."""
    return post.get("feedback", "").replace("\r\n", "\n")


def as_draft(asked: Sequence[Question], given: Mapping[str, Given], feedback: str) -> str:
    """A form as it stands, to be filled in again, whatever becomes of the questions' order."""
    answers = {each.name: given.get(each.field, "") for each in asked}
    return normal_form.dump({"answers": answers, "feedback": feedback})


def _filled(asked: Sequence[Question], review: Review | None) -> Filled:
    if review is None:
        return Filled({each.field: default_of(each) for each in asked}, "")
    if review.draft is not None:
        draft = normal_form.load(review.draft)
        answers = draft.get("answers", {})
        return Filled(_by_field(asked, answers), draft.get("feedback", ""), is_draft=True)
    if review.is_submitted:
        return _as_submitted(asked, review)
    return Filled({each.field: default_of(each) for each in asked}, "")


def _as_submitted(asked: Sequence[Question], review: Review) -> Filled:
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
    stands = _as_submitted(asked, mine)
    if field == "feedback":
        return Filled(filled.given, stands.feedback)
    taken = {name: said for name, said in stands.given.items() if name == field}
    return Filled({**filled.given, **taken}, filled.feedback)


def _other(mine: Given, submitted: Given) -> str | None:
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
    return labels if question.kind is Kind.SEVERAL else BETWEEN.join(labels)


def _text(stored: Any) -> str:
    if isinstance(stored, float):
        return f"{Decimal(repr(stored)).normalize():f}"
    return "" if stored is None else str(stored)


def _asked(
    asked: Sequence[Question], filled: Filled, mistakes: Mapping[str, str], stands: Filled
) -> list[Asked]:
    answers: dict[str, Answer] = {}
    shown = []
    for each in asked:
        is_shown = questions.is_asked(each, answers)
        given = filled.given.get(each.field, "")
        try:
            answer = each.read(given) if is_shown else None
        except Invalid:
            answer = None
        if answer is not None:
            answers[each.name] = answer
        other = _other(given, stands.given.get(each.field, ""))
        shown.append(Asked(each, given, mistakes.get(each.name, ""), is_shown, other))
    return shown


def _hold(access: Access, item: QueueItem, known: Known, review: Review | None) -> Hold:
    if known.handed:
        return Hold(Standing.MINE, known.handed.until)
    if not access.may_judge:
        return Hold(Standing.THROUGH)
    return holds.of(access=access, item=item, review=review)
