"""Datapoints: stored, moved between buckets, edited, deleted and restored."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from feedback_app.models import Datapoint, Dataset, DeletedDatapoint
from feedback_app.models.datasets import digest_of
from feedback_app.models.deleted_datapoints import KEPT
from feedback_app.services import marked_traces, named_datasets
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import NIL
from traces_app.services import events
from traces_app.services.meetings import survives_meeting

AT_ONCE = 1000
"""Datapoints in one call; their contents are held in memory."""
CHANGED_MEANWHILE = "Somebody changed this datapoint meanwhile. Look at it again, then save."
ELSEWHERE = "A datapoint of this id exists in another dataset."
NO_DATAPOINT = "Datapoint not found"
NO_OBJECT = "A datapoint is one JSON object."
PURGED_AT_ONCE = 500
_KEPT_COLUMNS = (
    "content", "rejected", "description", "tags", "source", "bucket", "is_waiting", "taken",
    "made_digest",
)  # fmt: skip
_WRITTEN_OVER = ("content", "digest", "description", "tags", "last_updated_at")


@dataclass(slots=True)
class NewDatapoint:
    """One to be stored; ``content`` is JSON text of an object in the normal form."""

    content: str
    id: UUID = field(default_factory=uuid7)
    source: Datapoint.Source = Datapoint.Source.IMPORTED
    bucket: Datapoint.Bucket = Datapoint.Bucket.UNCATEGORIZED
    trace_id: UUID = NIL
    span_id: UUID = NIL
    description: str = ""
    tags: str | None = None
    rejected: str = ""
    import_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Deletion:
    """What was deleted together; ``id`` brings it back."""

    id: UUID
    number: int


@survives_meeting
@transaction.atomic
def put(*, access: Access, dataset_id: UUID, rows: Sequence[NewDatapoint]) -> int:
    """Store ``rows``, the last of one id; one that is there is written over. How many are new.

    Raises Forbidden, NotFound for the dataset, Conflict for an id of another dataset.
    """
    access.must_write()
    latest = {row.id: row for row in rows}
    traces = {row.trace_id for row in latest.values()}
    marked_traces.lock(access=access, trace_ids=traces)
    dataset = named_datasets.locked(access=access, dataset_id=dataset_id)
    there = _there(dataset, list(latest))
    made = [_made(access, dataset, row) for _, row in sorted(latest.items())]
    try:
        with transaction.atomic():
            Datapoint.objects.bulk_create([point for point in made if point.pk not in there])
    except IntegrityError as error:
        raise Conflict(ELSEWHERE) from error
    over = [point for point in made if point.pk in there]
    Datapoint.objects.bulk_create(
        over, update_conflicts=True, unique_fields=["id"], update_fields=_WRITTEN_OVER
    )
    marked_traces.mark(access=access, trace_ids=traces)
    named_datasets.changed(project_id=dataset.project_id, dataset_ids=[dataset.pk])
    stored = events.Change("datapoint.put", "dataset", dataset.pk, dataset.project_id)
    stored.after.update({"new": len(made) - len(over), "changed": len(over)})
    events.record(access, [stored, *[_edited(point, there[point.pk]) for point in over]])
    return len(made) - len(over)


@transaction.atomic
def edit(*, access: Access, datapoint_id: UUID, content: str, digest: str = "") -> Datapoint:
    """Write another ``content``, JSON text of an object; ``digest`` is of the one that was read.

    Raises Forbidden, NotFound, Invalid, and Conflict when it was changed since it was read.
    """
    access.must_write()
    point = locked_one(access=access, datapoint_id=datapoint_id, digest=digest)
    before, content = point.content, as_object(content)
    if content != before:
        point.content = content
        point.save(update_fields=["content", "digest", "last_updated_at"])
        named_datasets.changed(project_id=point.project_id, dataset_ids=[point.dataset_id])
        events.record(access, [_edited(point, before)])
    return point


def locked_one(*, access: Access, datapoint_id: UUID, digest: str = "") -> Datapoint:
    """A datapoint, held with its dataset. Raises NotFound, and Conflict for another digest."""
    visible = Datapoint.objects.visible_to(access)
    found = visible.filter(pk=datapoint_id).values_list("dataset_id", flat=True).first()
    if found is None:
        raise NotFound(NO_DATAPOINT)
    named_datasets.locked(access=access, dataset_id=found)
    point = visible.filter(pk=datapoint_id).select_for_update(no_key=True).first()
    if point is None:
        raise NotFound(NO_DATAPOINT)
    if digest and digest != point.digest:
        raise Conflict(CHANGED_MEANWHILE)
    return point


@transaction.atomic
def move(
    *, access: Access, dataset_id: UUID, ids: Collection[UUID], bucket: Datapoint.Bucket
) -> int:
    """Put these datapoints into a bucket; how many were elsewhere before."""
    access.must_write()
    dataset = named_datasets.locked(access=access, dataset_id=dataset_id)
    moved = _locked(dataset, ids).exclude(bucket=bucket)
    before = dict(moved.values_list("pk", "bucket"))
    if not before:
        return 0
    points = Datapoint.objects.filter(project_id=dataset.project_id, pk__in=list(before))
    points.update(bucket=bucket, last_updated_at=timezone.now())
    named_datasets.changed(project_id=dataset.project_id, dataset_ids=[dataset.pk])
    changes = []
    for pk, was in before.items():
        change = events.Change("datapoint.move", "datapoint", pk, dataset.project_id)
        change.before["bucket"], change.after["bucket"] = was, str(bucket)
        changes.append(change)
    events.record(access, changes)
    return len(before)


@survives_meeting
@transaction.atomic
def delete(
    *, access: Access, ids: Collection[UUID], dataset_id: UUID, is_final: bool = False
) -> Deletion:
    """Delete these datapoints of a dataset; unless it is final, for ``restore`` to bring back."""
    access.must_write()
    visible = Datapoint.objects.visible_to(access).filter(dataset_id=dataset_id, pk__in=ids)
    traces = list(visible.values_list("trace_id", flat=True))
    marked_traces.lock(access=access, trace_ids=traces)
    dataset = named_datasets.locked(access=access, dataset_id=dataset_id)
    doomed = list(_locked(dataset, ids))
    deletion = Deletion(uuid7(), len(doomed))
    if not doomed:
        return deletion
    if not is_final:
        DeletedDatapoint.objects.bulk_create(_kept(access, point, deletion) for point in doomed)
    gone = Datapoint.objects.filter(project_id=dataset.project_id)
    gone = gone.filter(pk__in=[point.pk for point in doomed])
    gone._raw_delete(gone.db)
    marked_traces.unmark_orphans(access=access, trace_ids=traces)
    named_datasets.changed(project_id=dataset.project_id, dataset_ids=[dataset.pk])
    events.record(access, [_gone(point) for point in doomed])
    return deletion


@transaction.atomic
def delete_anywhere(
    *, access: Access, ids: Collection[UUID], dataset_id: UUID | None = None
) -> int:
    """Delete for good what the caller sees of ``ids``, in one dataset or in any; how many."""
    access.must_write()
    visible = Datapoint.objects.visible_to(access).filter(pk__in=ids)
    if dataset_id is not None:
        visible = visible.filter(dataset_id=dataset_id)
    homes = sorted(set(visible.values_list("dataset_id", flat=True)))
    gone = [delete(access=access, ids=ids, dataset_id=home, is_final=True) for home in homes]
    return sum(each.number for each in gone)


@survives_meeting
@transaction.atomic
def restore(*, access: Access, dataset_id: UUID, deletion: UUID) -> int:
    """Bring back what was deleted together; how many. What is there again is left alone.

    Raises Forbidden, and NotFound for another deletion, one restored before, or an old one.
    """
    access.must_write()
    kept = DeletedDatapoint.objects.visible_to(access).filter(
        dataset_id=dataset_id, deletion=deletion
    )
    rows = [normal_form.load(row) | {"id": pk} for pk, row in kept.values_list("pk", "row")]
    if not rows:
        raise NotFound("There is nothing to restore any more.")
    traces = [UUID(row["trace_id"]) for row in rows]
    marked_traces.lock(access=access, trace_ids=traces)
    dataset = named_datasets.locked(access=access, dataset_id=dataset_id)
    back = _still_missing(dataset, rows)
    Datapoint.objects.bulk_create(back)
    kept.delete()
    marked_traces.mark(access=access, trace_ids=[point.trace_id for point in back])
    named_datasets.changed(project_id=dataset.project_id, dataset_ids=[dataset.pk])
    home = dataset.project_id
    restored = [events.Change("datapoint.restore", "datapoint", point.pk, home) for point in back]
    events.record(access, restored)
    return len(back)


def purge() -> int:
    """Forget what was deleted over 30 days ago, a small batch a transaction; how many."""
    old = DeletedDatapoint.objects.filter(deleted_at__lt=timezone.now() - KEPT)
    number = 0
    while batch := list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE]):
        number += old.filter(pk__in=batch).delete()[0]
    return number


def as_object(content: str) -> str:
    """JSON text of an object in the normal form. Raises Invalid, Malformed."""
    try:
        value = normal_form.load(content)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"This is no JSON: {error}.") from error
    if not isinstance(value, dict):
        raise Invalid(NO_OBJECT)
    return normal_form.dump(value)


def _made(access: Access, dataset: Dataset, row: NewDatapoint) -> Datapoint:
    return Datapoint(
        id=row.id,
        project_id=dataset.project_id,
        dataset_id=dataset.pk,
        trace_id=row.trace_id,
        span_id=row.span_id,
        content=row.content,
        description=row.description,
        tags=row.tags,
        rejected=row.rejected,
        source=row.source,
        bucket=row.bucket,
        import_id=row.import_id,
        made_digest=digest_of(row.content) if row.import_id else "",
        created_by_id=access.author_id,
    )


def _there(dataset: Dataset, ids: list[UUID]) -> dict[UUID, str]:
    """Contents by id of those that the dataset holds. Raises Conflict for one of another."""
    there = {}
    taken = Datapoint.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    for pk, home, content in taken.values_list("pk", "dataset_id", "content"):
        if home != dataset.pk:
            raise Conflict(ELSEWHERE)
        there[pk] = content
    return there


def _locked(dataset: Dataset, ids: Collection[UUID]) -> Any:
    inside = Datapoint.objects.filter(project_id=dataset.project_id, dataset_id=dataset.pk)
    return inside.filter(pk__in=ids).order_by("pk").select_for_update()


def _kept(access: Access, point: Datapoint, deletion: Deletion) -> DeletedDatapoint:
    row: dict[str, object] = {name: getattr(point, name) for name in _KEPT_COLUMNS}
    row |= {"trace_id": str(point.trace_id), "span_id": str(point.span_id)}
    for name in ("created_by_id", "import_id"):
        value = getattr(point, name)
        row[name] = str(value) if value else None
    return DeletedDatapoint(
        id=point.pk,
        project_id=point.project_id,
        dataset_id=point.dataset_id,
        deletion=deletion.id,
        row=normal_form.dump(row),
        deleted_at=timezone.now(),
        deleted_by_id=access.author_id,
    )


def _still_missing(dataset: Dataset, rows: list[dict[str, Any]]) -> list[Datapoint]:
    inside = Datapoint.objects.filter(project_id=dataset.project_id, dataset_id=dataset.pk)
    wanted = {UUID(row["trace_id"]) for row in rows} - {NIL}
    again = set(inside.filter(trace_id__in=wanted).values_list("trace_id", flat=True))
    there = Datapoint.objects.filter(pk__in=[row["id"] for row in rows])
    taken = set(there.values_list("pk", flat=True))
    home = {"project_id": dataset.project_id, "dataset_id": dataset.pk}
    return [
        Datapoint(**row | home)
        for row in rows
        if row["id"] not in taken and UUID(row["trace_id"]) not in again
    ]


def _edited(point: Datapoint, before: str) -> events.Change:
    change = events.Change("datapoint.edit", "datapoint", point.pk, point.project_id)
    change.before["content"], change.after["content"] = before, point.content
    return change


def _gone(point: Datapoint) -> events.Change:
    change = events.Change("datapoint.delete", "datapoint", point.pk, point.project_id)
    change.before.update({"content": point.content, "trace": str(point.trace_id)})
    return change
