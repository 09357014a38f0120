"""What a form says in lines of text about a question's options: labels, scores, help, defaults."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

from feedback_app.focus.questions import Given, Kind, Question
from traces_app import normal_form
from traces_app.errors import Invalid
from traces_app.models import FeedbackDefinition

Type = FeedbackDefinition.Type


def details(said: Mapping[str, Any]) -> dict[str, Any]:
    """The shape of a new definition's type. Raises ValidationError."""
    kind = said["type"]
    if kind == Type.NUMERICAL:
        return _range(said)
    if kind == Type.BOOLEAN:
        yes, no = (str(said.get(name) or name.capitalize()).strip() for name in ("yes", "no"))
        if yes == no:
            raise ValidationError("The two answers must differ.")
        return {"true_label": yes, "false_label": no}
    if kind == Type.TEXT:
        return {}
    every = Decimal(1) if kind == Type.MULTIPLE else None
    return {"categories": _categories(str(said.get("options") or ""), every)}


def option_help(text: str, question: Question) -> dict[str, str]:
    """Lines such as ``Right: nothing is missing``, by label. Raises ValidationError."""
    # The longest first: a label may hold a colon, and begin as another does.
    labels = sorted((each.label for each in question.options), key=len, reverse=True)
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        label = next((each for each in labels if line.startswith(f"{each}:")), None)
        if label is None:
            raise ValidationError(f"“{line}” does not begin with an option and a colon.")
        words = line[len(label) + 1 :].strip()
        if words:
            found[label] = words
    return found


def default(text: str, question: Question) -> Any:
    """The answer that these words are, as it is stored; None for none. Raises ValidationError."""
    try:
        answer = question.read(_given(text, question))
    except Invalid as mistake:
        raise ValidationError(str(mistake)) from mistake
    return None if answer is None else answer.stored


def default_text(stored: str | None) -> str:
    """A default as the form has it."""
    value = None if stored is None else normal_form.load(stored)
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _given(text: str, question: Question) -> Given:
    is_list = question.kind is Kind.SEVERAL
    return list(map(str.strip, text.splitlines())) if is_list else text.strip()


def _range(said: Mapping[str, Any]) -> dict[str, float]:
    least, most, step = (said.get(name) for name in ("least", "most", "step"))
    if not isinstance(least, Decimal) or not isinstance(most, Decimal) or least >= most:
        raise ValidationError("Say from which number to which greater one.")
    ends = {"min": float(least), "max": float(most)}
    return ends | {"step": float(step)} if isinstance(step, Decimal) else ends


def _categories(text: str, every: Decimal | None) -> dict[str, float]:
    """A label and its score a line; ``every`` is the score of one that is given none."""
    found: dict[str, float] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        label, is_scored, value = (part.strip() for part in line.rpartition("="))
        if not is_scored and every is not None:
            found[line] = float(every)
            continue
        try:
            number = Decimal(value.replace(",", "."))
        except InvalidOperation as error:
            raise ValidationError(f"Give “{line}” a score: {line} = 1") from error
        if not label or not number.is_finite():
            raise ValidationError(f"Give “{line}” a name and a score, such as: Right = 1")
        found[label] = float(number)
    if len(found) < 2:
        raise ValidationError("Write two options at least, one a line.")
    return found
