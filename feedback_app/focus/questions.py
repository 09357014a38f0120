"""The questions of a queue as a person meets them, and the answers as they are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.models import VERDICT, AnnotationQueue, FeedbackDefinition, QueueQuestion
from traces_app.models.scores import BILLION

MOST_CATEGORY = 255
Given = str | list[str]
"""An answer as a form has it."""


class Kind(StrEnum):
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Option:
    """One thing to choose, and the score that it stands for."""

    label: str
    value: Decimal
    help: str = ""


@dataclass(frozen=True)
class Answer:
    """What was answered: as it is stored, and the score that it is."""

    stored: Any
    value: Decimal
    category: str = ""


@dataclass(frozen=True)
class Question:
    """One question: ``least``, ``most`` and ``step`` are of a number, ``options`` of the others."""

    number: int
    name: str
    kind: Kind
    help: str = ""
    is_required: bool = False
    default: Any = None
    show_if: tuple[str, frozenset[str]] | None = None
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(1)
    options: tuple[Option, ...] = field(default=())

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return f"q{self.number}"

    @property
    def step(self) -> Decimal:
        """A twentieth of the range, at most a whole where the range is of tens."""
        return (self.most - self.least) / 20

    @property
    def is_verdict(self) -> bool:
        return self.name == VERDICT

    def read(self, given: Given | None) -> Answer | None:
        """None when nothing was answered. Raises Invalid with a sentence for the person."""
        text = given[0] if isinstance(given, list) and given else given or ""
        if not isinstance(text, str) or not text.strip():
            return None
        if self.kind is Kind.NUMBER:
            return self._number(text.strip())
        for option in self.options:
            if option.label == text:
                category = text if self.kind is Kind.CHOICE else ""
                return Answer(text, option.value, category[:MOST_CATEGORY])
        raise Invalid("Choose one of the answers.")

    def _number(self, text: str) -> Answer:
        try:
            number = Decimal(text.replace(",", "."))
        except InvalidOperation as error:
            raise Invalid(self._range()) from error
        if not number.is_finite() or not self.least <= number <= self.most:
            raise Invalid(self._range())
        number = Decimal(round(number * BILLION)) / BILLION
        return Answer(float(number), number)

    def _range(self) -> str:
        return f"Give a number from {self.least.normalize():f} to {self.most.normalize():f}."


class Mistakes(Invalid):
    """Answers that cannot be taken: sentences by question, "" for the form as a whole."""

    def __init__(self, by_question: Mapping[str, str]) -> None:
        super().__init__(" ".join(by_question.values()))
        self.by_question = dict(by_question)


def of(access: Access, queue: AnnotationQueue) -> list[Question]:
    """The questions in their order; a queue without any asks for the verdict. Two queries."""
    rows = list(
        QueueQuestion.objects.filter(project_id=queue.project_id, queue_id=queue.pk).order_by(
            "position"
        )
    )
    names = [row.name for row in rows] or [VERDICT]
    known = FeedbackDefinition.objects.filter(workspace_id=access.workspace_id, name__in=names)
    definitions = {each.name: each for each in known}
    if not rows:
        return [_question(0, QueueQuestion(name=VERDICT), definitions.get(VERDICT))]
    return [_question(at, row, definitions.get(row.name)) for at, row in enumerate(rows)]


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
    return name in answers and str(answers[name].stored) in wanted


def _question(number: int, row: QueueQuestion, known: FeedbackDefinition | None) -> Question:
    details: Any = normal_form.load(known.details) if known else {"min": 0, "max": 1}
    kind = known.type if known else FeedbackDefinition.Type.NUMERICAL
    helped = normal_form.load(row.option_help)
    made: dict[str, Any] = {
        "number": number,
        "name": row.name,
        "help": row.help or (known.description if known else ""),
        "is_required": row.is_required,
        "default": None if row.default_answer is None else normal_form.load(row.default_answer),
        "show_if": _condition(row.show_if),
    }
    if kind == FeedbackDefinition.Type.NUMERICAL:
        least, most = Decimal(str(details["min"])), Decimal(str(details["max"]))
        return Question(kind=Kind.NUMBER, least=least, most=most, **made)
    if kind == FeedbackDefinition.Type.BOOLEAN:
        labels = {details["true_label"]: 1, details["false_label"]: 0}
        return Question(kind=Kind.YES_NO, options=_options(labels, helped), **made)
    return Question(kind=Kind.CHOICE, options=_options(details["categories"], helped), **made)


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
