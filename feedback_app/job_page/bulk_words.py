"""What is done to many traces, in words: on the job's page, and right after it was done."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from feedback_app.job_page.told import Link, Refused, Told
from feedback_app.services.bulk_actions import SCOPES, Action, Outcome, Verb
from feedback_app.services.bulk_jobs import Progress
from traces_app.models import VERDICT

_DONE = {
    Verb.QUEUE: "added",
    Verb.THREAD: "conversations added",
    Verb.PAIR: "added",
    Verb.DATASET: "added",
    Verb.TAG: "tagged",
    Verb.UNTAG: "untagged",
    Verb.SCORE: "scored",
    Verb.DELETE: "deleted",
}
_THERE = {
    Verb.QUEUE: ("was in it already", "were in it already"),
    Verb.THREAD: ("came with another or was in it", "came with others or were in it"),
    Verb.PAIR: ("was judged there already, or is in it", "were judged there already, or are in it"),
    Verb.DATASET: ("was in it already", "were in it already"),
    Verb.TAG: ("had it already", "had it already"),
    Verb.UNTAG: ("did not have it", "did not have it"),
}
_CHANGED = "they were changed after it"
_BEGUN = "somebody has begun them or taken them out"
_LEFT = {
    Verb.QUEUE: _BEGUN,
    Verb.THREAD: _BEGUN,
    Verb.PAIR: _BEGUN,
    Verb.DATASET: "they were changed after it or taken out",
}


def tell(payload: dict[str, Any], progress: dict[str, Any]) -> Told:
    """A job's words, by what it was asked for and how far it is."""
    action, so_far = Action.read(payload["action"]), Progress.read(progress)
    refused = tuple(
        Refused(UUID(pk), why, reverse("trace", args=[pk])) for pk, why in so_far.first_refused
    )
    return Told(
        title(action, payload["target_name"]),
        _result(action.verb, so_far),
        refused,
        so_far.refused,
        _links(action, payload),
    )


def tell_return(payload: dict[str, Any], progress: dict[str, Any]) -> Told:
    """The words of a job that takes another one back."""
    action = Action.read(payload["action"])
    parts = [f"{progress.get('back', 0):,} taken back"]
    if left := progress.get("left", 0):
        parts.append(f"{left:,} left alone, since {_LEFT.get(action.verb, _CHANGED)}")
    return Told(
        f"Take back: {title(action, payload['target_name'])}",
        f"{', '.join(parts)}.",
        links=(Link(reverse("job", args=[payload["job"]]), "What was done"),),
    )


def title(action: Action, target: str) -> str:
    """``target`` is the name of the queue or dataset."""
    if action.verb == Verb.QUEUE:
        return f"Add to the queue “{target}”"
    if action.verb == Verb.THREAD:
        return f"Add conversations to the queue “{target}”"
    if action.verb == Verb.PAIR:
        return f"Add to the queue of pairs “{target}”, each with its correction"
    if action.verb == Verb.DATASET:
        return f"Add to the dataset “{target}”" if target else "Add to the project's dataset"
    if action.verb == Verb.DELETE:
        return "Delete"
    if action.verb == Verb.SCORE:
        name = "" if action.name == VERDICT else f" “{action.name}”"
        return f"Score{name} {action.value.normalize():f}"
    verb = "Tag" if action.verb == Verb.TAG else "Take off the tag"
    return f"{verb} “{action.tag}”"


def summary(action: Action, target: str, outcome: Outcome) -> str:
    """What came of picked rows, in a sentence."""
    parts = _parts(action.verb, outcome, len(outcome.refused))
    why = next(iter(outcome.refused.values()), "")
    return f"{title(action, target)}: {', '.join(parts)}{f' ({why})' if why else '.'}"


def _result(verb: Verb, so_far: Progress) -> str:
    parts = _parts(verb, so_far, so_far.refused)
    return f"{so_far.matched:,} matched: {', '.join(parts)}."


def _parts(verb: Verb, came: Outcome | Progress, refused: int) -> list[str]:
    parts = [f"{came.done:,} {_DONE[verb]}"]
    if came.there:
        parts.append(f"{came.there:,} {_THERE[verb][came.there != 1]}")
    if came.queued:
        parts.append(f"{came.queued:,} left to the generator")
    if refused:
        parts.append(f"{refused:,} refused")
    return parts


def _links(action: Action, payload: dict[str, Any]) -> tuple[Link, ...]:
    links = []
    if action.verb in SCOPES:
        links.append(Link(reverse("queue", args=[action.target]), "Open the queue"))
    if action.verb == Verb.DATASET and action.target:
        links.append(Link(reverse("dataset", args=[action.target]), "Open the dataset"))
    if action.verb == Verb.DELETE:
        links.append(Link(reverse("trash"), "Open the trash"))
    query = payload["query"]
    links.append(Link(f"{reverse('traces')}?{query}" if query else reverse("traces"), "The list"))
    return tuple(links)
