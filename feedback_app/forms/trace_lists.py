"""The filter bar of the trace list, read from the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from feedback_app.trace_lists import amended, columns
from feedback_app.trace_lists.asked import AS_TEXT, Asked
from feedback_app.trace_lists.columns import BadColumns
from feedback_app.trace_lists.orders import BadPosition, Position, Sort
from traces_app.query import filters, written
from traces_app.query.filters import BadFilter
from traces_app.query.sentences import BadText

_ANY = ("", "Any")
LONGEST_FILTERS = 4000  # an address of some kB passes everywhere


@dataclass(frozen=True)
class Misread:
    """Typed filters that cannot be read, and where they are wrong."""

    text: str
    start: int
    end: int

    @property
    def parts(self) -> tuple[str, str, str]:
        return self.text[: self.start], self.text[self.start : self.end], self.text[self.end :]


class _Score(forms.DecimalField):
    """A number of a verdict's range."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            min_value=0,
            max_value=1,
            decimal_places=9,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "placeholder": "any"}),
            error_messages={
                "invalid": "Write a number from 0 to 1.",
                "min_value": "Write a number from 0 to 1.",
                "max_value": "Write a number from 0 to 1.",
            },
        )


class TraceListForm(forms.Form):
    """Every field may be left out; an unreadable one is an error and never ignored."""

    project = forms.UUIDField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label="Find in the traces",
        required=False,
        max_length=500,
        widget=forms.TextInput(
            attrs={
                "placeholder": "Find text in the traces",
                "aria-label": "Find text in the traces",
                "data-search": True,
                "size": 20,
            }
        ),
    )
    scored = forms.ChoiceField(
        label="Scored", required=False, choices=[_ANY, ("yes", "With a score"), ("no", "No score")]
    )
    min = _Score("Score from")
    max = _Score("Score to")
    added = forms.ChoiceField(
        label="Dataset",
        required=False,
        choices=[_ANY, ("yes", "Added to a dataset"), ("no", "Not added")],
    )
    tag = forms.CharField(label="Tag", required=False, max_length=100)
    filters = forms.CharField(required=False, max_length=LONGEST_FILTERS, widget=forms.HiddenInput)
    view = forms.UUIDField(required=False, widget=forms.HiddenInput)
    all = forms.ChoiceField(required=False, choices=[_ANY, ("1", "All")], widget=forms.HiddenInput)
    columns = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    mode = forms.ChoiceField(required=False, choices=[_ANY, (AS_TEXT, "As text")])
    text = forms.CharField(
        label="Query",
        required=False,
        max_length=LONGEST_FILTERS,
        widget=forms.TextInput(
            attrs={
                "placeholder": 'feedback_scores.Tone < 0.5 AND (tags = "vip" OR model = "x")',
                "aria-label": "Filters as text",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )
    sort = forms.ChoiceField(label="Sort", required=False, choices=Sort.choices)
    after = forms.CharField(required=False, widget=forms.HiddenInput)
    before = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.misread: Misread | None = None

    def clean_filters(self) -> str:
        raw: str = self.cleaned_data["filters"]
        try:
            clauses = filters.parse(raw)
        except BadFilter as refusal:
            raise ValidationError(str(refusal)) from refusal
        return raw.strip() if clauses else ""

    def clean_columns(self) -> str:
        text: str = self.cleaned_data["columns"]
        try:
            return columns.write(columns.read(text))
        except BadColumns as refusal:
            raise ValidationError(str(refusal)) from refusal

    def clean_text(self) -> str:
        """What is typed stands for all filters."""
        text: str = self.cleaned_data["text"]
        if self.is_typed:
            try:
                self.cleaned_data["filters"] = _as_filters(text)
            except BadText as refusal:
                self.misread = Misread(text, refusal.start, refusal.end)
                raise ValidationError(str(refusal)) from refusal
        return text

    @property
    def is_typed(self) -> bool:
        return self.data.get("mode") == AS_TEXT and "text" in self.data

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if self.is_typed:
            cleaned |= {"scored": "", "min": None, "max": None, "added": "", "tag": ""}
        low, high = cleaned.get("min"), cleaned.get("max")
        if low is not None and high is not None and low > high:
            self.add_error("max", "This is below the lowest score.")
        if cleaned.get("scored") == "no" and (low is not None or high is not None):
            self.add_error("scored", "What has no score has none in a range either.")
        if "sort" in cleaned:
            cleaned["sort"] = Sort(cleaned["sort"] or Sort.NEWEST)
            for name in ("after", "before"):
                cleaned[name] = self._position(cleaned.get(name) or "", cleaned["sort"])
        return cleaned

    def asked(self) -> Asked:
        """What the list is asked for; only of a valid form."""
        named = {name: value for name, value in self.cleaned_data.items() if name != "text"}
        return Asked(**named)

    def _position(self, text: str, sort: Sort) -> Position | None:
        if not text:
            return None
        try:
            return Position.read(text, sort)
        except BadPosition:
            self.add_error(None, "The place in the list that this address names cannot be read.")
            return None


def _as_filters(text: str) -> str:
    """As the address holds them. Raises BadText, ValidationError."""
    elements = written.read(text)
    made = amended.as_text(elements)
    if len(made) > LONGEST_FILTERS:
        raise ValidationError("An address cannot hold more filters than these.")
    try:
        filters.parse(list(elements))
    except BadFilter as refusal:
        raise ValidationError(str(refusal)) from refusal
    return made
