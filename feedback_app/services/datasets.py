"""Datasets: taking traces in as examples (prem.md §4.6, architecture §3)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from uuid_utils.compat import uuid7

from feedback_app.models import Datapoint, Dataset
from feedback_app.models.datasets import digest_of
from feedback_app.services import answers, generations, marked_traces, named_datasets
from feedback_app.services.answers import Answer, Lack, Wanted
from traces_app.access import Access
from traces_app.errors import Conflict, NotFound
from traces_app.models import NIL, Project, Trace
from traces_app.services import events
from traces_app.services.meetings import survives_meeting

AT_ONCE = 100
"""Traces in one transaction; their contents are held in memory."""
MAX_NAME = 255
TAKEN = (
    "project_id", "input", "output", "score", "feedback", "processing_status", "processing_error",
)  # fmt: skip
"""What is read of a trace that goes into a dataset."""
NO_TRACE = "Trace not found"
NO_DATASET = "Dataset not found"


@dataclass(slots=True)
class Added:
    """What became of one trace: a datapoint, an answer in the making, or why there is neither."""

    trace_id: UUID
    datapoint_id: UUID | None = None
    error: str = ""
    is_new: bool = field(default=False, compare=False)
    """Whether it was this call that took it in."""

    @property
    def status(self) -> Literal["added", "queued", "failed"]:
        if self.datapoint_id:
            return "added"
        return "failed" if self.error else "queued"


Draft: TypeAlias = tuple[Trace, Answer]
Refused: TypeAlias = tuple[Trace, str]


@survives_meeting
@transaction.atomic
def add_trace(*, access: Access, trace_id: UUID, dataset_id: UUID | None = None) -> Added:
    """Take a trace into the dataset, else its project's default one; once, however often asked.

    Raises Forbidden, and NotFound for the trace or for a dataset that is not of its project.
    """
    access.must_write()
    dataset = _dataset(access, dataset_id)
    result = _add(access, [trace_id], dataset).get(trace_id)
    if result is None:
        raise NotFound(NO_TRACE)
    if result.error == NO_DATASET:
        raise NotFound(NO_DATASET)
    return result


def add_traces(
    *, access: Access, ids: Sequence[UUID], dataset_id: UUID | None = None
) -> list[Added]:
    """Take many traces in, each for itself; a result for each of ``ids``, in their order."""
    access.must_write()
    dataset = _dataset(access, dataset_id)
    wanted = sorted(set(ids))
    results: dict[UUID, Added] = {}
    for start in range(0, len(wanted), AT_ONCE):
        results |= _add(access, wanted[start : start + AT_ONCE], dataset)
    return [results.get(pk) or Added(pk, error=NO_TRACE) for pk in ids]


@transaction.atomic
def default_of(*, access: Access, project: Project) -> Dataset:
    """The project's default dataset, held; made when missing, under the project's name if free.

    Raises Conflict when somebody takes the same name at the same moment.
    """
    defaults = Dataset.objects.filter(project=project, is_default=True)
    known = defaults.select_for_update(no_key=True).first()
    if known is not None:
        return known
    try:
        dataset, is_new = Dataset.objects.get_or_create(
            project_id=project.pk,
            is_default=True,
            defaults={"name": _free_name(project), "created_by_id": access.author_id},
        )
    except IntegrityError as error:
        raise Conflict("A dataset of this name was made just now. Try again.") from error
    if is_new:
        change = events.Change("dataset.create", "dataset", dataset.pk, project.pk)
        change.after["name"] = dataset.name
        events.record(access, [change])
    return dataset


def _dataset(access: Access, dataset_id: UUID | None) -> Dataset | None:
    if dataset_id is None:
        return None
    dataset = Dataset.objects.visible_to(access).filter(pk=dataset_id).first()
    if dataset is None:
        raise NotFound(NO_DATASET)
    return dataset


@survives_meeting
@transaction.atomic
def _add(access: Access, ids: Collection[UUID], dataset: Dataset | None) -> dict[UUID, Added]:
    """Results by trace; ids that the caller does not see have none."""
    traces = _locked(access, ids)
    there = _existing(access, traces, dataset)
    results = {pk: Added(pk, datapoint_id) for pk, datapoint_id in there.items()}
    fresh = [trace for trace in traces if trace.pk not in there]
    if dataset is not None:
        strangers = [trace.pk for trace in fresh if trace.project_id != dataset.project_id]
        results |= {pk: Added(pk, error=NO_DATASET) for pk in strangers}
        fresh = [trace for trace in fresh if trace.pk not in results]
    found = answers.of(fresh)
    points = store(
        access=access,
        drafts=[(trace, answer) for trace, answer in found if isinstance(answer, Answer)],
        dataset=dataset,
    )
    results |= {point.trace_id: Added(point.trace_id, point.pk, is_new=True) for point in points}
    failed = [(trace, answer.why) for trace, answer in found if isinstance(answer, Lack)]
    wanted = [trace for trace, answer in found if isinstance(answer, Wanted)]
    if settings.GENERATOR is None:
        failed += [(trace, generations.NO_GENERATOR) for trace in wanted]
    else:
        results |= _asked(access, wanted, dataset)
    refuse(access=access, failed=failed)
    return results | {trace.pk: Added(trace.pk, error=why) for trace, why in failed}


def store(
    *,
    access: Access,
    drafts: Sequence[Draft],
    dataset: Dataset | None,
    is_waiting: bool = False,
) -> list[Datapoint]:
    """Make datapoints of traces that the caller holds, in ``dataset`` or in their projects' own."""
    if not drafts:
        return []
    homes = {trace.project_id for trace, _ in drafts}
    into: dict[UUID, UUID] = {}
    for project in Project.objects.filter(pk__in=homes).order_by("pk"):
        into[project.pk] = (dataset or default_of(access=access, project=project)).pk
        named_datasets.changed(project_id=project.pk, dataset_ids=[into[project.pk]])
    points = Datapoint.objects.bulk_create(
        Datapoint(
            id=uuid7(),
            project_id=trace.project_id,
            dataset_id=into[trace.project_id],
            trace_id=trace.pk,
            content=answer.content,
            source=answer.source,
            rejected=answer.rejected,
            taken=answer.taken,
            made_digest=digest_of(answer.content),
            is_waiting=is_waiting,
            created_by_id=access.author_id,
        )
        for trace, answer in drafts
    )
    marked_traces.settled(project_ids=homes, trace_ids=[point.trace_id for point in points])
    events.record(access, [_taken(point) for point in points])
    return points


