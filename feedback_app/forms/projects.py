"""What people set on a project."""

from django import forms


class ProjectForm(forms.Form):
    """How a project's traces become examples."""

    dataset_threshold = forms.DecimalField(
        label="Threshold",
        min_value=0,
        max_value=1,
        decimal_places=9,
        max_digits=10,
        help_text="From this score on, a trace's own output is the answer. Below it, its correction"
        " is, or an answer that is generated from the feedback.",
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    approves_generated = forms.BooleanField(
        label="A generated answer waits until a person has approved it",
        required=False,
    )
