"""A comment as a person writes it in a page."""

from django import forms

from feedback_app.forms.verdicts import WordsField
from traces_app.errors import Invalid
from traces_app.services import anchors
from traces_app.services.anchors import Anchor


class CommentForm(forms.Form):
    """The words of a comment, and the stretch of text that they speak of, if any."""

    text = WordsField(
        label="Comment",
        max_length=20_000,
        error_messages={"required": "Write something first."},
        widget=forms.Textarea(
            attrs={"rows": 2, "dir": "auto", "placeholder": "Comment, @ to mention"}
        ),
    )
    anchor = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_anchor(self) -> Anchor | None:
        try:
            return anchors.read(sent) if (sent := self.cleaned_data["anchor"]) else None
        except Invalid as mistake:
            raise forms.ValidationError(str(mistake)) from mistake
