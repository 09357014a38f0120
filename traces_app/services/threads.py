"""What people and clients do with whole threads: open, close, tag, delete."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import Project, Thread, Trace, Workspace
from traces_app.models.threads import ThreadQuerySet
from traces_app.services import belongings, events, projects, queue_items, thread_rows, traces
from traces_app.services.tags import TagChange

Place = tuple[str | None, UUID | None]
"""A project by name and by id, which wins."""

DELETED_AT_ONCE = 1000
CLOSED_AT_ONCE = 500


@transaction.atomic
def open(*, access: Access, place: Place, thread_id: str) -> None:
    """Make a thread active, and make it when it is missing; nothing that was said is lost.

    Raises NotFound for the project.
    """
    access.must_write()
    project = _project(access, place)
    now = timezone.now()
    key = (project.pk, thread_id)
    pk = thread_rows.ensure(access=access, keys={key}, now=now)[key]
    Thread.objects.filter(project_id=project.pk, pk=pk).update(
        status=Thread.Status.ACTIVE, woken_at=now, **_touched(access, now)
    )
    events.record(access, [events.Change("thread.open", "thread", pk, project.pk)])


@transaction.atomic
def close(*, access: Access, place: Place, thread_ids: Collection[str]) -> None:
    """Make threads inactive. Raises NotFound, and closes none, when one has no traces."""
    access.must_write()
    project = _project(access, place)
    visible = Thread.objects.visible_to(access).with_traces()
    found = list(_locked(visible.filter(project=project, thread_id__in=thread_ids)))
    known = {thread.thread_id for thread in found}
    missing = [name for name in dict.fromkeys(thread_ids) if name not in known]
    if missing:
        raise NotFound(f"Thread '[{', '.join(missing)}]' not found:")
    awake = [thread.pk for thread in found if thread.status == Thread.Status.ACTIVE]
    Thread.objects.filter(project=project, pk__in=awake).update(
        status=Thread.Status.INACTIVE, **_touched(access, timezone.now())
    )
    events.record(access, [events.Change("thread.close", "thread", pk, project.pk) for pk in awake])


@transaction.atomic
def tag(*, access: Access, pk: UUID, change: TagChange) -> None:
    """Change the tags of one thread. Raises NotFound, and Invalid over 50 tags."""
    if not _tag(access, [pk], change):
        raise NotFound(f"Thread id: {pk} not found")


@transaction.atomic
def tag_all(*, access: Access, pks: Collection[UUID], change: TagChange) -> None:
    """The same of several; ids that are unknown or not visible are left out."""
    _tag(access, pks, change)


@transaction.atomic
def delete(*, access: Access, place: Place, thread_ids: Collection[str]) -> None:
    """Delete threads: their traces, what was said about them, and their rows.

    What is unknown is no error, the project included. A trace that arrives meanwhile keeps its
    thread.
    """
    access.must_write()
    try:
        project = _project(access, place)
    except NotFound:
        return
    visible = Trace.objects.visible_to(access).filter(project=project, thread_id__in=thread_ids)
    while pks := list(visible.order_by("pk").values_list("pk", flat=True)[:DELETED_AT_ONCE]):
        traces.delete(access=access, ids=pks, project_id=project.pk)
    threads = Thread.objects.visible_to(access).filter(project=project, thread_id__in=thread_ids)
    empty = [thread.pk for thread in _locked(threads) if not thread.trace_count]
    queue_items.leave(access=access, project_id=project.pk, thread_ids=thread_ids)
    belongings.delete_of_threads(project_id=project.pk, thread_pks=empty)
    Thread.objects.filter(project=project, pk__in=empty)._raw_delete("default")
    gone = [events.Change("thread.delete", "thread", pk, project.pk) for pk in empty]
    events.record(access, gone)


def ids_of(project_id: UUID, names: Collection[str]) -> dict[str, UUID]:
    """The threads of a project by what clients call them; in no order, unknown ones left out."""
    mine = Thread.objects.filter(project_id=project_id, thread_id__in=set(names))
    return dict(mine.values_list("thread_id", "pk"))


def close_idle(*, now: datetime | None = None) -> int:
    """Periodic: close threads without a new trace for as long as their workspace says; how many.

    Nobody did it, so their last update stays what it was, and lists keep their order.
    """
    now = now or timezone.now()
    waits = Workspace.objects.values_list("thread_idle_minutes", flat=True).distinct()
    return sum(_close_idle(minutes, now) for minutes in sorted(set(waits)))


def _close_idle(minutes: int, now: datetime) -> int:
    rest = Thread.objects.filter(
        status=Thread.Status.ACTIVE,
        woken_at__lte=now - timedelta(minutes=minutes),
        project__workspace__thread_idle_minutes=minutes,
    )
    closed = 0
    while pks := list(rest.order_by("woken_at").values_list("pk", flat=True)[:CLOSED_AT_ONCE]):
        with transaction.atomic():
            # Locked in the order of ingest within the one UPDATE; PostgreSQL asks again whether
            # they rest once it has the lock, so one that woke meanwhile stays awake.
            locked = (
                rest.filter(pk__in=pks).in_lock_order().select_for_update(of=("self",), no_key=True)
            )
            still = locked[:CLOSED_AT_ONCE].values("pk")
            closed += Thread.objects.filter(pk__in=still).update(status=Thread.Status.INACTIVE)
    return closed


def _project(access: Access, place: Place) -> Project:
    name, project_id = place
    return projects.find(access=access, name=name, project_id=project_id)


def _tag(access: Access, pks: Collection[UUID], change: TagChange) -> bool:
    """Whether there was any."""
    access.must_write()
    found = list(_locked(Thread.objects.visible_to(access).filter(pk__in=list(pks))))
    changes = []
    for thread in found:
        tags = change.applied_to(thread.tags)
        if tags is None or tags == thread.tags:
            continue
        at = Thread.objects.filter(project_id=thread.project_id, pk=thread.pk)
        at.update(tags=tags, **_touched(access, timezone.now()))
        changes.append(_tagged(thread, tags))
    events.record(access, changes)
    return bool(found)


def _tagged(thread: Thread, tags: str) -> events.Change:
    return events.Change(
        "thread.tag",
        "thread",
        thread.pk,
        thread.project_id,
        before={"tags": thread.tags},
        after={"tags": tags},
    )


def _touched(access: Access, now: datetime) -> dict[str, Any]:
    return {"last_updated_at": now, "last_updated_by_id": access.author_id}


def _locked(threads: ThreadQuerySet) -> Iterable[Thread]:
    return threads.in_lock_order().select_for_update(no_key=True)
