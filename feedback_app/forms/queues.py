"""A queue as people set it up; its questions are in ``forms.question_rows``."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from django import forms

from traces_app.models import AnnotationQueue
from traces_app.services.queues import MAX_NAME, MAX_PERCENT, Wishes

MOST_REVIEWS = 5
MOST_MINUTES = 60
_EVERYONE, _NAMED = "everyone", "named"
_WISHES = {each.name for each in fields(Wishes)}


class QueueForm(forms.Form):
    """All but the questions. ``people`` are those who may judge: id and name."""

    name = forms.CharField(
        label="Name",
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    instructions = forms.CharField(
        label="Instructions",
        required=False,
        max_length=50_000,
        help_text="Markdown. Reviewers read them with the key i.",
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
    who = forms.ChoiceField(
        label="Reviewers",
        choices=[(_EVERYONE, "Everyone who may judge"), (_NAMED, "Only these")],
        initial=_EVERYONE,
        widget=forms.RadioSelect,
    )
    reviewers = forms.MultipleChoiceField(
        label="These people", required=False, widget=forms.CheckboxSelectMultiple
    )
    annotators_per_item = forms.IntegerField(
        label="Reviews for each item",
        min_value=1,
        initial=1,
        help_text="More than one tells how far people agree.",
    )
    double_percent = forms.IntegerField(
        label="Percent of the items with a second review",
        required=False,
        min_value=0,
        max_value=MAX_PERCENT,
        initial=0,
        help_text="Where one review is asked for. Which items: a fixed draw.",
    )
    minutes = forms.IntegerField(
        label="Minutes that an item stays reserved",
        min_value=1,
        max_value=MOST_MINUTES,
        initial=15,
        help_text="Renewed while the page is open.",
    )
    order = forms.ChoiceField(
        label="Order of the items",
        choices=AnnotationQueue.Order.choices,
        initial=AnnotationQueue.Order.OLDEST,
        help_text="By score or disagreement only where the queue is not blind: an item's place "
        "would tell what was said of it.",
    )
    is_blind = forms.BooleanField(
        label="Blind: reviewers see own scores only, before and after they submit", required=False
    )
    comments_enabled = forms.BooleanField(label="Reviewers may comment", required=False)
    corrections_enabled = forms.BooleanField(
        label="Reviewers may correct the output", required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        people: Sequence[tuple[str, str]],
        most_reviews: int = MOST_REVIEWS,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, auto_id="queue-%s", **kwargs)
        self.fields["reviewers"].choices = people  # type: ignore[attr-defined]
        self.fields["annotators_per_item"].widget.attrs["max"] = most_reviews
        self.most_reviews = most_reviews

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("who") == _NAMED and not cleaned.get("reviewers"):
            self.add_error("reviewers", "Choose at least one person.")
        if cleaned.get("annotators_per_item", 0) > self.most_reviews:
            self.add_error("annotators_per_item", f"At most {self.most_reviews} reviews an item.")
        cleaned["double_percent"] = cleaned.get("double_percent") or 0
        return cleaned

    def wishes(self, **more: Any) -> Wishes:
        """What the service takes; only of a valid form."""
        given = {**self.cleaned_data, **more}
        is_for_everyone = given.pop("who") == _EVERYONE
        chosen = given.pop("reviewers")
        return Wishes(
            lock_timeout_seconds=60 * given.pop("minutes"),
            is_for_everyone=is_for_everyone,
            reviewer_ids=[] if is_for_everyone else [UUID(pk) for pk in chosen],
            **{name: value for name, value in given.items() if name in _WISHES},
        )


class NewQueueForm(QueueForm):
    """A queue to be made in one of ``projects``."""

    project = forms.ChoiceField(label="Project")
    scope = forms.ChoiceField(
        label="Items",
        choices=[
            (AnnotationQueue.Scope.TRACE, "Traces: one answer each"),
            (AnnotationQueue.Scope.THREAD, "Threads: whole conversations"),
        ],
        help_text="Project and items stay as they are once the queue is made.",
    )

    def __init__(self, data: Any = None, *, projects: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.projects = projects
        choices = [(str(project.pk), project.name) for project in projects]
        self.fields["project"].choices = choices  # type: ignore[attr-defined]


def initial(queue: AnnotationQueue, reviewers: Sequence[str]) -> dict[str, Any]:
    """A queue's present state, as the form shows it."""
    names = ("name", "instructions", "annotators_per_item", "double_percent", "order", "is_blind")
    switches = ("comments_enabled", "corrections_enabled")
    return {
        **{name: getattr(queue, name) for name in (*names, *switches)},
        "who": _EVERYONE if queue.is_for_everyone else _NAMED,
        "reviewers": reviewers,
        "minutes": max(1, round(queue.lock_timeout_seconds / 60)),
    }
