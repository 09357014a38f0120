"""Whether a trace is an example in a dataset, and what would be its answer there."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from feedback_app.models import Datapoint, Dataset
from feedback_app.reading.chats import messages_of
from feedback_app.reading.differences import Piece, differences
from feedback_app.services import answers, generations
from feedback_app.services.answers import Answer, Wanted
from feedback_app.trace_page import changes
from feedback_app.trace_page.changes import Change
from traces_app.access import Access
from traces_app.models import Trace

MOST = 20


@dataclass(frozen=True)
class Line:
    """A datapoint that was made from the trace.

    ``pieces`` show how a generated answer that waits for approval differs from the output.
    """

    point: Datapoint
    pieces: list[Piece]
    change: Change | None


@dataclass(frozen=True)
class Datapoints:
    """The datapoints that were made from the trace, and the datasets that may take it as well.

    ``answer`` is "output", "correction" or "generated": what one would hold that is made now;
    empty where there is nothing to take (architecture §3, datasets).
    """

    lines: list[Line]
    threshold: Decimal
    answer: str
    choices: list[Dataset]
    is_running: bool
    has_generator: bool

    @property
    def points(self) -> list[Datapoint]:
        return [line.point for line in self.lines]


def of(access: Access, trace: Trace) -> Datapoints:
    """A trace that was moved keeps its datapoints where they are."""
    mine = Datapoint.objects.visible_to(access).filter(trace_id=trace.pk)
    points = list(mine.select_related("dataset").order_by("pk")[:MOST])
    changed = changes.of(points, trace)
    return Datapoints(
        lines=[
            Line(
                point,
                replaced(point) if point.is_waiting else [],
                changed.get(point.pk),
            )
            for point in points
        ],
        threshold=trace.project.dataset_threshold,
        answer=_answer(access, trace),
        choices=_choices(access, trace, points),
        is_running=trace.pk in generations.running([trace]),
        has_generator=settings.GENERATOR is not None,
    )


def replaced(point: Datapoint) -> list[Piece]:
    """How a datapoint's answer differs from the output that it took the place of."""
    chat = messages_of(point.content)
    if not point.rejected or chat is None:
        return []
    return differences(point.rejected, chat[-1]["content"])


def _answer(access: Access, trace: Trace) -> str:
    if access.sees_queues_only:
        return ""
    ((_, found),) = answers.of([trace])
    if isinstance(found, Answer):
        return str(found.source)
    return "generated" if isinstance(found, Wanted) and settings.GENERATOR else ""


def _choices(access: Access, trace: Trace, points: list[Datapoint]) -> list[Dataset]:
    """The project's own dataset first; none where it has no other."""
    here = Dataset.objects.visible_to(access).filter(project_id=trace.project_id)
    found = list(here.order_by("-is_default", "name", "pk")[:MOST])
    holding = {point.dataset_id for point in points}
    return [dataset for dataset in found if dataset.pk not in holding]
