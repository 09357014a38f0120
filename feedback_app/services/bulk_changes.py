"""What jobs over many traces have changed: kept for as long as it may be taken back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from feedback_app.models import BulkChange
from traces_app import normal_form
from traces_app.access import Access

KEPT = timedelta(days=8)
"""A day longer than a job that has ended."""
PURGED_AT_ONCE = 500


def keep(*, job_id: UUID, homes: Mapping[UUID, UUID], before: Mapping[UUID, Any]) -> None:
    """Note what these traces were before, in the transaction that changes them.

    ``homes`` gives their projects.
    """
    BulkChange.objects.bulk_create(
        BulkChange(project_id=homes[pk], trace_id=pk, job_id=job_id, before=normal_form.dump(was))
        for pk, was in sorted(before.items(), key=lambda pair: (homes[pair[0]], pair[0]))
    )


def are_left(*, access: Access, job_id: UUID) -> bool:
    """Whether anything of a job can be taken back."""
    homes = access.project_ids
    return BulkChange.objects.filter(project_id__in=homes, job_id=job_id).exists()


def first(
    *, access: Access, job_id: UUID, limit: int, home: UUID | None = None
) -> list[BulkChange]:
    """Some of what is left of a job, of one project, in the order in which batches lock traces.

    Begins with the project where the last ones were, so that each batch is a range of the index.
    """
    homes = sorted(access.project_ids)
    at = homes.index(home) if home in homes else 0
    for project_id in (*homes[at:], *homes[:at]):
        left = BulkChange.objects.filter(project_id=project_id, job_id=job_id)
        if found := list(left.order_by("trace_id")[:limit]):
            return found
    return []


def forget(changes: list[BulkChange]) -> None:
    """In the transaction that took them back."""
    for project_id in sorted({change.project_id for change in changes}):
        mine = [change.pk for change in changes if change.project_id == project_id]
        BulkChange.objects.filter(project_id=project_id, pk__in=mine).delete()


def purge() -> int:
    """Forget what nobody may take back any more, a small batch a transaction; how many."""
    until = int((timezone.now() - KEPT).timestamp() * 1000)
    old = BulkChange.objects.filter(pk__lt=UUID(int=until << 80)).order_by("pk")
    number = 0
    while batch := list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE]):
        number += old.filter(pk__in=batch).order_by().delete()[0]
    return number
