"""The questions of a queue while it is set up: rows of a form that are added, moved and removed.

Between two requests the form itself keeps them; nothing is stored before the queue is saved.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from feedback_app.focus import questions as focus
from feedback_app.forms import question_conditions as conditions
from feedback_app.forms import question_shapes as shapes
from feedback_app.forms.questions import OPTIONS, QuestionForm, Type
from traces_app import normal_form
from traces_app.models import FeedbackDefinition, QueueQuestion

MOST = 30
COUNT = "questions"
MOST_ANSWERS = 100
"""On which one question is asked."""
Row = dict[str, Any]
"""A question as the form has it: the fields of QuestionForm, not checked yet."""


def sent(data: QueryDict) -> list[Row]:
    """The rows of a form that was sent."""
    try:
        count = max(0, min(int(data.get(COUNT, "0")), MOST))
    except ValueError:
        count = 0
    return [
        {name: data.get(f"q{number}-{name}", "") for name in QuestionForm.base_fields}
        | {"show_if": data.getlist(f"q{number}-show_if")[:MOST_ANSWERS]}
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
            "show_if": conditions.apart(each.show_if),
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


def take_up(form: QuestionForm) -> None:
    """Put the cursor into the first field of a row that has just been added."""
    first = "name" if form["is_new"].value() else "help"
    form.fields[first].widget.attrs["autofocus"] = True


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
        "offered": _offered(rows, number, known),
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


def _offered(
    rows: list[Row], number: int, known: Mapping[str, FeedbackDefinition]
) -> conditions.Choices:
    """On which answers to the rows before this one it can be asked."""
    earlier = ((row.get("name", "").strip(), row) for row in rows[:number])
    labels = {name: _labels(row, known) for name, row in earlier if name}
    return conditions.offered(labels, rows[number].get("show_if") or [])


def _labels(row: Row, known: Mapping[str, FeedbackDefinition]) -> list[str]:
    definition = known.get(row["name"])
    if definition is None and row.get("type") in OPTIONS:
        try:
            details = normal_form.dump(shapes.details(row))
        except ValidationError:
            return []
        definition = FeedbackDefinition(type=row["type"], details=details)
    asked = focus.made(0, QueueQuestion(name=row["name"]), definition)
    return [option.label for option in asked.options]
