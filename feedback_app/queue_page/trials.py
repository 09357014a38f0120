"""The reviewers' form of a queue that is being set up, to be looked at and tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from feedback_app.focus import judgement
from feedback_app.focus.judgement import Asked
from feedback_app.focus.questions import Given, Kind, Question
from feedback_app.forms import question_rows
from feedback_app.forms.question_rows import Row
from feedback_app.forms.questions import QuestionForm
from traces_app.models import FeedbackDefinition

TRIED = "tried"
"""Field of a trial's form: with it, what stands in the fields is the answers."""


@dataclass(frozen=True)
class Line:
    """A question in its place: as it is asked, or why it cannot be shown yet."""

    number: int
    asked: Asked | None
    when: str = ""
    mistakes: tuple[str, ...] = ()


def of(
    rows: list[Row], known: Mapping[str, FeedbackDefinition], tried: QueryDict | None = None
) -> list[Line]:
    """The questions of these rows, with the answers that were ``tried`` or what is filled in."""
    forms = question_rows.checked(rows, known)
    good = {at: form.asked(at) for at, form in enumerate(forms) if form.is_valid()}
    given = {each.field: _given(each, tried) for each in good.values()}
    shown = dict(zip(good, judgement.tried(list(good.values()), given), strict=True))
    return [
        Line(at + 1, shown.get(at), form.when if form.offered else "", tuple(_mistakes(form)))
        for at, form in enumerate(forms)
    ]


def _given(question: Question, tried: QueryDict | None) -> Given:
    if tried is None or TRIED not in tried:
        return judgement.default_of(question)
    several = question.kind is Kind.SEVERAL
    return tried.getlist(question.field) if several else tried.get(question.field, "")


def _mistakes(form: QuestionForm) -> Sequence[str]:
    fields: Mapping[str, Any] = form.fields
    return [
        f"{fields[name].label}: {words}" if name in fields else str(words)
        for name, said in form.errors.items()
        for words in said
    ]
