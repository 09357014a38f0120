"""Where traces are: in the project that a client names, or moved away from it."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import QuerySet

from traces_app.access import Access
from traces_app.errors import Conflict
from traces_app.models import Project, Trace
from traces_app.services import projects

ELSEWHERE = "Project name and workspace name do not match the existing trace"


def locked(access: Access, ids: Iterable[UUID]) -> QuerySet[Trace]:
    # In the order in which batches write them, or the two could wait for each other.
    visible = Trace.objects.visible_to(access).filter(pk__in=list(ids))
    visible = visible.order_by("project_id", "pk")
    return visible.only("project_id", "sent_project_id", "tags", "thread_id").select_for_update()


def named(access: Access, name: str | None, project_id: UUID | None) -> Project:
    if project_id is not None:
        return projects.find(access=access, project_id=project_id)
    return projects.get_or_create(access=access, name=name)


def home_of(
    access: Access, stored: Trace, name: str | None, project_id: UUID | None
) -> tuple[UUID, UUID]:
    """Where a stored trace is, if the client named that place or the one it was sent to."""
    homes = {stored.project_id, stored.sent_project_id}
    if project_id is not None:
        projects.find(access=access, project_id=project_id)
        if project_id not in homes:
            raise Conflict(ELSEWHERE)
    elif name is not None and not Project.objects.filter(pk__in=homes).named(name).exists():
        raise Conflict(ELSEWHERE)
    return stored.project_id, stored.sent_project_id


def strays(
    access: Access, project_id: UUID, ids: Sequence[UUID]
) -> tuple[dict[UUID, UUID], set[UUID]]:
    """Of ids that are not in the project: where those moved away now are, and the others."""
    elsewhere = Trace.objects.filter(pk__in=ids).exclude(project_id=project_id)
    moved: dict[UUID, UUID] = {}
    refused: set[UUID] = set()
    for pk, home, sent in elsewhere.values_list("pk", "project_id", "sent_project_id"):
        if home in access.project_ids and sent == project_id:
            moved[pk] = home
        else:
            refused.add(pk)
    return moved, refused
