"""What the bar below a list offers to do with its traces."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from feedback_app.job_page import pages
from feedback_app.models import Dataset
from feedback_app.queue_page import filling
from traces_app.access import Access
from traces_app.models import AnnotationQueue, FeedbackDefinition

MOST = 100
Scope = AnnotationQueue.Scope


@dataclass(frozen=True)
class Offers:
    """Where traces, or their conversations, can be put, names of scores that the workspace has
    defined, and the caller's jobs that still run."""

    queues: list[AnnotationQueue]
    of_threads: list[AnnotationQueue]
    of_pairs: list[AnnotationQueue]
    datasets: list[Dataset]
    names: list[str]
    running: list[UUID]


def of(access: Access, projects: Sequence[UUID]) -> Offers | None:
    """None for whoever may only read. Six queries."""
    if not access.may_write:
        return None
    datasets = Dataset.objects.visible_to(access).filter(project_id__in=projects)
    definitions = FeedbackDefinition.objects.visible_to(access).order_by("name")
    return Offers(
        queues=filling.targets(access, projects, Scope.TRACE),
        of_threads=filling.targets(access, projects, Scope.THREAD),
        of_pairs=filling.targets(access, projects, Scope.PAIR),
        datasets=list(datasets.select_related("project").order_by("-pk")[:MOST]),
        names=list(definitions.values_list("name", flat=True)[:MOST]),
        running=pages.running(access),
    )
