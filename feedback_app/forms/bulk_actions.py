"""What is to be done to many traces, as the bar below their list sends it."""

from typing import Any
from uuid import UUID, uuid4

from django import forms

from feedback_app.forms.verdicts import WordsField
from feedback_app.services.bulk_actions import Action, Verb
from traces_app.models import VERDICT
from traces_app.models.scores import VALUE_LIMIT
from traces_app.services.scores import MAX_FEEDBACK, MAX_NAME
from traces_app.services.trace_tags import MAX_TAG


class BulkForm(forms.Form):
    """Fields of all actions; only those of the one that is asked for are needed."""

    do = forms.ChoiceField(
        choices=Verb.choices,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Say what shall be done with the picked traces."
        ),
    )
    all = forms.BooleanField(required=False)
    confirmed = forms.BooleanField(required=False)
    token = forms.UUIDField(required=False)
    queue = forms.UUIDField(required=False)
    threads = forms.UUIDField(required=False)
    pairs = forms.UUIDField(required=False)
    dataset = forms.UUIDField(required=False)
    tag = forms.CharField(required=False, max_length=MAX_TAG)
    name = forms.CharField(required=False, max_length=MAX_NAME)
    value = forms.DecimalField(
        required=False,
        min_value=-VALUE_LIMIT,
        max_value=VALUE_LIMIT,
        decimal_places=9,
        error_messages={"invalid": "A score is a number, such as 0.8."},
    )
    reason = WordsField(required=False, strip=True, max_length=MAX_FEEDBACK)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        needed = _NEEDED.get(given.get("do", ""))
        if needed and needed[0] not in self.errors and given.get(needed[0]) in (None, ""):
            self.add_error(needed[0], needed[1])
        return given

    def action(self) -> Action:
        """What is asked for; only of a valid form."""
        given = self.cleaned_data
        verb = Verb(given["do"])
        field = _TARGETS.get(verb, "")
        target = given[field] if field else None
        return Action(
            verb=verb,
            target=given["token"] or uuid4() if verb == Verb.DELETE else target,
            tag=given["tag"],
            name=given["name"] or VERDICT,
            value=given["value"] or Action.value,
            reason=given["reason"] or None,
        )

    def token_or_new(self) -> UUID:
        token: UUID | None = self.cleaned_data["token"]
        return token or uuid4()

    def sent(self) -> list[tuple[str, str]]:
        """The fields as they came, to be sent once more."""
        names = [name for name in self.fields if name not in ("confirmed", "id")]
        return [(name, self.data[name]) for name in names if self.data.get(name)]

    def mistake(self) -> str:
        """The first thing that is wrong, in a sentence; only of a form that is not valid."""
        errors = next(iter(self.errors.values()))
        return str(errors[0])


_TARGETS = {
    Verb.QUEUE: "queue",
    Verb.THREAD: "threads",
    Verb.PAIR: "pairs",
    Verb.DATASET: "dataset",
}
_NEEDED = {
    Verb.QUEUE: ("queue", "Choose a queue."),
    Verb.THREAD: ("threads", "Choose a queue of conversations."),
    Verb.PAIR: ("pairs", "Choose a queue of pairs."),
    Verb.TAG: ("tag", "Write a tag."),
    Verb.UNTAG: ("tag", "Write the tag to take off."),
    Verb.SCORE: ("value", "Give a score."),
}
