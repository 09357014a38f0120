"""Bringing a datapoint up to date with its trace, or keeping it as it is; always by a person."""

from uuid import UUID

from django.db import transaction

from feedback_app.models import Datapoint
from feedback_app.services import answers, datapoints, datasets, marked_traces, named_datasets
from feedback_app.services.answers import Answer, Lack
from traces_app.access import Access
from traces_app.errors import Conflict, NotFound
from traces_app.models import NIL, Trace
from traces_app.services import events

CHANGED_AGAIN = "The trace changed again meanwhile. Look at the difference, then decide."
EDITED = "Somebody edited this datapoint by hand. Say that the update may write over that."
NO_ANSWER = "The trace gives no answer by now: there is nothing to update from."
TRACE_GONE = "Its trace is gone or was moved: there is nothing to update from."


@transaction.atomic
def update(
    *, access: Access, datapoint_id: UUID, digest: str, now: str, over_edits: bool = False
) -> Datapoint:
    """Hold what the trace gives by now; the bucket stays, and so do snapshots.

    ``digest`` and ``now`` are of the difference that was looked at. Raises Forbidden, NotFound, and
    Conflict when either changed, or when a person's edit would be lost without ``over_edits``.
    """
    point, trace = _held(access, datapoint_id, digest, now)
    if point.is_edited and not over_edits:
        raise Conflict(EDITED)
    ((_, found),) = answers.of([trace])
    if not isinstance(found, Answer):
        raise Conflict(found.why if isinstance(found, Lack) else NO_ANSWER)
    before = point.content
    answers.put_into(point, found)
    point.is_waiting = False
    point.save(update_fields=[*answers.COLUMNS, "is_waiting", "last_updated_at"])
    named_datasets.changed(project_id=point.project_id, dataset_ids=[point.dataset_id])
    change = events.Change("datapoint.update", "datapoint", point.pk, point.project_id)
    change.before["content"], change.after["content"] = before, point.content
    events.record(access, [change])
    return point


@transaction.atomic
def keep(*, access: Access, datapoint_id: UUID, digest: str, now: str) -> Datapoint:
    """Leave it as it is, and say no more of what the trace gives by now. Raises as ``update``."""
    point, _ = _held(access, datapoint_id, digest, now)
    change = events.Change("datapoint.keep", "datapoint", point.pk, point.project_id)
    change.before["taken"], change.after["taken"] = point.taken, now
    point.taken = now
    point.save(update_fields=["taken"])
    events.record(access, [change])
    return point


def _held(access: Access, datapoint_id: UUID, digest: str, now: str) -> tuple[Datapoint, Trace]:
    access.must_write()
    visible = Datapoint.objects.visible_to(access).filter(pk=datapoint_id)
    trace_id = visible.values_list("trace_id", flat=True).first()
    if trace_id is None:
        raise NotFound(datapoints.NO_DATAPOINT)
    marked_traces.lock(access=access, trace_ids={trace_id} - {NIL})
    point = datapoints.locked_one(access=access, datapoint_id=datapoint_id, digest=digest)
    here = Trace.objects.visible_to(access).filter(project_id=point.project_id, pk=trace_id)
    trace = here.only(*datasets.TAKEN).first()
    if trace is None:
        raise Conflict(TRACE_GONE)
    if answers.now(trace) != now:
        raise Conflict(CHANGED_AGAIN)
    return point, trace
