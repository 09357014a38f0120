"""The questions of a queue as a person meets them, and the answers as they are stored.

Every answer is one score, since reviews are counted by the scores in the queue. A number is itself,
a choice or yes and no the value of the option. Of several choices the score is the sum of their
values and its category their labels; a text is 1 ("answered") with the text as the reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.models import VERDICT, AnnotationQueue, FeedbackDefinition, QueueQuestion
from traces_app.models.prepared import prepared
from traces_app.models.scores import BILLION
from traces_app.services.scores import MAX_FEEDBACK

MOST_CATEGORY = 255
BETWEEN = ", "
"""Stands between the labels of several choices where they are one text."""
Given = str | list[str]
"""An answer as a form has it."""


class Kind(StrEnum):
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"
    SEVERAL = "several"
    TEXT = "text"


@dataclass(frozen=True)
class Option:
    """One thing to choose, and the score that it stands for."""

    label: str
    value: Decimal
    help: str = ""


@dataclass(frozen=True)
class Answer:
    """What was answered: as it is stored, and the score that it is.

    ``words`` are the reason of the score where they are the answer itself.
    """

    stored: Any
    value: Decimal
    category: str = ""
    words: str | None = None

    @property
    def labels(self) -> list[str]:
        """What another question can be asked on: any of several choices."""
        return self.stored if isinstance(self.stored, list) else [str(self.stored)]


@dataclass(frozen=True)
class Question:
    """One question: ``least``, ``most`` and ``step`` are of a number, ``options`` of choices.

    Without a ``step`` any number in the range is an answer.
    """

    number: int
    name: str
    kind: Kind
    help: str = ""
    is_required: bool = False
    default: Any = None
    show_if: tuple[str, frozenset[str]] | None = None
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(1)
    step: Decimal | None = None
    options: tuple[Option, ...] = field(default=())

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return field_at(self.number)

    def in_form(self, stored: str) -> str:
        """What was stored as the form has it."""
        return stored

    @property
    def is_explained(self) -> bool:
        """Whether an option has words beside it."""
        return any(option.help for option in self.options)

    @property
    def is_verdict(self) -> bool:
        return self.name == VERDICT

    def read(self, given: Given | None) -> Answer | None:
        """None when nothing was answered. Raises Invalid with a sentence for the person."""
        if self.kind is Kind.SEVERAL:
            return self._several([given] if isinstance(given, str) else given or [])
        text = (given[0] if given else "") if isinstance(given, list) else given or ""
        if not text.strip():
            return None
        if self.kind is Kind.NUMBER:
            return self._number(text.strip())
        if self.kind is Kind.TEXT:
            return self._text(text)
        for option in self.options:
            if option.label == text:
                category = text if self.kind is Kind.CHOICE else ""
                return Answer(text, option.value, category[:MOST_CATEGORY])
        raise Invalid("Choose one of the answers.")

    def _several(self, given: Sequence[str]) -> Answer | None:
        wanted = set(filter(None, given))
        if not wanted:
            return None
        chosen = [option for option in self.options if option.label in wanted]
        if len(chosen) < len(wanted):
            raise Invalid("Choose of the answers that are offered.")
        labels = [option.label for option in chosen]
        value = sum((option.value for option in chosen), Decimal(0))
        return Answer(labels, value, BETWEEN.join(labels)[:MOST_CATEGORY])

    def _text(self, given: str) -> Answer:
        words = normal_form.clean_text(given.replace("\r\n", "\n").strip())
        if len(words) > MAX_FEEDBACK:
            raise Invalid(f"Write at most {MAX_FEEDBACK} characters.")
        return Answer(words, Decimal(1), words=words)

    def _number(self, text: str) -> Answer:
        try:
            number = Decimal(text.replace(",", "."))
        except InvalidOperation as error:
            raise Invalid(self._range()) from error
        if not number.is_finite() or not self.least <= number <= self.most:
            raise Invalid(self._range())
        if self.step is not None and (number - self.least) % self.step:
            raise Invalid(self._range())
        number = Decimal(round(number * BILLION)) / BILLION
        return Answer(float(number), number)

    def _range(self) -> str:
        steps = "" if self.step is None else f" in steps of {self.step}"
        return f"Give a number from {self.least} to {self.most}{steps}."


def field_at(number: int) -> str:
    """The name of the field of a form's question at this place."""
    return f"q{number}"


