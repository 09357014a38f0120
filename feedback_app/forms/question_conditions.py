"""On which answers to an earlier question another one is asked: a choice an answer in the setup's
form, any of one question's as it is stored."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from traces_app import normal_form

Choices = list[tuple[str, list[tuple[str, str]]]]
"""By question its answers, each as the form sends it and in words."""
GONE = "It hung on an answer that is not asked for before it any more. Choose again."


def offered(labels: Mapping[str, Sequence[str]], chosen: Sequence[str]) -> Choices:
    """What can be chosen: ``labels`` are those of earlier questions, by name.

    What was ``chosen`` of one of these questions stays, though it has no such answer any more.
    """
    found = {name: {_one(name, each): each for each in said} for name, said in labels.items()}
    for text in chosen:
        name, answers = _read(text)
        if name in found and len(answers) == 1:
            found[name].setdefault(text, str(answers[0]))
    return [(name, list(answers.items())) for name, answers in found.items() if answers]


def apart(stored: str | None) -> list[str]:
    """A condition as the form has it."""
    name, answers = _read(stored or "")
    return [_one(name, answer) for answer in answers]


def together(chosen: Sequence[str]) -> str:
    """The condition as it is stored, "null" for none. Raises ValidationError."""
    read = [_read(text) for text in chosen]
    names = {name for name, _ in read}
    if len(names) > 1:
        raise ValidationError("Choose answers to one question only.")
    if not names:
        return "null"
    wanted = [answer for _, answers in read for answer in answers]
    return normal_form.dump({"question": names.pop(), "is": wanted})


def words(chosen: Sequence[str]) -> str:
    """When a question is asked."""
    said: dict[str, list[str]] = {}
    for name, answers in map(_read, chosen):
        said.setdefault(name, []).extend(f"“{answer}”" for answer in answers)
    parts = [f"“{name}” is {' or '.join(answers)}" for name, answers in said.items() if answers]
    return f"if {', '.join(parts)}" if parts else "always"


def _one(name: str, answer: Any) -> str:
    return normal_form.dump({"question": name, "is": [answer]})


def _read(text: str) -> tuple[str, list[Any]]:
    """The question and its answers; of what cannot be read, none."""
    try:
        said = normal_form.load(text)
    except (ValueError, RecursionError):
        return "", []
    if not isinstance(said, dict) or not isinstance(said.get("question"), str):
        return "", []
    if "is" not in said:
        return "", []
    answers = said["is"]
    return said["question"], answers if isinstance(answers, list) else [answers]
