"""Signing in, and what a person sets about the pages."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField

from feedback_app.models import User


class SignInForm(AuthenticationForm):
    """E-mail and password. Every failure is answered alike: it must not tell who has an account."""

    username = UsernameField(
        label="E-mail",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    error_messages = {
        "invalid_login": "That did not match. Check the e-mail and type the password again.",
        "inactive": "That did not match. Check the e-mail and type the password again.",
    }


class AppearanceForm(forms.Form):
    """How the pages look to this person; what is left out stays as it is."""

    theme = forms.ChoiceField(choices=User.Theme, required=False)
    typeface = forms.ChoiceField(choices=User.Typeface, required=False)
