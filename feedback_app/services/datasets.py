"""Datasets: taking traces in as examples (prem.md §4.6, architecture §3)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from django.db import IntegrityError, transaction
from uuid_utils.compat import uuid7

from feedback_app.models import Correction, Datapoint, Dataset
from feedback_app.reading.chats import NoChat, answer_of, chat
from feedback_app.services import named_datasets
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, NotFound
from traces_app.models import Project, Trace
from traces_app.services import events

AT_ONCE = 100
"""Traces in one transaction; their contents are held in memory."""
MAX_NAME = 255
NO_TRACE = "Trace not found"
NO_DATASET = "Dataset not found"


@dataclass(slots=True)
class Added:
    """What became of one trace: a datapoint, or the reason why there is none."""

    trace_id: UUID
    datapoint_id: UUID | None = None
    error: str = ""

    @property
    def status(self) -> Literal["added", "failed"]:
        return "added" if self.datapoint_id else "failed"


@dataclass(slots=True)
class _Draft:
    trace: Trace
    content: str
    source: Datapoint.Source
    rejected: str = ""


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
        with transaction.atomic():
            results |= _add(access, wanted[start : start + AT_ONCE], dataset)
    return [results.get(pk) or Added(pk, error=NO_TRACE) for pk in ids]


@transaction.atomic
def default_of(*, access: Access, project: Project) -> Dataset:
    """The project's default dataset; made when missing, under the project's name if it is free.

    Raises Conflict when somebody takes the same name at the same moment.
    """
    known = Dataset.objects.filter(project=project, is_default=True).first()
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
    drafts, failed = _drafts(fresh)
    points = _store(access, drafts, dataset)
    _mark(access, points, failed)
    results |= {point.trace_id: Added(point.trace_id, point.pk) for point in points}
    return results | {trace.pk: Added(trace.pk, error=why) for trace, why in failed}


def _locked(access: Access, ids: Collection[UUID]) -> list[Trace]:
    # The lock makes two requests for one trace come one after the other; taken in the order in
    # which batches write, so that the two never wait for each other.
    visible = Trace.objects.visible_to(access).filter(pk__in=ids).order_by("project_id", "pk")
    fields = ("project_id", "input", "output", "score", "processing_status", "processing_error")
    return list(visible.only(*fields).select_for_update(no_key=True))


def _existing(access: Access, traces: Iterable[Trace], dataset: Dataset | None) -> dict[UUID, UUID]:
    """Datapoints by trace, in ``dataset`` or in any: a moved trace's stays where it was."""
    points = Datapoint.objects.visible_to(access).filter(trace_id__in=[t.pk for t in traces])
    if dataset is not None:
        points = points.filter(dataset_id=dataset.pk)
    return dict(points.order_by("-pk").values_list("trace_id", "pk"))


def _drafts(traces: Sequence[Trace]) -> tuple[list[_Draft], list[tuple[Trace, str]]]:
    homes = {trace.project_id for trace in traces}
    projects = Project.objects.in_bulk(homes)
    corrections = _corrections(traces)
    drafts: list[_Draft] = []
    failed: list[tuple[Trace, str]] = []
    for trace in traces:
        try:
            threshold = projects[trace.project_id].dataset_threshold
            drafts.append(_draft(trace, threshold, corrections.get(trace.pk)))
        except NoChat as reason:
            failed.append((trace, str(reason)))
    return drafts, failed


def _corrections(traces: Sequence[Trace]) -> dict[UUID, str]:
    """The newest submitted correction of each trace."""
    submitted = Correction.objects.submitted().filter(
        project_id__in={trace.project_id for trace in traces},
        trace_id__in=[trace.pk for trace in traces],
    )
    return dict(submitted.order_by("submitted_at", "pk").values_list("trace_id", "output"))


def _draft(trace: Trace, threshold: Decimal, correction: str | None) -> _Draft:
    if trace.score is not None and trace.score >= threshold:
        answer, source = trace.output, Datapoint.Source.OUTPUT
    elif correction is not None:
        answer, source = correction, Datapoint.Source.CORRECTION
    else:
        raise NoChat(_what_is_missing(trace.score, threshold))
    content = normal_form.dump({"messages": chat(trace.input, answer)})
    is_better = source != Datapoint.Source.OUTPUT
    return _Draft(trace, content, source, answer_of(trace.output) if is_better else "")


def _what_is_missing(score: Decimal | None, threshold: Decimal) -> str:
    enough = f"{threshold.normalize():f}"
    has = "has no score" if score is None else f"has the score {score.normalize():f}"
    return (
        f"The trace {has} and no correction: its output is taken from {enough} on, "
        "below that somebody's submitted correction. No generator is set up to write one."
    )


def _store(access: Access, drafts: Sequence[_Draft], dataset: Dataset | None) -> list[Datapoint]:
    homes = {draft.trace.project_id for draft in drafts}
    into: dict[UUID, UUID] = {}
    for project in Project.objects.filter(pk__in=homes).order_by("pk"):
        into[project.pk] = (dataset or default_of(access=access, project=project)).pk
        named_datasets.changed(project_id=project.pk, dataset_ids=[into[project.pk]])
    return Datapoint.objects.bulk_create(
        Datapoint(
            id=uuid7(),
            project_id=draft.trace.project_id,
            dataset_id=into[draft.trace.project_id],
            trace_id=draft.trace.pk,
            content=draft.content,
            source=draft.source,
            rejected=draft.rejected,
            created_by_id=access.author_id,
        )
        for draft in drafts
    )


def _mark(access: Access, points: list[Datapoint], failed: list[tuple[Trace, str]]) -> None:
    homes = {point.project_id for point in points} | {trace.project_id for trace, _ in failed}
    traces = Trace.objects.filter(project_id__in=homes)
    status = Trace.ProcessingStatus
    traces.filter(pk__in=[point.trace_id for point in points]).update(
        added_to_dataset=True, processing_status=status.NONE, processing_error=""
    )
    changes = [_taken(point) for point in points]
    for trace, reason in failed:
        changes.append(_refused(trace, reason))
        trace.processing_status, trace.processing_error = status.FAILED, reason
    traces.bulk_update([trace for trace, _ in failed], ["processing_status", "processing_error"])
    events.record(access, changes)


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
