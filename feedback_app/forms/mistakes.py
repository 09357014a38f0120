"""Where a form that came back with mistakes is taken up again."""

from django import forms


def focus_first(form: forms.Form) -> None:
    """Put the cursor into the first field that has a mistake."""
    wrong = next((name for name in form.fields if name in form.errors), None)
    if wrong is not None:
        form.fields[wrong].widget.attrs["autofocus"] = True
