"""Datasets by name and id: found, made, renamed, deleted."""

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from uuid_utils.compat import uuid7

from feedback_app.models import Datapoint, Dataset
from feedback_app.services import marked_traces
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import NIL, Project
from traces_app.normal_form import clean_text
from traces_app.services import events
from traces_app.services.meetings import survives_meeting

MAX_NAME = 255
NO_DATASET = "Dataset not found"
TAKEN = "There is a dataset of this name in the project already."


def find(*, access: Access, dataset_id: UUID) -> Dataset:
    """The dataset with its project. Raises NotFound."""
    visible = Dataset.objects.visible_to(access).select_related("project")
    dataset = visible.filter(pk=dataset_id).first()
    if dataset is None:
        raise NotFound(NO_DATASET)
    return dataset


@transaction.atomic
def create(
    *,
    access: Access,
    project: Project,
    name: str,
    description: str = "",
    pk: UUID | None = None,
) -> Dataset:
    """A new dataset, under ``pk`` if the client chose one.

    Raises Forbidden, Invalid for a bad name, Conflict for a taken name or id.
    """
    access.must_write()
    name = _good(name)
    if Dataset.objects.filter(project_id=project.pk, name=name).exists():
        raise Conflict(TAKEN)
    try:
        with transaction.atomic():
            dataset = Dataset.objects.create(
                id=pk or uuid7(),
                project=project,
                name=name,
                description=clean_text(description.strip()),
                created_by_id=access.author_id,
            )
    except IntegrityError as error:
        raise Conflict(TAKEN) from error
    change = events.Change("dataset.create", "dataset", dataset.pk, project.pk)
    change.after["name"] = name
    events.record(access, [change])
    return dataset


@transaction.atomic
def get_or_create(*, access: Access, project: Project, name: str) -> Dataset:
    """The project's dataset of this name, made when missing. Raises Forbidden, Invalid."""
    access.must_write()
    # Held, so that two requests that miss it at the same moment make it once.
    list(Project.objects.filter(pk=project.pk).select_for_update(no_key=True).values_list("pk"))
    known = Dataset.objects.filter(project_id=project.pk, name=_good(name)).first()
    return known or create(access=access, project=project, name=name)


@transaction.atomic
def edit(*, access: Access, dataset_id: UUID, name: str, description: str) -> Dataset:
    """Change name and description. Raises Forbidden, NotFound, Invalid, Conflict."""
    access.must_write()
    dataset = locked(access=access, dataset_id=dataset_id)
    before: dict[str, object] = {"name": dataset.name, "description": dataset.description}
    name = _good(name)
    others = Dataset.objects.filter(project_id=dataset.project_id, name=name)
    if others.exclude(pk=dataset.pk).exists():
        raise Conflict(TAKEN)
    dataset.name, dataset.description = name, clean_text(description.strip())
    after: dict[str, object] = {"name": dataset.name, "description": dataset.description}
    if after != before:
        dataset.save(update_fields=["name", "description", "last_updated_at"])
        change = events.Change("dataset.edit", "dataset", dataset.pk, dataset.project_id)
        change.before.update(before)
        change.after.update(after)
        events.record(access, [change])
    return dataset


@survives_meeting
@transaction.atomic
def delete(*, access: Access, ids: Collection[UUID]) -> int:
    """Delete what the caller sees of ``ids``, with the datapoints; snapshots stay."""
    access.must_write()
    visible = Dataset.objects.visible_to(access).filter(pk__in=ids)
    doomed = list(visible.order_by("pk").select_for_update())
    for dataset in doomed:
        points = Datapoint.objects.filter(project_id=dataset.project_id, dataset_id=dataset.pk)
        held = points.exclude(trace_id=NIL).values("trace_id")
        elsewhere = Datapoint.objects.visible_to(access).exclude(dataset_id=dataset.pk)
        marked_traces.unmark(access=access, held=held, elsewhere=elsewhere)
        change = events.Change("dataset.delete", "dataset", dataset.pk, dataset.project_id)
        change.before.update({"name": dataset.name, "datapoints": points.count()})
        events.record(access, [change])
        points._raw_delete(points.db)
        dataset.delete()
    return len(doomed)


def locked(*, access: Access, dataset_id: UUID) -> Dataset:
    """The dataset, held until the transaction ends. Raises NotFound."""
    visible = Dataset.objects.visible_to(access).select_for_update(no_key=True)
    dataset = visible.filter(pk=dataset_id).first()
    if dataset is None:
        raise NotFound(NO_DATASET)
    return dataset


def changed(*, project_id: UUID, dataset_ids: Collection[UUID]) -> None:
    """Count one change of the datapoints; a snapshot that is being made begins anew.

    The datasets are held from then on. Raises NotFound for one that was deleted meanwhile.
    """
    for dataset_id in sorted(dataset_ids):
        counted = Dataset.objects.filter(project_id=project_id, pk=dataset_id).update(
            revision=F("revision") + 1, last_updated_at=timezone.now()
        )
        if not counted:
            raise NotFound(NO_DATASET)


def _good(name: str) -> str:
    name = clean_text(name.strip())
    if not 1 <= len(name) <= MAX_NAME:
        raise Invalid(f"A dataset's name has 1 to {MAX_NAME} characters.")
    return name
