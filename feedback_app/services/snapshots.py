"""Snapshots: a dataset frozen at one moment.

Copied in short transactions and begun anew when the dataset changed meanwhile, so that what it
shows did stand there all at once; every writer of datapoints counts the dataset's revision up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from feedback_app.models import Datapoint, Dataset, Snapshot, SnapshotItem
from feedback_app.models.datasets import DatapointQuerySet
from feedback_app.services import named_datasets, splits
from feedback_app.snapshot_files import reading
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import NIL, Job
from traces_app.services import events, jobs

KIND = "snapshots.make"
AT_ONCE = 1_000
"""Datapoints; a larger snapshot is made by a job."""
PAGE = 500
TRIES = 5
MAX_NAME = 255
NO_SNAPSHOT = "Snapshot not found"
RESTLESS = "The dataset kept changing while it was copied. Make the snapshot when it is quiet."
NO_DATAPOINTS = "The dataset holds no datapoints yet."
ALL_WAIT = "Every datapoint of this dataset waits for approval: there is nothing to freeze yet."
DATASET_GONE = "The dataset was deleted while it was copied."
CUT_SHORT = "Each attempt to copy the dataset was cut short. Make the snapshot again."


@dataclass(frozen=True, slots=True)
class Asked:
    """How a dataset is frozen. ``percent`` of what is uncategorized goes to training."""

    percent: int = 80
    generated_too: bool = False
    without_duplicates: bool = False
    name: str = ""


def find(*, access: Access, snapshot_id: UUID) -> Snapshot:
    """The snapshot with its project and author. Raises NotFound."""
    visible = Snapshot.objects.visible_to(access).select_related("project", "created_by")
    snapshot = visible.filter(pk=snapshot_id).first()
    if snapshot is None:
        raise NotFound(NO_SNAPSHOT)
    return snapshot


@transaction.atomic
def create(*, access: Access, dataset_id: UUID, asked: Asked) -> Snapshot:
    """Freeze a dataset: at once when it is small, else by a job; the state says which.

    Raises Forbidden, NotFound, Invalid for a bad share or name or a dataset without datapoints.
    """
    access.must_write()
    splits.check(asked.percent)
    dataset = named_datasets.locked(access=access, dataset_id=dataset_id)
    total = _wanted(dataset, asked.without_duplicates)[: AT_ONCE + 1].count()
    if not total:
        raise Invalid(ALL_WAIT if dataset.datapoints.exists() else NO_DATAPOINTS)
    snapshot = _new(access, dataset, asked)
    if total <= AT_ONCE:
        _copy(snapshot, dataset, lambda done: None)
        _finish(snapshot, reading.facts(snapshot, lambda done: None))
    else:
        jobs.enqueue(
            kind=KIND,
            payload={"snapshot": str(snapshot.pk)},
            key=f"{KIND}:{snapshot.pk}",
            lane=Job.Lane.LONG,
            workspace_id=access.workspace_id,
            created_by_id=access.user_id,
        )
    change = events.Change("dataset.snapshot", "dataset", dataset.pk, dataset.project_id)
    change.after.update({"snapshot": str(snapshot.pk), "name": snapshot.name})
    events.record(access, [change])
    return snapshot


def make(*, snapshot_id: UUID, report: Callable[[int], None], finish: Callable[[], None]) -> None:
    """Copy a large dataset, for a job that may be run again at any time.

    ``finish`` is called in the transaction that makes the snapshot ready. Raises Conflict when
    the dataset is gone or never stood still; the snapshot then says so as well.
    """
    snapshot = Snapshot.objects.get(pk=snapshot_id)
    for _ in range(TRIES):
        if snapshot.state != Snapshot.State.MAKING:
            return
        dataset = Dataset.objects.filter(project_id=snapshot.project_id, pk=snapshot.dataset_id)
        source = dataset.first()
        if source is None:
            _fail(snapshot, DATASET_GONE)
            raise Conflict(DATASET_GONE)
        _empty(snapshot)
        _copy(snapshot, source, report)
        facts = reading.facts(snapshot, report)
        with transaction.atomic():
            unchanged = dataset.select_for_update(no_key=True).filter(revision=source.revision)
            if unchanged.first() is not None:
                snapshot.revision = source.revision
                _finish(snapshot, facts)
                finish()
                return
    _fail(snapshot, RESTLESS)
    raise Conflict(RESTLESS)


def sweep() -> int:
    """Give up snapshots whose job has ended without a word: its workers were killed; how many."""
    making = Snapshot.objects.filter(state=Snapshot.State.MAKING)
    by_key = {f"{KIND}:{pk}": pk for pk in making.order_by("pk").values_list("pk", flat=True)}
    alive = set(Job.objects.unfinished().filter(key__in=by_key).values_list("key", flat=True))
    lost = [pk for key, pk in by_key.items() if key not in alive]
    return making.filter(pk__in=lost).update(state=Snapshot.State.FAILED, error=CUT_SHORT)


def _new(access: Access, dataset: Dataset, asked: Asked) -> Snapshot:
    before = Snapshot.objects.filter(project_id=dataset.project_id, dataset_id=dataset.pk)
    number = (before.aggregate(last=Max("number"))["last"] or 0) + 1
    ending = f" v{number}"
    name = normal_form.clean_text(asked.name.strip())
    if len(name) > MAX_NAME:
        raise Invalid(f"A snapshot's name has at most {MAX_NAME} characters.")
    filters = {
        "training_percent": asked.percent,
        "generated_in_validation": asked.generated_too,
        "without_duplicates": asked.without_duplicates,
    }
    return Snapshot.objects.create(
        project_id=dataset.project_id,
        dataset_id=dataset.pk,
        dataset_name=dataset.name,
        number=number,
        name=name or dataset.name[: MAX_NAME - len(ending)] + ending,
        revision=dataset.revision,
        manifest=normal_form.dump({"filters": filters}),
        created_at=timezone.now(),
        created_by_id=access.author_id,
    )


def _wanted(dataset: Dataset, without_duplicates: bool) -> DatapointQuerySet:
    here = Datapoint.objects.filter(project_id=dataset.project_id, dataset_id=dataset.pk)
    inside = here.approved()
    if not without_duplicates:
        return inside
    earlier = inside.filter(digest=OuterRef("digest"), pk__lt=OuterRef("pk"))
    return inside.exclude(Exists(earlier))


def _copy(snapshot: Snapshot, dataset: Dataset, report: Callable[[int], None]) -> None:
    filters = normal_form.load(snapshot.manifest)["filters"]
    wanted = _wanted(dataset, filters["without_duplicates"])
    generated_too = filters["generated_in_validation"]
    pool = wanted.splittable(generated_too=generated_too)
    border = splits.border(pool, filters["training_percent"])
    last, done = NIL, 0
    while True:
        page = list(wanted.filter(pk__gt=last).order_by("pk")[:PAGE])
        SnapshotItem.objects.bulk_create(
            _item(snapshot, point, _side(point, border, generated_too)) for point in page
        )
        done += len(page)
        report(done)
        if len(page) < PAGE:
            return
        last = page[-1].pk


def _side(point: Datapoint, border: str, generated_too: bool) -> str:
    if point.bucket != Datapoint.Bucket.UNCATEGORIZED:
        return point.bucket
    is_kept_out = point.source == Datapoint.Source.GENERATED and not generated_too
    is_training = is_kept_out or point.digest < border
    return Datapoint.Bucket.TRAINING if is_training else Datapoint.Bucket.VALIDATION


def _item(snapshot: Snapshot, point: Datapoint, bucket: str) -> SnapshotItem:
    return SnapshotItem(
        project_id=snapshot.project_id,
        snapshot_id=snapshot.pk,
        datapoint_id=point.pk,
        trace_id=point.trace_id,
        source=point.source,
        bucket=bucket,
        content=point.content,
        digest=point.digest,
        rejected=point.rejected,
    )


def _finish(snapshot: Snapshot, facts: dict[str, Any]) -> None:
    asked = normal_form.load(snapshot.manifest)
    manifest = {
        "snapshot": str(snapshot.pk),
        "name": snapshot.name,
        "dataset": {"id": str(snapshot.dataset_id), "name": snapshot.dataset_name},
        "version": snapshot.version,
        "made_at": snapshot.created_at.isoformat(),
        "made_by": snapshot.created_by.author_name,
        **asked,
        "counts": {
            "datapoints": facts["datapoints"],
            "not_chats": facts["not_chats"],
            **facts["counts"],
        },
        "files": facts["files"],
    }
    snapshot.manifest = normal_form.dump(manifest)
    snapshot.state = Snapshot.State.READY
    snapshot.save(update_fields=["manifest", "state", "revision"])


def _fail(snapshot: Snapshot, error: str) -> None:
    snapshot.state, snapshot.error = Snapshot.State.FAILED, error
    snapshot.save(update_fields=["state", "error"])


def _empty(snapshot: Snapshot) -> None:
    """Take away what an earlier attempt had copied."""
    copied = SnapshotItem.objects.of(snapshot)
    while batch := list(copied.values_list("pk", flat=True)[:PAGE]):
        copied.filter(pk__in=batch)._raw_delete(copied.db)
