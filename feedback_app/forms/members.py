"""Who comes into a workspace, and as what."""

from django import forms

from traces_app.models import Role


class MemberForm(forms.Form):
    email = forms.EmailField(
        label="E-mail",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "placeholder": "noor@example.com"}),
    )
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.REVIEWER)
