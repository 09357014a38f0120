"""What has become of a trace since a datapoint was made of it: in words, and as a difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from feedback_app.models import Datapoint
from feedback_app.models.taken import NOTHING
from feedback_app.reading.differences import Piece, differences
from feedback_app.reading.example_text import as_text
from feedback_app.services import answers
from feedback_app.services.answers import Answer, Found
from traces_app.models import Trace

_WORDS = {
    ("output", "output"): "The trace's output has changed since it was added.",
    ("output", "correction"): (
        "The score has fallen below the threshold since it was added: the correction is the answer."
    ),
    ("output", NOTHING): (
        "The score has fallen below the threshold since it was added, and nobody has corrected it."
    ),
    ("correction", "output"): (
        "The score has reached the threshold since it was added: the output is the answer."
    ),
    ("correction", "correction"): "The correction has changed since it was added.",
    ("correction", NOTHING): "The correction has been taken back since it was added.",
    (NOTHING, "output"): (
        "The score has reached the threshold since it was generated: the output is the answer."
    ),
    (NOTHING, "correction"): "Somebody has corrected the output since it was generated.",
}


@dataclass(frozen=True)
class Change:
    """``pieces`` is None where the trace gives no answer that a datapoint could hold."""

    words: str
    now: str
    pieces: list[Piece] | None


def of(points: Sequence[Datapoint], trace: Trace) -> dict[UUID, Change]:
    """By datapoint; nothing for one whose trace gives what it gave. Four queries for all."""
    made = [point for point in points if point.taken and point.project_id == trace.project_id]
    if not made:
        return {}
    now = answers.now(trace)
    changed = [point for point in made if point.taken != now]
    if not changed:
        return {}
    ((_, found),) = answers.of([trace])
    return {point.pk: _change(point, now, found) for point in changed}


def _change(point: Datapoint, now: str, found: Found) -> Change:
    words = _WORDS[point.taken.partition(":")[0], now.partition(":")[0]]
    if not isinstance(found, Answer):
        return Change(words, now, None)
    return Change(words, now, differences(as_text(point.content), as_text(found.content)))
