"""A rule that fills a queue, as people set it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from feedback_app.services.queue_rules import MOST_A_DAY, Settings

_LONGEST = 8000


class PercentField(forms.DecimalField):
    """More than none, at most all."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="Percent of those that match",
            min_value=Decimal("0.001"),
            max_value=100,
            max_digits=6,
            decimal_places=3,
            initial=100,
            help_text="A fixed sample: the same item gets the same answer each time.",
            widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
            **kwargs,
        )


class RuleForm(forms.Form):
    """All of a rule; its filter comes from the list of traces."""

    query = forms.CharField(required=False, max_length=_LONGEST, widget=forms.HiddenInput)
    percent = PercentField()
    daily_cap = forms.IntegerField(
        label="At most this many a day",
        required=False,
        min_value=1,
        max_value=MOST_A_DAY,
        help_text="Days are those of UTC. Empty is no limit.",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    is_on = forms.BooleanField(label="On: it runs as traces arrive", required=False, initial=True)

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="rule-%s", **kwargs)

    def settings(self) -> Settings:
        """What the service takes; only of a valid form."""
        return Settings(**self.cleaned_data)
