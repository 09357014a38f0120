"""Datasets as people make, name, filter and split them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms

from feedback_app.dataset_page.asked import DIFFERS, WAITING, Asked
from feedback_app.models import Datapoint
from feedback_app.services.splits import LEAST, MOST
from traces_app.models import Project


class DatasetForm(forms.Form):
    """The name of a dataset, and what it is for."""

    name = forms.CharField(
        label="Name",
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    description = forms.CharField(
        label="What it is for",
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )


class NewDatasetForm(DatasetForm):
    """A dataset to be made in one of ``projects``."""

    project = forms.ChoiceField(label="Project")
    field_order = ("name", "project", "description")

    def __init__(self, data: Any = None, *, projects: list[Project], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choices = [(str(project.pk), project.name) for project in projects]
        self.fields["project"].choices = choices  # type: ignore[attr-defined]
        self.fields["name"].widget.attrs["autofocus"] = True


class DatapointListForm(forms.Form):
    """The filter bar of a dataset, read from the address. Every field may be left out."""

    q = forms.CharField(
        label="Find in the datapoints",
        required=False,
        max_length=500,
        widget=forms.TextInput(
            attrs={
                "placeholder": "Find text in the datapoints",
                "aria-label": "Find text in the datapoints",
                "data-search": True,
                "size": 20,
            }
        ),
    )
    bucket = forms.ChoiceField(required=False, choices=[("", "All"), *Datapoint.Bucket.choices])
    source = forms.ChoiceField(
        label="Answer", required=False, choices=[("", "Any answer"), *Datapoint.Source.choices]
    )
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "Any state"),
            (WAITING, "Waits for approval"),
            (DIFFERS, "Differs from its trace"),
        ],
    )
    twins = forms.ChoiceField(
        label="Duplicates",
        required=False,
        choices=[("", "All datapoints"), ("yes", "Duplicates only")],
    )
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="filter-%s")

    def asked(self, dataset_id: UUID) -> Asked:
        """What the list is asked for; only of a valid form."""
        return Asked(dataset_id, **self.cleaned_data)


class SnapshotForm(forms.Form):
    """How a dataset is frozen."""

    name = forms.CharField(
        label="Name",
        required=False,
        max_length=255,
        help_text="Optional; without one it is the dataset's name and a number.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    percent = forms.IntegerField(
        label="Share for training, in percent",
        min_value=LEAST,
        max_value=MOST,
        initial=80,
        help_text="Of what is uncategorized; what has a bucket stays there.",
    )
    generated_too = forms.BooleanField(
        label="Generated answers may be in validation too", required=False
    )
    without_duplicates = forms.BooleanField(label="Leave duplicates out", required=False)


class SplitForm(forms.Form):
    """How the uncategorized datapoints are split."""

    percent = forms.IntegerField(
        label="Share for training, in percent", min_value=LEAST, max_value=MOST, initial=80
    )
    generated_too = forms.BooleanField(
        label="Generated answers may be in validation too", required=False
    )