class Mistakes(Invalid):
    """Answers that cannot be taken: sentences by question, "" for the form as a whole."""

    def __init__(self, by_question: Mapping[str, str]) -> None:
        super().__init__(" ".join(by_question.values()))
        self.by_question = dict(by_question)


def of(access: Access, queue: AnnotationQueue) -> list[Question]:
    """The questions in their order; a queue without any asks for the verdict. Two queries."""
    rows = _asked(queue.project_id, queue.pk)
    names = [row.name for row in rows] or [VERDICT]
    definitions = {each.name: each for each in _defined(access.workspace_id, names)}
    if not rows:
        return [made(0, QueueQuestion(name=VERDICT), definitions.get(VERDICT))]
    return [made(at, row, definitions.get(row.name)) for at, row in enumerate(rows)]


@prepared
def _asked(project_id: UUID, queue_id: UUID) -> QuerySet[QueueQuestion]:
    rows = QueueQuestion.objects.filter(project_id=project_id, queue_id=queue_id)
    return rows.order_by("position")


@prepared
def _defined(workspace_id: UUID, names: list[str]) -> QuerySet[FeedbackDefinition]:
    return FeedbackDefinition.objects.filter(workspace_id=workspace_id, name__in=names)


def read(questions: Sequence[Question], given: Mapping[str, Given]) -> dict[str, Answer]:
    """The answers by question, of those that are asked. Raises Mistakes.

    What is not asked, because of another answer, is not answered either.
    """
    answers: dict[str, Answer] = {}
    mistakes: dict[str, str] = {}
    for question in questions:
        if not is_asked(question, answers):
            continue
        try:
            answer = question.read(given.get(question.field))
        except Invalid as mistake:
            mistakes[question.name] = str(mistake)
            continue
        if answer is not None:
            answers[question.name] = answer
        elif question.is_required:
            mistakes[question.name] = "This one needs an answer."
    if not answers and not mistakes:
        mistakes[""] = "Answer at least one question."
    if mistakes:
        raise Mistakes(mistakes)
    return answers


def is_asked(question: Question, answers: Mapping[str, Answer]) -> bool:
    """Whether the answers so far let the question be asked."""
    if question.show_if is None:
        return True
    name, wanted = question.show_if
    return name in answers and not wanted.isdisjoint(answers[name].labels)


def made(number: int, row: QueueQuestion, known: FeedbackDefinition | None) -> Question:
    """The question of a row, by its definition; without one it is a number from 0 to 1."""
    details: Any = normal_form.load(known.details) if known else {"min": 0, "max": 1}
    kind = known.type if known else FeedbackDefinition.Type.NUMERICAL
    helped = normal_form.load(row.option_help)
    given: dict[str, Any] = {
        "number": number,
        "name": row.name,
        "help": row.help or (known.description if known else ""),
        "is_required": row.is_required,
        "default": None if row.default_answer is None else normal_form.load(row.default_answer),
        "show_if": _condition(row.show_if),
    }
    if kind == FeedbackDefinition.Type.NUMERICAL:
        least, most = _plain(details["min"]), _plain(details["max"])
        step = details.get("step")
        return Question(
            kind=Kind.NUMBER,
            least=least,
            most=most,
            step=_plain(step) if isinstance(step, int | float) and step > 0 else None,
            **given,
        )
    if kind == FeedbackDefinition.Type.BOOLEAN:
        labels = {details["true_label"]: 1, details["false_label"]: 0}
        return Question(kind=Kind.YES_NO, options=_options(labels, helped), **given)
    if kind == FeedbackDefinition.Type.TEXT:
        return Question(kind=Kind.TEXT, **given)
    several = kind == FeedbackDefinition.Type.MULTIPLE
    options = _options(details["categories"], helped)
    return Question(kind=Kind.SEVERAL if several else Kind.CHOICE, options=options, **given)


def _plain(number: float) -> Decimal:
    """As people write it: without an exponent."""
    return Decimal(f"{Decimal(str(number)).normalize():f}")


def _options(labels: Mapping[str, Any], helped: Any) -> tuple[Option, ...]:
    words = helped if isinstance(helped, dict) else {}
    return tuple(
        Option(label, Decimal(str(value)), str(words.get(label, "")))
        for label, value in labels.items()
    )


def _condition(stored: str | None) -> tuple[str, frozenset[str]] | None:
    said = normal_form.load(stored) if stored else None
    if not isinstance(said, dict) or "question" not in said:
        return None
    wanted = said.get("is")
    values = wanted if isinstance(wanted, list) else [wanted]
    return str(said["question"]), frozenset(str(value) for value in values)
