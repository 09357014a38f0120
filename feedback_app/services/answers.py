"""Which answer a trace gives a dataset: its output, a correction, or one that must be written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from feedback_app.models import Correction, Datapoint
from feedback_app.models.datasets import digest_of
from feedback_app.models.taken import NOTHING, taken
from feedback_app.reading.chats import NoChat, answer_of, chat
from traces_app import normal_form
from traces_app.models import Project, Trace


@dataclass(frozen=True, slots=True)
class Answer:
    """What a datapoint holds, and the output that it takes the place of, if it does."""

    content: str
    source: Datapoint.Source
    taken: str
    rejected: str = ""


COLUMNS = ("content", "digest", "source", "rejected", "taken", "made_digest")
"""What ``put_into`` writes."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Nobody has written the answer, but people said enough for the generator to try."""


@dataclass(frozen=True, slots=True)
class Lack:
    """There is no answer; ``why`` says what is missing."""

    why: str


Found: TypeAlias = Answer | Wanted | Lack


def of(traces: Sequence[Trace]) -> list[tuple[Trace, Found]]:
    """What each of these gives by now; two queries."""
    projects = Project.objects.in_bulk({trace.project_id for trace in traces})
    corrected = newest(traces)
    return [
        (trace, _found(trace, projects[trace.project_id].dataset_threshold, corrected))
        for trace in traces
    ]


def now(trace: Trace) -> str:
    """What this trace gives by now, as ``Datapoint.taken`` keeps it."""
    project = Project.objects.only("dataset_threshold").get(pk=trace.project_id)
    given = _given(trace, project.dataset_threshold, newest([trace]))
    return taken(*given) if given else NOTHING


def put_into(point: Datapoint, answer: Answer) -> None:
    """Let an unsaved or held datapoint hold this answer."""
    point.content, point.source = answer.content, answer.source
    point.rejected, point.taken = answer.rejected, answer.taken
    point.made_digest = digest_of(answer.content)


def generated(trace: Trace, text: str) -> Answer | Lack:
    """The answer that the generator wrote."""
    return _answer(trace, normal_form.dump(text), Datapoint.Source.GENERATED)


def newest(traces: Iterable[Trace]) -> dict[object, str]:
    """The newest submitted correction of each trace, by its id."""
    submitted = Correction.objects.submitted().filter(
        project_id__in={trace.project_id for trace in traces},
        trace_id__in=[trace.pk for trace in traces],
    )
    return dict(submitted.order_by("submitted_at", "pk").values_list("trace_id", "output"))


def _found(trace: Trace, threshold: Decimal, corrected: dict[object, str]) -> Found:
    given = _given(trace, threshold, corrected)
    if given is not None:
        return _answer(trace, given[1], given[0])
    if trace.score is None or not (trace.feedback or "").strip():
        return Lack(_what_is_missing(trace.score, threshold))
    # Whatever will be written, the question must be one that a dataset can hold.
    tried = _answer(trace, normal_form.dump("?"), Datapoint.Source.GENERATED)
    return tried if isinstance(tried, Lack) else Wanted()


def _given(
    trace: Trace, threshold: Decimal, corrected: dict[object, str]
) -> tuple[Datapoint.Source, str | None] | None:
    """Where the answer comes from and its JSON text, if people have said it."""
    if trace.score is not None and trace.score >= threshold:
        return Datapoint.Source.OUTPUT, trace.output
    if trace.pk in corrected:
        return Datapoint.Source.CORRECTION, corrected[trace.pk]
    return None


def _answer(trace: Trace, answer: str | None, source: Datapoint.Source) -> Answer | Lack:
    try:
        content = normal_form.dump({"messages": chat(trace.input, answer)})
    except NoChat as reason:
        return Lack(str(reason))
    rejected = "" if source == Datapoint.Source.OUTPUT else answer_of(trace.output)
    basis = NOTHING if source == Datapoint.Source.GENERATED else taken(source, answer)
    return Answer(content, source, basis, rejected)


def _what_is_missing(score: Decimal | None, threshold: Decimal) -> str:
    enough = f"{threshold.normalize():f}"
    if score is None:
        return (
            "The trace has no score and no correction: its output is taken from the score "
            f"{enough} on, below that somebody's submitted correction."
        )
    return (
        f"The trace has the score {score.normalize():f}, no correction and no feedback: below "
        f"{enough} its answer is somebody's submitted correction, or is written from feedback."
    )
