"""The questions of a queue while it is set up: rows of a form that are added, moved and removed.

Between two requests the form itself keeps them; nothing is stored before the queue is saved.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from feedback_app.focus import questions as focus
from feedback_app.forms import question_shapes as shapes
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
    Type.MULTIPLE: "any of several options",
    Type.BOOLEAN: "yes or no",
    Type.TEXT: "a text",
}
_OPTIONS = (Type.CATEGORICAL, Type.MULTIPLE, Type.BOOLEAN)
_WRONG = {Type.NUMERICAL: "most", Type.BOOLEAN: "yes"}
"""At which field a mistake in a new definition is said; else at the options."""
_DEFAULTS = {
    Type.CATEGORICAL: "One of the options.",
    Type.MULTIPLE: "Of the options, one a line.",
    Type.BOOLEAN: "The words for yes, or for no.",
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
    step = forms.DecimalField(
        label="In steps of", required=False, help_text="Empty: any number between."
    )
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
    option_help = forms.CharField(
        label="Help beside the options",
        required=False,
        max_length=10_000,
        help_text="One a line: Right: nothing is missing",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    default = forms.CharField(
        label="Filled in already",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    is_required = forms.BooleanField(label="Must be answered", required=False)
    show_if = forms.ChoiceField(label="Asked", required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        kind: str,
        known: FeedbackDefinition | None,
        conditions: Sequence[tuple[str, str]],
        **kw: Any,
    ):
        super().__init__(data, auto_id="%s", **kw)
        self.kind, self.known = kind, known
        self.fields["show_if"].choices = [ALWAYS, *conditions]  # type: ignore[attr-defined]
        default, options = self.fields["default"], self.fields["options"]
        default.help_text = _DEFAULTS.get(Type(kind), "")
        if kind in (Type.MULTIPLE, Type.TEXT):
            default.widget = forms.Textarea(attrs={"rows": 2, "dir": "auto"})
        if kind == Type.MULTIPLE:
            options.help_text = "One a line; one of another score than 1 with it: Rude = 2"

    @property
    def has_options(self) -> bool:
        return self.kind in _OPTIONS

    @property
    def is_open(self) -> bool:
        """Whether what few need is filled in, or mistaken."""
        told = str(self["option_help"].value() or "").splitlines()
        said = self["default"].value() or any(not line.endswith(":") for line in told)
        return bool(said or self["option_help"].errors or self["default"].errors)

    @property
    def words(self) -> str:
        """What kind of a question it is."""
        return TYPES[Type(self.kind)]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if not cleaned.get("is_new"):
            self._read(cleaned, self.known)
            return cleaned
        try:
            cleaned["details"] = normal_form.dump(shapes.details(cleaned | {"type": self.kind}))
        except ValidationError as mistake:
            self.add_error(_WRONG.get(Type(self.kind), "options"), mistake)
        else:
            made = FeedbackDefinition(type=self.kind, details=cleaned["details"])
            self._read(cleaned, made)
        return cleaned

    def _read(self, cleaned: dict[str, Any], definition: FeedbackDefinition | None) -> None:
        """Take what is said about the answers by the answers that there are."""
        asked = focus.made(0, QueueQuestion(name=""), definition)
        for name, read in (("option_help", shapes.option_help), ("default", shapes.default)):
            try:
                cleaned[name] = normal_form.dump(read(cleaned.get(name, ""), asked))
            except ValidationError as mistake:
                self.add_error(name, mistake)

    def question(self) -> Question:
        """What the service takes; only of a valid form. What is not there any more is "null"."""
        said = self.cleaned_data
        return Question(
            name=said["name"],
            help=said["help"],
            option_help=said["option_help"] if self.has_options else None,
            is_required=said["is_required"],
            default_answer=said["default"],
            show_if=said["show_if"] or "null",
        )

    def definition(self) -> Definition | None:
        """The definition to be made, if it is a new one; only of a valid form."""
        said = self.cleaned_data
        if not said["is_new"]:
            return None
        return Definition(said["name"], self.kind, said["details"])


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
            "option_help": _helped(each, known.get(each.name)),
            "default": shapes.default_text(each.default_answer),
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
            **_told(rows, number, known),
        )
        for number, row in enumerate(rows)
    ]


def checked(rows: list[Row], known: Mapping[str, FeedbackDefinition]) -> list[QuestionForm]:
    """The rows as forms with their mistakes."""
    forms_ = []
    names: set[str] = set()
    for number, row in enumerate(rows):
        data = {f"q{number}-{name}": value for name, value in row.items()}
        form = QuestionForm(data, **_told(rows, number, known))
        name = form.cleaned_data.get("name", "") if form.is_valid() else ""
        if name in names:
            form.add_error("name", "This is asked already.")
        elif name in known and form.cleaned_data["is_new"]:
            form.add_error("name", "There is a definition of this name: choose that one.")
        names.add(name or f"{number}?")
        forms_.append(form)
    return forms_


def _told(rows: list[Row], number: int, known: Mapping[str, FeedbackDefinition]) -> dict[str, Any]:
    """What a row's form is told beside what was sent: a definition that there is has the say."""
    row = rows[number]
    definition = None if row.get("is_new") else known.get(row["name"])
    kind = definition.type if definition else row.get("type")
    return {
        "prefix": f"q{number}",
        "known": definition,
        "kind": kind if kind in Type.values else Type.NUMERICAL,
        "conditions": _conditions(rows, number, known),
    }


def _helped(question: QueueQuestion, definition: FeedbackDefinition | None) -> str:
    """The help of each option; lines to be filled in where there is none."""
    options = focus.made(0, question, definition).options
    return "\n".join(f"{option.label}: {option.help}".strip() for option in options)


def _added(wanted: str, taken: set[str], known: Mapping[str, FeedbackDefinition]) -> list[Row]:
    kind, _, name = wanted.partition(":")
    if kind == "new" and name in Type.values:
        return [{"type": name, "is_new": "True"}]
    if kind == "known" and name in known and name not in taken:
        helped = _helped(QueueQuestion(name=name), known[name])
        return [{"name": name, "type": known[name].type, "option_help": helped}]
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
    if definition is None and row.get("type") in _OPTIONS:
        try:
            details = normal_form.dump(shapes.details(row))
        except ValidationError:
            return []
        definition = FeedbackDefinition(type=row["type"], details=details)
    asked = focus.made(0, QueueQuestion(name=row["name"]), definition)
    return [option.label for option in asked.options]
