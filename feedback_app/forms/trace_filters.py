"""One filter that is being added to a trace list, or changed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from feedback_app.trace_lists import choices
from traces_app.query import written
from traces_app.query.fields import EMPTINESS, Operator

_NONE = ("", "Choose a field")
_WORDS = {
    Operator.IS_EMPTY: "is empty",
    Operator.IS_NOT_EMPTY: "is not empty",
    Operator.NOT_CONTAINS: "without",
    Operator.STARTS_WITH: "starts with",
    Operator.ENDS_WITH: "ends with",
    Operator.NOT_IN: "not in",
}


class TraceFilterForm(forms.Form):
    """Field first; what it can be compared by depends on it. ``element`` is the filter once all of
    it was said. ``edit`` and ``beside`` are places in the list's filters."""

    field = forms.ChoiceField(label="Field", required=False, choices=[_NONE, *choices.FIELDS])
    key = forms.CharField(label="Name", required=False, max_length=500)
    operator = forms.ChoiceField(label="Is", required=False)
    value = forms.CharField(label="Value", required=False, max_length=1000, strip=False)
    edit = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    beside = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, stands: Mapping[str, Any]) -> None:
        """``stands`` is the filter that is to be changed, for an address that only names it."""
        super().__init__({**stands, **data.dict()}, auto_id="filter-%s")
        self.element: written.Element | None = None
        name = self.data["field"] if self.data.get("field") in choices.NAMES else ""
        self.name: str = name
        if name:
            self._follow(name)

    @property
    def is_said(self) -> bool:
        """Was all of it sent, well or badly? Else the rest is still to be asked for."""
        return bool(self.name and self.data.get("operator"))

    @property
    def compared(self) -> str:
        """The operator that is chosen, or that the filter has which is to be changed."""
        return str(self.data.get("operator") or self.data.get("was") or "")

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if self.is_said and not self.errors:
            made = written.element(
                self.name,
                cleaned["operator"],
                cleaned.get("value", ""),
                cleaned.get("key", "").strip(),
            )
            wrong = written.complaint(made)
            if wrong:
                self.add_error(self._place(), wrong)
            else:
                self.element = made
        return cleaned

    def _place(self) -> str:
        is_named = self.cleaned_data.get("key", "named").strip()
        return ("value" if "value" in self.fields else "operator") if is_named else "key"

    def _follow(self, name: str) -> None:
        """Offer what goes with the field."""
        offered = choices.operators(name)
        self.fields["operator"].choices = [  # type: ignore[attr-defined]
            (str(each), _WORDS.get(each, str(each))) for each in offered
        ]
        key, value = self.fields["key"], self.fields["value"]
        if choices.takes_key(name):
            key.label = "Name of the score" if name.endswith("scores") else "Path, such as user.id"
            key.widget.attrs |= {"list": "filter-keys", "autocomplete": "off"}
        else:
            del self.fields["key"]
        if all(each in EMPTINESS for each in offered):
            del self.fields["value"]
        else:
            value.widget.attrs |= {"list": "filter-values", "autocomplete": "off", "dir": "auto"}
