"""What a person makes of a generated answer: approved, rejected, or asked for again."""

from uuid import UUID

from django.conf import settings
from django.db import transaction

from feedback_app.models import Datapoint
from feedback_app.services import datapoints, datasets, generations, marked_traces, named_datasets
from feedback_app.services.datapoints import Deletion
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import NIL, Trace
from traces_app.services import events

LONGEST_WORDS = 2_000
NOT_WAITING = "This datapoint does not wait for approval any more."
NOT_GENERATED = "Only a generated answer can be asked for again."
RUNNING = "Its answer is being written already."
TRACE_GONE = "Its trace is gone or was moved: there is nothing to ask about."
WHY = "Say why it is rejected: whoever asks again is told."
TOO_LONG = f"This has at most {LONGEST_WORDS:,} characters."


@transaction.atomic
def approve(
    *, access: Access, datapoint_id: UUID, digest: str = "", content: str | None = None
) -> Datapoint:
    """Let it be learned from, as it was read (``digest``), or with another ``content``.

    Raises Forbidden, NotFound, Invalid for the content, and Conflict when it was changed since it
    was read or waits no more.
    """
    access.must_write()
    marked_traces.lock(access=access, trace_ids=_trace_of(access, datapoint_id))
    point = _waiting(access, datapoint_id, digest)
    generations.overtake(point)
    if content is not None:
        point = datapoints.edit(access=access, datapoint_id=datapoint_id, content=content)
    point.is_waiting = False
    point.save(update_fields=["is_waiting", "last_updated_at"])
    named_datasets.changed(project_id=point.project_id, dataset_ids=[point.dataset_id])
    approved = events.Change("datapoint.approve", "datapoint", point.pk, point.project_id)
    approved.after["content"] = point.content
    events.record(access, [approved])
    return point


@transaction.atomic
def reject(*, access: Access, datapoint_id: UUID, reason: str, digest: str = "") -> Deletion:
    """Take it out of the dataset, restorable; its trace says why and may be added anew.

    Raises Forbidden, NotFound, Conflict as ``approve``, and Invalid without a reason.
    """
    access.must_write()
    reason = _words(reason)
    if not reason:
        raise Invalid(WHY)
    marked_traces.lock(access=access, trace_ids=_trace_of(access, datapoint_id))
    point = _waiting(access, datapoint_id, digest)
    deletion = datapoints.delete(access=access, ids=[point.pk], dataset_id=point.dataset_id)
    rejected = events.Change("datapoint.reject", "datapoint", point.pk, point.project_id)
    rejected.after["reason"] = reason
    events.record(access, [rejected])
    left = Trace.objects.visible_to(access).filter(pk=point.trace_id, added_to_dataset=False)
    traces = left.only(*datasets.TAKEN)
    why = f"Its generated answer was rejected: {reason}"
    datasets.refuse(access=access, failed=[(trace, why) for trace in traces])
    return deletion


@transaction.atomic
def ask_again(*, access: Access, datapoint_id: UUID, note: str = "", digest: str = "") -> None:
    """Have the generator write another answer in place of this one; ``note`` says what to change.

    Raises Forbidden, NotFound, Invalid, and Conflict when it was changed, its trace is gone, or no
    generator is configured.
    """
    access.must_write()
    if settings.GENERATOR is None:
        raise Conflict(generations.NO_GENERATOR)
    marked_traces.lock(access=access, trace_ids=_trace_of(access, datapoint_id))
    point = datapoints.locked_one(access=access, datapoint_id=datapoint_id, digest=digest)
    if point.source != Datapoint.Source.GENERATED:
        raise Conflict(NOT_GENERATED)
    here = Trace.objects.visible_to(access).filter(project_id=point.project_id)
    trace = here.filter(pk=point.trace_id).only(*datasets.TAKEN).first()
    if trace is None:
        raise Conflict(TRACE_GONE)
    if generations.running([trace]):
        raise Conflict(RUNNING)
    generations.ask_again(access=access, trace=trace, point=point, note=_words(note))


def _waiting(access: Access, datapoint_id: UUID, digest: str) -> Datapoint:
    point = datapoints.locked_one(access=access, datapoint_id=datapoint_id, digest=digest)
    if not point.is_waiting:
        raise Conflict(NOT_WAITING)
    return point


def _trace_of(access: Access, datapoint_id: UUID) -> list[UUID]:
    visible = Datapoint.objects.visible_to(access).filter(pk=datapoint_id)
    found = list(visible.values_list("trace_id", flat=True))
    if not found:
        raise NotFound(datapoints.NO_DATAPOINT)
    return [pk for pk in found if pk != NIL]


def _words(text: str) -> str:
    text = normal_form.clean_text(text.strip())
    if len(text) > LONGEST_WORDS:
        raise Invalid(TOO_LONG)
    return text
