"""Asking the generator for better answers; ``written_answers`` takes in what comes of it."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from feedback_app.models import Datapoint, Dataset, Generation
from traces_app.access import Access
from traces_app.models import NIL, Job, Trace
from traces_app.services import events, jobs

KIND = "answers.write"
TRIES = 7
"""Attempts; with their waits that is about ten minutes, or longer where the endpoint says so."""
NO_GENERATOR = (
    "No generator is configured. Somebody may correct the output instead, or the operator may name "
    "an endpoint in GENERATOR_BASE_URL."
)
ELSEWHERE = "Its answer is being written for another dataset. Add it to this one afterwards."


def ask(*, access: Access, traces: Sequence[Trace], dataset: Dataset | None) -> None:
    """Have answers written for these traces, which the caller holds and none of which runs."""
    _make(access, traces, [_row(access, trace, dataset) for trace in traces])


def ask_again(*, access: Access, trace: Trace, point: Datapoint, note: str) -> None:
    """Have another answer written for a datapoint, in the caller's transaction."""
    row = _row(access, trace, None)
    row.dataset_id, row.datapoint_id, row.digest = point.dataset_id, point.pk, point.digest
    row.note = note
    _make(access, [trace], [row])


def overtake(point: Datapoint) -> None:
    """Another answer that is being written for this datapoint comes too late.

    In the caller's transaction, which has the trace locked before the datapoint.
    """
    mine = Generation.objects.filter(project_id=point.project_id, trace_id=point.trace_id)
    mine.filter(datapoint_id=point.pk).update(digest="")


def running(traces: Sequence[Trace]) -> dict[UUID, Generation]:
    """The answers that are being written, by trace."""
    rows = Generation.objects.filter(
        project_id__in={trace.project_id for trace in traces},
        trace_id__in=[trace.pk for trace in traces],
    )
    return {row.trace_id: row for row in rows}


def number_for(dataset: Dataset) -> int:
    """How many answers are being written for it."""
    named = [dataset.pk, NIL] if dataset.is_default else [dataset.pk]
    rows = Generation.objects.filter(project_id=dataset.project_id, dataset_id__in=named)
    return rows.count()


def _row(access: Access, trace: Trace, dataset: Dataset | None) -> Generation:
    return Generation(
        project_id=trace.project_id,
        trace_id=trace.pk,
        dataset_id=NIL if dataset is None else dataset.pk,
        workspace_id=access.workspace_id,
        user_id=access.user_id,
        author_id=access.author_id,
        asked_at=timezone.now(),
    )


def _make(access: Access, traces: Sequence[Trace], rows: Sequence[Generation]) -> None:
    asked = jobs.enqueue_each(
        kind=KIND,
        payloads=[{"generation": str(row.pk)} for row in rows],
        lane=Job.Lane.ASKING,
        max_attempts=TRIES,
        workspace_id=access.workspace_id,
        created_by_id=access.user_id,
    )
    for row, job in zip(rows, asked, strict=True):
        row.job_id = job.pk
    Generation.objects.bulk_create(rows)
    Trace.objects.filter(
        project_id__in={trace.project_id for trace in traces},
        pk__in=[trace.pk for trace in traces],
    ).update(processing_status=Trace.ProcessingStatus.PROCESSING, processing_error="")
    events.record(access, [_asked(row) for row in rows])


def _asked(row: Generation) -> events.Change:
    after: dict[str, object] = {"dataset": str(row.dataset_id)}
    if row.note:
        after["note"] = row.note
    return events.Change("trace.ask_generator", "trace", row.trace_id, row.project_id, after=after)
