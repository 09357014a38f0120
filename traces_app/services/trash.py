"""The trash: traces that were deleted in a page, kept with all that hung on them and restored."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from traces_app.access import Access
from traces_app.errors import Conflict, NotFound
from traces_app.models import (
    Attachment,
    DeletedRows,
    DeletedTrace,
    Deletion,
    EntityType,
    Project,
    QueueItem,
    Score,
    Span,
    Thread,
    Trace,
)
from traces_app.models.trash import KEPT
from traces_app.services import (
    attachment_files,
    belongings,
    events,
    kept_rows,
    outbox,
    queue_items,
    score_rows,
    thread_rows,
    waiting_scores,
)
from traces_app.services.score_rows import MeanKey
from traces_app.services.thread_rows import Mention

AT_ONCE = 200
"""Traces that are restored in one transaction."""
HEAD = 2000
PURGED_AT_ONCE = 50


@dataclass(frozen=True)
class Restored:
    """Which traces are back, and how many were not since their id is taken again.

    ``last`` is the one after which to go on; None at the end.
    """

    back: list[UUID]
    taken: int
    last: UUID | None = None


@dataclass(frozen=True)
class Wanted:
    """Which traces of a deletion: one, or so many after another."""

    only: UUID | None = None
    after: UUID | None = None
    limit: int = AT_ONCE


ALL = Wanted()


def keep(*, access: Access, project_id: UUID, trace_ids: Collection[UUID], batch: UUID) -> None:
    """Copy these traces of one project before they are deleted, in the caller's transaction.

    It has them locked. An older copy under the same id gives way.
    """
    deletion, _ = Deletion.objects.get_or_create(
        project_id=project_id,
        batch=batch,
        defaults={"deleted_at": timezone.now(), "deleted_by_id": access.author_id},
    )
    _forget(project_id, trace_ids)
    traces = Trace.objects.filter(project_id=project_id, pk__in=list(trace_ids)).order_by("pk")
    DeletedTrace.objects.bulk_create(
        DeletedTrace(
            trace_id=pk,
            project_id=project_id,
            deletion=deletion,
            name=(name or "")[:HEAD],
            input_head=(said or "")[:HEAD],
        )
        for pk, name, said in traces.values_list("pk", "name", "input")
    )
    kept_rows.keep(project_id=project_id, trace_ids=trace_ids)
    _count(deletion, len(trace_ids))


def keep_items(
    *,
    project_id: UUID,
    trace_ids: Collection[UUID],
    traces_of: Mapping[str, UUID],
    items: Collection[QueueItem],
) -> None:
    """Copy the items of queues that went with traces: their own, and those of threads that have
    none left. ``traces_of`` gives for a ``thread_id`` a trace of it that went."""
    if not items:
        return
    threads = Thread.objects.filter(project_id=project_id, thread_id__in=list(traces_of))
    owners = {pk: pk for pk in trace_ids}
    owners |= {pk: traces_of[name] for pk, name in threads.values_list("pk", "thread_id")}
    kept_rows.keep_items(items, owners)


@transaction.atomic
def restore(*, access: Access, deletion_id: UUID, wanted: Wanted = ALL) -> Restored:
    """Bring traces of a deletion back as they were, by default the first ``AT_ONCE`` of them.

    Where an id is taken again, by whomever, what is there stays and so does the copy. Raises
    Forbidden, NotFound for another deletion or one that is too old, Conflict.
    """
    access.must_write()
    deletion = Deletion.objects.visible_to(access).filter(pk=deletion_id).select_for_update()
    found = deletion.first()
    if found is None:
        raise NotFound("There is nothing to restore any more.")
    kept = DeletedTrace.objects.filter(project_id=found.project_id, deletion_id=found.pk)
    if wanted.only is not None:
        kept = kept.filter(trace_id=wanted.only)
    if wanted.after is not None:
        kept = kept.filter(trace_id__gt=wanted.after)
    ids = list(kept.order_by("trace_id").values_list("trace_id", flat=True)[: wanted.limit])
    rest = kept.filter(trace_id__gt=ids[-1]) if ids else kept.none()
    last = ids[-1] if rest.exists() else None
    taken = set(Trace.objects.filter(pk__in=ids).values_list("pk", flat=True))
    back = [pk for pk in ids if pk not in taken]
    if back:
        _bring_back(access, found, back)
    return Restored(back, len(taken), last)


def purge() -> int:
    """Forget what was deleted over 30 days ago, a small batch a transaction; how many traces."""
    number = 0
    for deletion in Deletion.objects.filter(deleted_at__lte=timezone.now() - KEPT).order_by("pk"):
        home = deletion.project_id
        kept = DeletedTrace.objects.filter(project_id=home, deletion=deletion)
        while batch := list(kept.values_list("trace_id", flat=True)[:PURGED_AT_ONCE]):
            with transaction.atomic():
                number += _forget(home, batch)
        deletion.delete()
    return number


def _bring_back(access: Access, deletion: Deletion, ids: list[UUID]) -> None:
    home, now = deletion.project_id, timezone.now()
    kept = DeletedRows.objects.filter(project_id=home, trace_id__in=ids)
    try:
        with transaction.atomic():
            Trace.objects.bulk_create(kept_rows.load(kept, Trace))
    except IntegrityError as error:
        raise Conflict("A trace of the same id arrived just now. Try again.") from error
    for model in kept_rows.tables():
        if model not in (Trace, QueueItem):
            # What came in the meantime, such as a span sent once more, is not overwritten.
            rows: Any = model._base_manager
            rows.bulk_create(kept_rows.load(kept, model), ignore_conflicts=True)
    score_rows.settle({_mean_of(score) for score in kept_rows.load(kept, Score)})
    belongings.gather(trace_ids=ids, to=home, among=access.project_ids)
    spans = Span.objects.filter(project_id=home, trace_id__in=ids).values_list("pk", flat=True)
    for kind, pks in ((EntityType.TRACE, ids), (EntityType.SPAN, list(spans))):
        waiting_scores.settle(
            workspace_id=access.workspace_id,
            entity_type=kind,
            homes=dict.fromkeys(pks, home),
            now=now,
        )
    named = Trace.objects.filter(project_id=home, pk__in=ids, thread_id__isnull=False)
    mentions = [
        Mention(home, name, pk) for pk, name in named.values_list("pk", "thread_id") if name
    ]
    thread_rows.take_in(access=access, mentions=mentions, now=now)
    queue_items.put_back(items=list(kept_rows.load(kept, QueueItem)))
    Project.objects.filter(pk=home).update(trace_count=F("trace_count") + len(ids))
    outbox.write(project_id=home, trace_ids=ids)
    attachment_files.release(kept_rows.named(kept, Attachment, "storage_name"))
    _drop(home, ids)
    _count(deletion, -len(ids))
    events.record(access, [events.Change("trace.restore", "trace", pk, home) for pk in ids])


def _mean_of(score: Score) -> MeanKey:
    return MeanKey(score.project_id, score.entity_type, score.entity_id, score.name)


def _forget(project_id: UUID, trace_ids: Collection[UUID]) -> int:
    """Remove copies for good, with their files; how many traces."""
    ids = list(trace_ids)
    kept = DeletedRows.objects.filter(project_id=project_id, trace_id__in=ids)
    attachment_files.release(kept_rows.named(kept, Attachment, "storage_name"))
    doomed = DeletedTrace.objects.filter(project_id=project_id, trace_id__in=ids)
    for deletion in Deletion.objects.filter(pk__in=doomed.values("deletion")).order_by("pk"):
        _count(deletion, -doomed.filter(deletion=deletion).count())
    return _drop(project_id, ids)


def _drop(project_id: UUID, ids: list[UUID]) -> int:
    for model in (DeletedRows, DeletedTrace):
        rows: Any = model.objects.filter(project_id=project_id, trace_id__in=ids)
        number: int = rows._raw_delete(rows.db)
    return number


def _count(deletion: Deletion, more: int) -> None:
    mine = Deletion.objects.filter(project_id=deletion.project_id, pk=deletion.pk)
    mine.update(number=F("number") + more)
