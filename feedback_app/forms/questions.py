"""The questions of a queue while it is set up: rows of a form that are added, moved and removed.

Between two requests the form itself keeps them; nothing is stored before the queue is saved.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from traces_app import normal_form
from traces_app.models import FeedbackDefinition, QueueQuestion
from traces_app.services.definitions import Definition
from traces_app.services.queues import MAX_NAME, Question

MOST = 30
COUNT = "questions"
ALWAYS = ("", "Always")
Type = FeedbackDefinition.Type
TYPES = {
    Type.NUMERICAL: "a number",
    Type.CATEGORICAL: "one of several options",
    Type.BOOLEAN: "yes or no",
}
Row = dict[str, Any]
"""A question as the form has it: the fields of QuestionForm, not checked yet."""


class QuestionForm(forms.Form):
    """One question: by a definition that there is, or by one that is made with the queue."""

    name = forms.CharField(
        label="What is asked for",
        max_length=MAX_NAME,
        help_text="The name of the score.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    type = forms.ChoiceField(choices=Type.choices, widget=forms.HiddenInput)
    is_new = forms.BooleanField(required=False, widget=forms.HiddenInput)
    least = forms.DecimalField(label="From", required=False, initial=0, localize=False)
    most = forms.DecimalField(label="To", required=False, initial=1)
    options = forms.CharField(
        label="Options",
        required=False,
        help_text="One a line, with its score: Right = 1",
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    yes = forms.CharField(label="Words for yes, score 1", required=False, initial="Yes")
    no = forms.CharField(label="Words for no, score 0", required=False, initial="No")
    help = forms.CharField(
        label="Help beside the question",
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    is_required = forms.BooleanField(label="Must be answered", required=False)
    show_if = forms.ChoiceField(label="Asked", required=False)

    def __init__(self, data: Any = None, *, conditions: Sequence[tuple[str, str]], **kw: Any):
        super().__init__(data, auto_id="%s", **kw)
        self.fields["show_if"].choices = [ALWAYS, *conditions]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("is_new") and "type" in cleaned:
            try:
                cleaned["details"] = normal_form.dump(_details(cleaned))
            except ValidationError as mistake:
                self.add_error(
                    {Type.NUMERICAL: "most", Type.CATEGORICAL: "options"}.get(
                        cleaned["type"], "yes"
                    ),
                    mistake,
                )
        return cleaned

    def question(self) -> Question:
        """What the service takes; only of a valid form. A condition that is gone is "null"."""
        said = self.cleaned_data
        return Question(
            name=said["name"],
            help=said["help"],
            is_required=said["is_required"],
            show_if=said["show_if"] or "null",
        )

    def definition(self) -> Definition | None:
        """The definition to be made, if it is a new one; only of a valid form."""
        said = self.cleaned_data
        if not said["is_new"]:
            return None
        return Definition(said["name"], said["type"], said["details"])


def sent(data: Mapping[str, Any]) -> list[Row]:
    """The rows of a form that was sent."""
    try:
        count = max(0, min(int(data.get(COUNT, "0")), MOST))
    except ValueError:
        count = 0
    return [
        {name: data.get(f"q{number}-{name}", "") for name in QuestionForm.base_fields}
        for number in range(count)
    ]


def stored(
    questions: Sequence[QueueQuestion], known: Mapping[str, FeedbackDefinition]
) -> list[Row]:
    """The rows of a queue's questions."""
    return [
        {
            "name": each.name,
            "type": known[each.name].type if each.name in known else Type.NUMERICAL,
            "help": each.help,
            "is_required": "on" if each.is_required else "",
            "show_if": "" if each.show_if in (None, "null") else each.show_if,
        }
        for each in questions
    ]


def changed(rows: list[Row], do: str, wanted: str, known: Mapping[str, FeedbackDefinition]) -> None:
    """Do what a button says to the rows: add, up:2, down:2, remove:2; anything else is nothing."""
    verb, _, place = do.partition(":")
    at = int(place) if place.isdecimal() and len(place) < 3 else -1
    if verb == "add" and len(rows) < MOST:
        rows += _added(wanted, {row["name"] for row in rows}, known)
    elif verb == "remove" and 0 <= at < len(rows):
        del rows[at]
    elif verb == "up" and 0 < at < len(rows):
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    elif verb == "down" and 0 <= at < len(rows) - 1:
        rows[at + 1], rows[at] = rows[at], rows[at + 1]


