"""A comment as a person writes it in a page."""

from django import forms

from feedback_app.forms.verdicts import WordsField


class CommentForm(forms.Form):
    """The words of a comment."""

    text = WordsField(
        label="Comment",
        max_length=20_000,
        error_messages={"required": "Write something first."},
        widget=forms.Textarea(
            attrs={"rows": 2, "dir": "auto", "placeholder": "Comment, @ to mention"}
        ),
    )
