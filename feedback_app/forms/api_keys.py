"""A new API key."""

from django import forms


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=255,
        help_text="Where it will be used, so that you know it again.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "support-assistant"}),
    )
    write_as = forms.CharField(
        label="Write as",
        required=False,
        max_length=255,
        help_text="Optional. A service account such as judge-v2, so that the scores of a judge and "
        "yours stay apart.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "yourself"}),
    )
