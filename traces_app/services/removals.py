"""Removing what was under a deleted project, a little at a time.

The project's own row goes with the request that deletes it. Every read and write starts from the
caller's projects, so from then on nobody meets what is left; a job takes it away.
"""

from collections.abc import Iterator
from datetime import timedelta
from graphlib import TopologicalSorter
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from traces_app.access import Access
from traces_app.models import Attachment, DeletedRows, Job
from traces_app.models.project_rows import ProjectRow
from traces_app.pace import Pace
from traces_app.services import attachment_files, jobs, kept_rows

KIND = "projects.remove"
LOOK_AGAIN_AFTER = timedelta(hours=1)
"""A request that had met the project before it went may still write; none takes this long."""

FIRST_BATCH, LARGEST_BATCH = 20, 400


def enqueue(*, access: Access, project_id: UUID) -> Job:
    """Ask for the removal, in the transaction that deletes the project."""
    return jobs.enqueue(
        kind=KIND,
        payload={"project": str(project_id)},
        key=f"{KIND}:{project_id}",
        lane=Job.Lane.LONG,
        workspace_id=access.workspace_id,
        created_by_id=access.user_id,
    )


def look_again(*, after: Job, project_id: UUID) -> None:
    """Ask for a last look, for what was written while the project went."""
    jobs.enqueue(
        kind=KIND,
        payload={"project": str(project_id), "is_last": True},
        key=f"{KIND}:{project_id}:again",
        run_after=timezone.now() + LOOK_AGAIN_AFTER,
        lane=Job.Lane.LONG,
        workspace_id=after.workspace_id,
        created_by_id=after.created_by_id,
    )


def count(*, project_id: UUID) -> int:
    """How many rows are left under the project."""
    return sum(_below(model, project_id).count() for model in tables())


def remove(*, project_id: UUID) -> Iterator[int]:
    """Remove every row under the project, a short transaction a step; how many a step took.

    It may be left after any step and begun anew.
    """
    for model in tables():
        rows, pace = _below(model, project_id), Pace(FIRST_BATCH, LARGEST_BATCH)
        while batch := list(rows.order_by("pk").values_list("pk", flat=True)[: pace.size]):
            with pace.step(), transaction.atomic():
                doomed = rows.filter(pk__in=batch)
                if model is Attachment:
                    attachment_files.forget(doomed)
                elif model is DeletedRows:
                    attachment_files.release(kept_rows.named(doomed, Attachment, "storage_name"))
                doomed._raw_delete(rows.db)
            yield len(batch)


def tables() -> list[type[ProjectRow]]:
    """Every table below a project, in either app; what points at a row comes before it."""
    found = [model for model in apps.get_models() if issubclass(model, ProjectRow)]
    points_at = {
        model: {other for other in found if other is not model and model in _parents(other)}
        for model in found
    }
    return list(TopologicalSorter(points_at).static_order())


def _below(model: type[ProjectRow], project_id: UUID) -> "models.QuerySet[Any]":
    return model._base_manager.filter(project_id=project_id)


def _parents(model: type[ProjectRow]) -> set[Any]:
    return {each.related_model for each in model._meta.concrete_fields if each.is_relation}
