"""The name of a saved view, and who sees it."""

from django import forms


class SavedViewForm(forms.Form):
    name = forms.CharField(label="Name", max_length=255)
    is_shared = forms.BooleanField(required=False)