def refuse(*, access: Access, failed: Sequence[Refused]) -> None:
    """Say on traces that the caller holds why they are in no dataset."""
    events.record(access, [_refused(trace, reason) for trace, reason in failed])
    for trace, reason in failed:
        trace.processing_status, trace.processing_error = Trace.ProcessingStatus.FAILED, reason
    homes = {trace.project_id for trace, _ in failed}
    traces = Trace.objects.filter(project_id__in=homes)
    traces.bulk_update([trace for trace, _ in failed], ["processing_status", "processing_error"])


def _asked(access: Access, wanted: Sequence[Trace], dataset: Dataset | None) -> dict[UUID, Added]:
    """Have answers written; one that is being written is not asked for twice."""
    there = generations.running(wanted)
    fresh = [trace for trace in wanted if trace.pk not in there]
    if fresh:
        generations.ask(access=access, traces=fresh, dataset=dataset)
    into = NIL if dataset is None else dataset.pk
    return {
        trace.pk: Added(
            trace.pk,
            error=generations.ELSEWHERE
            if trace.pk in there and there[trace.pk].dataset_id != into
            else "",
        )
        for trace in wanted
    }


def _locked(access: Access, ids: Collection[UUID]) -> list[Trace]:
    # The lock makes two requests for one trace come one after the other; taken in the order in
    # which batches write, so that the two never wait for each other.
    visible = Trace.objects.visible_to(access).filter(pk__in=ids).order_by("project_id", "pk")
    return list(visible.only(*TAKEN).select_for_update(no_key=True))


def _existing(access: Access, traces: Iterable[Trace], dataset: Dataset | None) -> dict[UUID, UUID]:
    """Datapoints by trace, in ``dataset`` or in any: a moved trace's stays where it was."""
    points = Datapoint.objects.visible_to(access).filter(trace_id__in=[t.pk for t in traces])
    if dataset is not None:
        points = points.filter(dataset_id=dataset.pk)
    return dict(points.order_by("-pk").values_list("trace_id", "pk"))


def _taken(point: Datapoint) -> events.Change:
    after: dict[str, object] = {
        "datapoint": str(point.pk),
        "dataset": str(point.dataset_id),
        "source": point.source,
    }
    return events.Change(
        "trace.add_to_dataset", "trace", point.trace_id, point.project_id, after=after
    )


def _refused(trace: Trace, reason: str) -> events.Change:
    before: dict[str, object] = {"status": trace.processing_status, "error": trace.processing_error}
    after: dict[str, object] = {"status": "failed", "error": reason}
    return events.Change("trace.add_to_dataset", "trace", trace.pk, trace.project_id, before, after)


def _free_name(project: Project) -> str:
    taken = set(Dataset.objects.filter(project=project).values_list("name", flat=True))
    name, number = project.name, 2
    while name in taken:
        ending = f" {number}"
        name, number = project.name[: MAX_NAME - len(ending)] + ending, number + 1
    return name
