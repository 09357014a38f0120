"""A pair on the focus screen: two answers side by side, without a word on which is which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from feedback_app.focus import questions
from feedback_app.focus.conversation import Talk, Turn
from feedback_app.focus.questions import Answer, Given, Kind, Option, Question
from feedback_app.focus.reading import Reading
from feedback_app.reading.content import Content, read
from feedback_app.reading.differences import Piece, differences
from feedback_app.reading.editable import editable, same_part
from feedback_app.services import pairs
from feedback_app.services.pairs import ANSWERS, PREFERENCE, Choice, Pair
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.models import VERDICT, AnnotationQueue, QueueItem, Trace

LEFT = "One of the two is gone, and so this pair has left the queue. Nothing was recorded."
A, B = "a", "b"
_LABELS = {A: "A is better", Choice.EQUAL: "Equal", B: "B is better"}


@dataclass(frozen=True)
class Preference(Question):
    """The question of a pair. The form speaks of sides, what is stored of first and second."""

    is_first_left: bool = True

    def read(self, given: Given | None) -> Answer | None:
        text = given[0] if isinstance(given, list) and given else given or ""
        if not isinstance(text, str) or not text:
            return None
        for choice, answer in ANSWERS.items():
            if text in (choice, self.in_form(choice)):
                return answer
        raise Invalid("Choose A, B or equal.")

    def in_form(self, stored: str) -> str:
        """The side of an answer, which may be one already."""
        left, right = (A, B) if self.is_first_left else (B, A)
        return {Choice.FIRST.value: left, Choice.SECOND.value: right}.get(stored, stored)


@dataclass(frozen=True)
class Side:
    """One of the two; ``trace`` and ``is_correction`` only where the queue is not blind."""

    letter: str
    input: Content
    output: Content
    trace: Trace | None = None
    is_correction: bool = False

    @property
    def tags(self) -> list[str]:
        stored = self.trace and self.trace.tags
        return list(normal_form.load(stored)) if stored else []


@dataclass(frozen=True)
class PairReading(Reading):
    """Both sides of a pair, in the order in which this person has them."""

    pair: Pair
    is_first_left: bool
    is_blind: bool

    @property
    def has_one_input(self) -> bool:
        return self.pair.other is None or self.pair.first.input == self.pair.other.input

    @cached_property
    def sides(self) -> list[Side]:
        pair = self.pair
        first = Side("", self.talk.shown[0].input, read(pair.first_output), pair.first)
        other = Side("", first.input, read(pair.other_output), pair.other, pair.other is None)
        if pair.other is not None and not self.has_one_input:
            other = replace(other, input=read(pair.other.input))
        ordered = (first, other) if self.is_first_left else (other, first)
        shown = [replace(side, letter=letter) for side, letter in zip(ordered, "AB", strict=True)]
        if not self.is_blind:
            return shown
        return [replace(side, trace=None, is_correction=False) for side in shown]

    @cached_property
    def words(self) -> list[Piece]:
        """What B says where A says something else."""
        outputs = (self.pair.first_output, self.pair.other_output)
        texts = [text or normal_form.dump("") for text in outputs]
        left, right = texts if self.is_first_left else texts[::-1]
        part = editable(left)
        return differences(part.text, same_part(right, part))

    def _shown(self) -> Sequence[object]:
        pair = self.pair
        parts: list[object] = [self.is_first_left, self.is_blind, pair.first_output]
        parts += [pair.other_output, pair.other is None]
        for row in (pair.first, pair.other):
            parts += [row.input, row.model_id, row.tags, row.error_info] if row else []
        return parts


def question(access: Access, queue: AnnotationQueue, judged_id: UUID) -> Preference:
    """What a queue of pairs asks about one of them."""
    asked = questions.of(access, queue)[0]
    return Preference(
        number=0,
        # A queue that asks for nothing asks for the verdict, which a preference is not.
        name=PREFERENCE if asked.name == VERDICT else asked.name,
        kind=Kind.CHOICE,
        help="" if asked.name == VERDICT else asked.help,
        is_required=True,
        options=tuple(Option(value, Decimal(0)) for value in _LABELS),
        is_first_left=pairs.is_first_left(queue, judged_id, access.author_id),
    )


def reading(access: Access, queue: AnnotationQueue, item: QueueItem) -> PairReading:
    """What is to be read of a pair. Raises NotFound without two sides."""
    pair = pairs.find(access=access, queue=queue, item=item)
    return PairReading(
        judged_id=item.entity_id,
        talk=Talk([Turn(pair.first)]),
        corrected=None,
        pair=pair,
        is_first_left=pairs.is_first_left(queue, item.entity_id, access.author_id),
        is_blind=queue.is_blind,
    )


def has_left(queue: AnnotationQueue, judged_id: UUID) -> bool:
    """Whether there is no such pair, or none any more."""
    mine = QueueItem.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
    return queue.takes_pairs and not mine.filter(entity_id=judged_id).exists()


def context(filled: Mapping[str, Any], *, shows_words: bool) -> dict[str, Any]:
    """What the page takes beside what it takes of any item."""
    (asked,) = filled["asked"]
    return {
        "choices": [(value, label, value == asked.given) for value, label in _LABELS.items()],
        "submitted": _LABELS.get(asked.submitted or "", ""),
        "compared": filled["reading"].pair.print,
        "shows_words": shows_words,
    }
