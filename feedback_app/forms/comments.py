"""A comment as a person writes it in a page."""

from typing import Any

from django import forms


class CommentForm(forms.Form):
    """The words of a comment."""

    text = forms.CharField(
        label="Comment",
        max_length=20_000,
        error_messages={"required": "Write something first."},
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto", "placeholder": "Comment"}),
    )

    def clean_text(self) -> Any:
        return self.cleaned_data["text"].replace("\r\n", "\n")