def shown(rows: list[Row], known: Mapping[str, FeedbackDefinition]) -> list[QuestionForm]:
    """The rows as forms that nobody has checked."""
    return [
        QuestionForm(
            initial={name: value for name, value in row.items() if value != ""},
            prefix=f"q{number}",
            conditions=_conditions(rows, number, known),
        )
        for number, row in enumerate(rows)
    ]


def checked(rows: list[Row], known: Mapping[str, FeedbackDefinition]) -> list[QuestionForm]:
    """The rows as forms with their mistakes."""
    forms_ = []
    names: set[str] = set()
    for number, row in enumerate(rows):
        data = {f"q{number}-{name}": value for name, value in row.items()}
        conditions = _conditions(rows, number, known)
        form = QuestionForm(data, prefix=f"q{number}", conditions=conditions)
        name = form.cleaned_data.get("name", "") if form.is_valid() else ""
        if name in names:
            form.add_error("name", "This is asked already.")
        elif name in known and form.cleaned_data["is_new"]:
            form.add_error("name", "There is a definition of this name: choose that one.")
        names.add(name or f"{number}?")
        forms_.append(form)
    return forms_


def _added(wanted: str, taken: set[str], known: Mapping[str, FeedbackDefinition]) -> list[Row]:
    kind, _, name = wanted.partition(":")
    if kind == "new" and name in Type.values:
        return [{"type": name, "is_new": "True"}]
    if kind == "known" and name in known and name not in taken:
        return [{"name": name, "type": known[name].type}]
    return []


def _conditions(
    rows: list[Row], number: int, known: Mapping[str, FeedbackDefinition]
) -> list[tuple[str, str]]:
    """On which answers to the rows before this one it can be asked, as JSON text and words."""
    found: dict[str, str] = {}
    for row in rows[:number]:
        name = row.get("name", "").strip()
        for label in _labels(row, known) if name else ():
            found[_condition(name, [label])] = f"if “{name}” is “{label}”"
    mine = rows[number].get("show_if", "")
    if mine and mine not in found:
        found |= _of_several(mine, {row.get("name", "") for row in rows[:number]})
    return list(found.items())


def _of_several(text: str, before: set[str]) -> dict[str, str]:
    """A condition that was stored through the API: several answers of one question."""
    try:
        said = normal_form.load(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict) or said.get("question") not in before:
        return {}
    answers = said.get("is")
    words = "” or “".join(map(str, answers if isinstance(answers, list) else [answers]))
    return {text: f"if “{said['question']}” is “{words}”"}


def _condition(name: str, labels: Sequence[str]) -> str:
    return normal_form.dump({"question": name, "is": list(labels)})


def _labels(row: Row, known: Mapping[str, FeedbackDefinition]) -> list[str]:
    definition = known.get(row["name"])
    if definition is not None:
        kind, details = definition.type, normal_form.load(definition.details)
    else:
        kind = row.get("type", "")
        try:
            details = _details(row)
        except ValidationError:
            return []
    if kind == Type.CATEGORICAL:
        return list(details["categories"])
    return [details["true_label"], details["false_label"]] if kind == Type.BOOLEAN else []


def _details(said: Mapping[str, Any]) -> dict[str, Any]:
    """The shape of a definition's type. Raises ValidationError."""
    if said["type"] == Type.NUMERICAL:
        least, most = said.get("least"), said.get("most")
        if not isinstance(least, Decimal) or not isinstance(most, Decimal) or least >= most:
            raise ValidationError("Say from which number to which greater one.")
        return {"min": float(least), "max": float(most)}
    if said["type"] == Type.BOOLEAN:
        yes, no = (str(said.get(name) or name.capitalize()).strip() for name in ("yes", "no"))
        if yes == no:
            raise ValidationError("The two answers must differ.")
        return {"true_label": yes, "false_label": no}
    return {"categories": _categories(str(said.get("options") or ""))}


def _categories(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        label, _, value = (part.strip() for part in line.rpartition("="))
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
