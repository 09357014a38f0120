"""Finding, making, editing and deleting projects."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import DEFAULT_PROJECT, Project
from traces_app.models.projects import name_key
from traces_app.services import events, removals

MAX_NAME = 255


def find(*, access: Access, name: str | None = None, project_id: UUID | None = None) -> Project:
    """The project by id, else by name. Raises NotFound in Opik's words (opik.md §0.6)."""
    visible = Project.objects.visible_to(access)
    if project_id is not None:
        project = visible.filter(pk=project_id).first()
        if project is None:
            raise NotFound(f"Project id: {project_id} not found")
        return project
    project = visible.named(name or DEFAULT_PROJECT).first()
    if project is None:
        raise NotFound(f"Project name: {name} not found")
    return project


@transaction.atomic
def get_or_create(*, access: Access, name: str | None) -> Project:
    """The project called ``name``, made when missing; None is the workspace's default one."""
    return next(iter(get_or_create_all(access=access, names=[name]).values()))


@transaction.atomic
def get_or_create_all(*, access: Access, names: Iterable[str | None]) -> dict[str, Project]:
    """Projects by ``key_of`` their name, made when missing. Names are compared without case."""
    wanted: dict[str, str] = {}
    for name in names:
        clean = normal_form.clean_text(DEFAULT_PROJECT if name is None else name.strip())
        wanted.setdefault(key_of(name), clean)
    found = {
        project.name_key: project
        for project in Project.objects.filter(
            workspace_id=access.workspace_id, name_key__in=list(wanted)
        )
    }
    for key in sorted(wanted.keys() - found.keys()):
        found[key], _ = create(access=access, name=wanted[key])
    for project in found.values():
        access.knows_project(project.pk)
    return found


def key_of(name: str | None) -> str:
    """What ``get_or_create_all`` answers under for a name as it was sent."""
    return name_key(DEFAULT_PROJECT if name is None else name)


@transaction.atomic
def create(*, access: Access, name: str, description: str = "") -> tuple[Project, bool]:
    """The project called ``name`` and whether it was made now. Raises Forbidden, Invalid."""
    access.must_write()
    name = normal_form.clean_text(name.strip())
    _check_name(name)
    project, is_new = Project.objects.get_or_create(
        workspace_id=access.workspace_id,
        name_key=name_key(name),
        defaults={
            "name": name,
            "description": normal_form.clean_text(description),
            "created_by_id": access.author_id,
        },
    )
    if is_new:
        change = events.Change("project.create", "project", project.pk, project.pk)
        change.after["name"] = name
        events.record(access, [change])
    return project, is_new


@transaction.atomic
def edit(
    *,
    access: Access,
    project_id: UUID,
    name: str | None = None,
    description: str | None = None,
    dataset_threshold: Decimal | None = None,
    approves_generated: bool | None = None,
) -> Project:
    """Change what people set on a project; None keeps, and the threshold is in 0..1.

    Raises Forbidden, NotFound, Invalid and Conflict (the name is taken, or is the default one's).
    """
    access.must_write()
    project = _locked(access, [project_id]).first()
    if project is None:
        raise NotFound(f"Project id: {project_id} not found")
    before = _facts(project)
    if name is not None:
        _rename(project, name)
    if description is not None:
        project.description = normal_form.clean_text(description.strip())
    if dataset_threshold is not None:
        if not 0 <= dataset_threshold <= 1:
            raise Invalid("The threshold is a number from 0 to 1.")
        project.dataset_threshold = dataset_threshold
    if approves_generated is not None:
        project.approves_generated = approves_generated
    after = _facts(project)
    if after != before:
        _save(project, [*before, "name_key", "last_updated_at"])
        change = events.Change("project.edit", "project", project.pk, project.pk, before, after)
        events.record(access, [change])
    return project


@transaction.atomic
def delete(*, access: Access, ids: Collection[UUID]) -> None:
    """Make projects disappear at once; a job removes what was under them (``removals``).

    Their names are free from here on: what is sent to one makes a fresh project. Ids of traces
    come free when the job has removed them. Unknown ids are no error. Raises Forbidden, and
    Conflict for the default project, where traces go that name none.
    """
    access.must_administer()
    doomed = list(_locked(access, ids))
    if any(project.name_key == name_key(DEFAULT_PROJECT) for project in doomed):
        raise Conflict("Cannot delete default project")
    for project in doomed:
        removals.enqueue(access=access, project_id=project.pk)
    Project.objects.filter(pk__in=[project.pk for project in doomed])._raw_delete("default")
    events.record(access, [_deletion(project) for project in doomed])


def _deletion(project: Project) -> events.Change:
    before = _facts(project) | {"traces": project.trace_count}
    return events.Change("project.delete", "project", project.pk, project.pk, before)


def _locked(access: Access, ids: Collection[UUID]) -> QuerySet[Project]:
    visible = Project.objects.visible_to(access).filter(pk__in=ids).order_by("pk")
    return visible.select_for_update(of=("self",))


def _save(project: Project, columns: list[str]) -> None:
    try:
        with transaction.atomic():
            project.save(update_fields=columns)
    except IntegrityError as error:  # somebody else took the name since we looked
        raise _taken(project.name) from error


def _rename(project: Project, name: str) -> None:
    name = normal_form.clean_text(name.strip())
    _check_name(name)
    key = name_key(name)
    if key != project.name_key:
        if project.name_key == name_key(DEFAULT_PROJECT):
            raise Conflict(
                f"“{DEFAULT_PROJECT}” keeps its name: traces without a project go there."
            )
        if Project.objects.filter(workspace_id=project.workspace_id, name_key=key).exists():
            raise _taken(name)
    project.name, project.name_key = name, key


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a project called “{name}” already.")


def _facts(project: Project) -> dict[str, object]:
    return {
        "name": project.name,
        "description": project.description,
        "dataset_threshold": float(project.dataset_threshold),
        "approves_generated": project.approves_generated,
    }


def _check_name(name: str) -> None:
    if not name or len(name) > MAX_NAME:
        raise Invalid(f"A project's name has 1 to {MAX_NAME} characters.")
