"""Filling a queue with what a list shows: picked rows, or by a job all that its filter finds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.http import QueryDict

from feedback_app.forms.trace_lists import TraceListForm
from feedback_app.trace_lists import found
from feedback_app.trace_lists.asked import Asked
from feedback_app.trace_lists.orders import Sort
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import AnnotationQueue, Face, Job, Membership, Role, Trace
from traces_app.services import jobs, queue_items, queues

KIND = "queues.fill"
AT_ONCE = 200
"""Items that are added in one transaction."""
MOST = 50_000
_TRIES = 3


@dataclass(frozen=True)
class Filled:
    """How many traces were looked at that matched, and how many were not in the queue yet."""

    matched: int
    added: int


@transaction.atomic
def ask(*, access: Access, queue_id: UUID, query: str, token: UUID) -> Job:
    """Let a job add all traces of the queue's project that a list's address finds.

    The same ``token`` is the same job. Raises Forbidden, NotFound, Invalid for an address that
    cannot be read or a queue of threads.
    """
    access.must_write()
    queue = queues.find(access=access, queue_id=queue_id)
    if queue.scope != AnnotationQueue.Scope.TRACE:
        raise Invalid("This queue takes threads, not traces.")
    asked = _asked(query)
    if asked.project not in (None, queue.project_id):
        raise Invalid("This list is of another project than the queue.")
    return jobs.enqueue(
        kind=KIND,
        payload={
            "queue": str(queue.pk),
            "query": query,
            "workspace": str(access.workspace_id),
            "user": str(access.user_id),
        },
        key=f"{KIND}:{queue.pk}:{token}",
        lane=Job.Lane.LONG,
        workspace_id=access.workspace_id,
        created_by_id=access.user_id,
    )


def fill(*, access: Access, queue_id: UUID, query: str, report: Callable[[int], None]) -> Filled:
    """Add what the address finds, newest first, a batch a transaction; harmless to repeat.

    ``report`` hears how many were matched so far. Raises Forbidden, NotFound for the queue.
    """
    queue = queues.find(access=access, queue_id=queue_id)
    # From the newest on: what arrives meanwhile is not run after.
    asked = replace(_asked(query), sort=Sort.NEWEST, after=None, before=None)
    listing = found.listing(access=access, asked=asked, projects=[queue.project_id])
    start, matched, added = None, 0, 0
    while matched < MOST:
        met = listing.walk(start, limit=min(AT_ONCE, MOST - matched), seconds=found.SECONDS)
        ids = [position.pk for position in met.positions]
        added += _add(access, queue, ids)
        matched += len(ids)
        report(matched)
        start = met.stopped_at or (met.positions[-1] if len(ids) >= AT_ONCE else None)
        if start is None:
            break
    return Filled(matched, added)


def access_of(*, workspace_id: UUID, user_id: UUID) -> Access:
    """What the one who asked may do by now. Raises NotFound for somebody who has left."""
    member = Membership.objects.filter(
        workspace_id=workspace_id, user_id=user_id, user__is_active=True
    ).select_related("workspace")
    mine = member.first()
    if mine is None:
        raise NotFound("Who asked for this has left the workspace.")
    return Access(
        user_id=user_id,
        author_id=user_id,
        workspace_id=workspace_id,
        workspace_name=mine.workspace.name,
        role=Role(mine.role),
        face=Face.PAGE,
    )


def pick(*, access: Access, queue_id: UUID, ids: Sequence[UUID]) -> int:
    """Add those of ``ids`` that are of the queue's project; how many were not in it.

    Raises Forbidden, NotFound for the queue, Invalid where none of them can be in it.
    """
    queue = queues.find(access=access, queue_id=queue_id)
    here = Trace.objects.visible_to(access).filter(project_id=queue.project_id, pk__in=ids)
    if queue.scope != AnnotationQueue.Scope.TRACE or not here.exists():
        raise Invalid(f"None of these belongs into “{queue}”: it takes its own project's traces.")
    return _add(access, queue, list(here.values_list("pk", flat=True)))


def _add(access: Access, queue: AnnotationQueue, ids: Sequence[UUID]) -> int:
    for _ in range(_TRIES):
        here = Trace.objects.visible_to(access).filter(project_id=queue.project_id, pk__in=ids)
        there = list(here.values_list("pk", flat=True))
        if not there:
            return 0
        try:
            return queue_items.add(access=access, queue_id=queue.pk, entity_ids=there)
        except NotFound:  # one was deleted between the look and the lock
            queues.find(access=access, queue_id=queue.pk)
    raise Conflict("Traces kept being deleted while they were added. Try again.")


def _asked(query: str) -> Asked:
    form = TraceListForm(QueryDict(query))
    if not form.is_valid():
        raise Invalid("The filters of this list cannot be read.")
    return form.asked()
