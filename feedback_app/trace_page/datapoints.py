"""Whether a trace is an example in a dataset, and what would be its answer there."""

from dataclasses import dataclass
from decimal import Decimal

from feedback_app.models import Correction, Datapoint
from traces_app.access import Access
from traces_app.models import Trace

MOST = 20


@dataclass(frozen=True)
class Datapoints:
    """The datapoints that were made from the trace.

    ``answer`` is "output" or "correction": what one would hold that is made now; empty where
    there is nothing to take (architecture §3, datasets).
    """

    points: list[Datapoint]
    threshold: Decimal
    answer: str


def of(access: Access, trace: Trace) -> Datapoints:
    """Two queries. A trace that was moved keeps its datapoints where they are."""
    points = Datapoint.objects.visible_to(access).filter(trace_id=trace.pk)
    corrections = Correction.objects.visible_to(access).submitted()
    has_correction = corrections.filter(project_id=trace.project_id, trace_id=trace.pk).exists()
    threshold = trace.project.dataset_threshold
    answer = "correction" if has_correction else ""
    if trace.score is not None and trace.score >= threshold:
        answer = "output"
    return Datapoints(
        list(points.select_related("dataset").order_by("pk")[:MOST]), threshold, answer
    )
