"""The verdict as a person gives it in a page."""

from decimal import Decimal
from typing import Any, Self

from django import forms
from django.http import QueryDict

from traces_app.services.scores import MAX_FEEDBACK


class WordsField(forms.CharField):
    """Words with the line ends that other faces count: one character each."""

    def to_python(self, value: Any) -> str:
        return super().to_python((value or "").replace("\r\n", "\n")) or ""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No maxlength: browsers cut what is pasted without a word, and count an emoji as two."""
        return {}


class VerdictForm(forms.Form):
    """A score from 0 to 1, feedback, or both; nothing only to clear feedback that stood alone."""

    score = forms.DecimalField(
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(1),
        decimal_places=9,
        label="Score",
        error_messages={
            "invalid": "Give a number from 0 to 1.",
            "min_value": "Give a number from 0 to 1.",
            "max_value": "Give a number from 0 to 1.",
        },
        widget=forms.NumberInput(
            attrs={"step": "any", "min": "0", "max": "1", "inputmode": "decimal"}
        ),
    )
    feedback = WordsField(
        required=False,
        strip=True,
        max_length=MAX_FEEDBACK,
        label="Feedback",
        widget=forms.Textarea(
            attrs={"rows": 4, "dir": "auto", "placeholder": "What was good, what was not?"}
        ),
    )

    @classmethod
    def sent(cls, post: QueryDict, *, may_be_empty: bool) -> Self:
        """The form as it was posted. Without script a quick score is the button that sent it; it
        wins over the number beside it."""
        given = post.dict()
        given["score"] = given.get("quick") or given.get("score", "")
        return cls(given, may_be_empty=may_be_empty)

    def __init__(self, *args: Any, may_be_empty: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_be_empty = may_be_empty

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        if self.errors or self.may_be_empty or not given:
            return given
        if given["score"] is None and not given["feedback"]:
            raise forms.ValidationError("Give a score, or write feedback, or both.")
        return given
