"""One question of a queue that is being set up."""

from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from feedback_app.focus import questions as focus
from feedback_app.forms import question_conditions as conditions
from feedback_app.forms import question_shapes as shapes
from traces_app import normal_form
from traces_app.models import FeedbackDefinition, QueueQuestion
from traces_app.services.definitions import Definition
from traces_app.services.queues import MAX_NAME, Question

Type = FeedbackDefinition.Type
TYPES = {
    Type.NUMERICAL: "a number",
    Type.CATEGORICAL: "one of several options",
    Type.MULTIPLE: "any of several options",
    Type.BOOLEAN: "yes or no",
    Type.TEXT: "a text",
}
OPTIONS = (Type.CATEGORICAL, Type.MULTIPLE, Type.BOOLEAN)
_WRONG = {Type.NUMERICAL: "most", Type.BOOLEAN: "yes"}
"""At which field a mistake in a new definition is said; else at the options."""
_DEFAULTS = {
    Type.CATEGORICAL: "One of the options.",
    Type.MULTIPLE: "Of the options, one a line.",
    Type.BOOLEAN: "The words for yes, or for no.",
}


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
    show_if = forms.MultipleChoiceField(
        label="Asked",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": conditions.GONE},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        kind: str,
        known: FeedbackDefinition | None,
        offered: conditions.Choices,
        **kw: Any,
    ):
        super().__init__(data, auto_id="%s", **kw)
        self.kind, self.known = kind, known
        self.offered = offered
        self.fields["show_if"].choices = offered  # type: ignore[attr-defined]
        default, options = self.fields["default"], self.fields["options"]
        default.help_text = _DEFAULTS.get(Type(kind), "")
        if kind in (Type.MULTIPLE, Type.TEXT):
            default.widget = forms.Textarea(attrs={"rows": 2, "dir": "auto"})
        if kind == Type.MULTIPLE:
            options.help_text = "One a line; one of another score than 1 with it: Rude = 2"

    @property
    def has_options(self) -> bool:
        return self.kind in OPTIONS

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

    @property
    def when(self) -> str:
        """On which answers it is asked, in words."""
        return conditions.words(self["show_if"].value() or [])

    @property
    def boxes(self) -> list[tuple[str, list[Any]]]:
        """The answers on which it can be asked, by question."""
        every = iter(self["show_if"].subwidgets)
        return [(name, list(islice(every, len(answers)))) for name, answers in self.offered]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        try:
            cleaned["condition"] = conditions.together(cleaned.get("show_if", []))
        except ValidationError as mistake:
            self.add_error("show_if", mistake)
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
            show_if=said["condition"],
        )

    def definition(self) -> Definition | None:
        """The definition to be made, if it is a new one; only of a valid form."""
        said = self.cleaned_data
        if not said["is_new"]:
            return None
        return Definition(said["name"], self.kind, said["details"])

    def asked(self, number: int) -> focus.Question:
        """The question as reviewers will meet it; only of a valid form."""
        said, made = self.question(), self.definition()
        row = QueueQuestion(
            name=said.name,
            help=said.help or "",
            option_help=said.option_help or "{}",
            is_required=bool(said.is_required),
            default_answer=said.default_answer,
            show_if=said.show_if,
        )
        new = made and FeedbackDefinition(type=self.kind, details=made.details)
        return focus.made(number, row, new or self.known)
