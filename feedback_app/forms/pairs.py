"""A queue of pairs as people set it up, and pairs as they are put into one."""

from typing import Any

from django import forms

from feedback_app.forms.queues import NewQueueForm, QueueForm
from feedback_app.services.pairs import PREFERENCE
from traces_app.services.queues import MAX_NAME


class _OfPairs(forms.Form):
    """One question; neither corrections nor comments, which would be about one of the two."""

    question = forms.CharField(
        label="What is asked for",
        max_length=MAX_NAME,
        initial=PREFERENCE,
        help_text="The name of the score on the first of the two: 1 where it is better, 0 where "
        "the other is, 0.5 where they are equal.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    help = forms.CharField(
        label="Help beside the question",
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    comments_enabled: Any = None
    corrections_enabled: Any = None


class PairQueueForm(_OfPairs, QueueForm):
    """A queue of pairs that there is."""


class NewPairQueueForm(_OfPairs, NewQueueForm):
    """A queue of pairs to be made."""

    scope: Any = None
