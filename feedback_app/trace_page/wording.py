"""Audit events about one trace in words that a person understands. Pure: no database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from feedback_app.models import Datapoint
from traces_app import normal_form
from traces_app.models import VERDICT

Facts = Mapping[str, Any]
_SHORT = 120


@dataclass(frozen=True)
class Told:
    """A sentence's end after the name of who did it: words, then from what to what.

    ``whose`` is the id of the person whose words or score it was, where that is somebody else;
    ``why`` stands at the end.
    """

    words: str
    before: str = ""
    after: str = ""
    whose: str = ""
    why: str = ""


def tell(action: str, before: Facts, after: Facts, names: Mapping[str, str]) -> Told:
    """``names`` are those of the projects and datasets that the facts name by id."""
    teller = _TELLERS.get(action)
    if teller is None:
        return Told(_PLAIN.get(action, "changed it"))
    return teller(before, after, names)


def about(name: str) -> str:
    """How a score's name stands in a sentence; the verdict's goes without saying."""
    return "" if name == VERDICT else f" {name}"


def quoted(reason: str) -> str:
    """A person's words as they stand at the end of a sentence."""
    return f"“{_short(reason)}”" if reason else ""


def _scored(before: Facts, after: Facts, _: Mapping[str, str]) -> Told:
    old, new = _number(before), _number(after)
    was, reason = before.get("reason") or "", after.get("reason") or ""
    name = about(after.get("name") or "")
    if old == new and was != reason:
        verb = "changed the feedback" if reason else "removed the feedback"
        return Told(f"{verb} on{name}" if name else verb, _short(was), _short(reason))
    return Told(f"scored{name}", "" if old == new else old, new, why=quoted(reason))


def _removed(before: Facts, _: Facts, __: Mapping[str, str]) -> Told:
    whose = before.get("author") or ""
    words = f"removed the score{about(before.get('name') or '')}"
    return Told(words, _number(before), whose=whose, why=quoted(before.get("reason") or ""))


def _wrote(before: Facts, after: Facts, _: Mapping[str, str]) -> Told:
    old, new = before.get("feedback") or "", after.get("feedback") or ""
    verb = "changed the feedback" if old else "wrote feedback"
    return Told(verb if new else "removed the feedback", _short(old), _short(new))


def _commented(words: str) -> Callable[[Facts, Facts, Mapping[str, str]], Told]:
    def teller(before: Facts, after: Facts, _: Mapping[str, str]) -> Told:
        return Told(words, _short(before.get("text") or ""), _short(after.get("text") or ""))

    return teller


def _attached(_: Facts, after: Facts, __: Mapping[str, str]) -> Told:
    return Told("attached", after=_short(after.get("file_name") or "a file"))


def _detached(before: Facts, _: Facts, __: Mapping[str, str]) -> Told:
    return Told("removed the file", before=_short(before.get("file_name") or ""))


def _corrected(before: Facts, after: Facts, _: Mapping[str, str]) -> Told:
    verb = "changed the correction" if before.get("output") else "corrected the output"
    return Told(verb, _output(before), _output(after))


def _uncorrected(before: Facts, after: Facts, _: Mapping[str, str]) -> Told:
    verb = (
        "went back to an earlier correction" if after.get("output") else "took the correction back"
    )
    return Told(verb, _output(before), _output(after))


def _moved(before: Facts, after: Facts, names: Mapping[str, str]) -> Told:
    old, new = (
        names.get(facts.get("project") or "", "one that is gone") for facts in (before, after)
    )
    return Told("moved it to another project:", old, new)


def _taken(_: Facts, after: Facts, names: Mapping[str, str]) -> Told:
    if after.get("error"):
        return Told("could not add it to a dataset", why=_short(after["error"]))
    source = after.get("source") or Datapoint.Source.OUTPUT
    dataset = names.get(after.get("dataset") or "", "a dataset that is gone")
    return Told("added it to", after=dataset, why=f"The {source} is the answer.")


def _asked_for(_: Facts, after: Facts, __: Mapping[str, str]) -> Told:
    return Told("asked the generator for a better answer", why=quoted(after.get("note") or ""))


def _tagged(words: str) -> Callable[[Facts, Facts, Mapping[str, str]], Told]:
    def teller(before: Facts, after: Facts, _: Mapping[str, str]) -> Told:
        return Told(words, _short(before.get("tag") or ""), _short(after.get("tag") or ""))

    return teller


_TELLERS: dict[str, Callable[[Facts, Facts, Mapping[str, str]], Told]] = {
    "score.set": _scored,
    "score.delete": _removed,
    "feedback.set": _wrote,
    "attachment.upload": _attached,
    "attachment.delete": _detached,
    "comment.add": _commented("commented"),
    "comment.edit": _commented("edited a comment"),
    "comment.delete": _commented("deleted a comment"),
    "correction.submit": _corrected,
    "correction.undo": _uncorrected,
    "trace.tag": _tagged("tagged it"),
    "trace.untag": _tagged("took a tag off"),
    "trace.move": _moved,
    "trace.add_to_dataset": _taken,
    "trace.ask_generator": _asked_for,
}
_PLAIN = {
    "trace.create": "sent the trace",
    "trace.patch": "changed what was sent",
    "trace.delete": "deleted it",
    "trace.restore": "restored it",
    "queue.add": "put it into a queue",
    "queue.remove": "took it out of a queue",
}


def _number(facts: Facts) -> str:
    value = facts.get("value")
    return "" if value is None else f"{Decimal(str(value)).normalize():f}"


def _output(facts: Facts) -> str:
    stored = facts.get("output")
    if not isinstance(stored, str):
        return ""
    value = normal_form.load(stored)
    return _short(value if isinstance(value, str) else stored)


def _short(text: str) -> str:
    text = " ".join(str(text).split())
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"
