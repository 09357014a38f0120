"""Scores on threads that are named as clients name them: by project and ``thread_id``."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import EntityType, Thread
from traces_app.services import projects, scores, thread_rows
from traces_app.services.scores import Said
from traces_app.services.thread_rows import Key


@dataclass(frozen=True, slots=True)
class SaidOfThread:
    """One score; the entity of ``said`` is filled in here. The project's id wins over its name."""

    thread_id: str
    said: Said
    project_name: str | None = None
    project_id: UUID | None = None


@transaction.atomic
def record(*, access: Access, said: Sequence[SaidOfThread]) -> None:
    """Store scores; the projects (by name) and threads that are missing are made.

    A reviewer makes nothing: what is not there or not visible is NotFound, and nothing is stored.
    """
    access.must_judge()
    homes = _homes(access, said)
    wanted = [(home, each.thread_id) for home, each in zip(homes, said, strict=True)]
    found = _found(access, set(wanted))
    for key, each in zip(wanted, said, strict=True):
        if key not in found:
            raise NotFound(f"Thread id: {each.thread_id} not found")
        each.said.entity_id = found[key]
    scores.record(access=access, entity_type=EntityType.THREAD, said=[each.said for each in said])


def find(*, access: Access, project_name: str, thread_id: str) -> UUID | None:
    """The id of a thread of a project by its name; None for one that is not there or not visible.

    Raises Forbidden for those who do not judge.
    """
    access.must_judge()
    try:
        project = projects.find(access=access, name=project_name)
    except NotFound:
        return None
    visible = Thread.objects.visible_to(access).filter(project=project, thread_id=thread_id)
    return visible.values_list("pk", flat=True).first()


def _homes(access: Access, said: Sequence[SaidOfThread]) -> list[UUID]:
    """The project of each. Raises NotFound."""
    by_id = {
        pk: projects.find(access=access, project_id=pk).pk
        for pk in sorted({each.project_id for each in said if each.project_id})
    }
    names = dict.fromkeys(each.project_name for each in said if not each.project_id)
    if access.may_write:
        made = projects.get_or_create_all(access=access, names=names)
        by_name = {name: made[projects.key_of(name)].pk for name in names}
    else:
        by_name = {name: projects.find(access=access, name=name).pk for name in names}
    return [
        by_id[each.project_id] if each.project_id else by_name[each.project_name] for each in said
    ]


def _found(access: Access, keys: Collection[Key]) -> dict[Key, UUID]:
    """The threads, locked in the order in which ingest meets them."""
    if access.may_write:
        return thread_rows.ensure(access=access, keys=keys, now=timezone.now())
    there = thread_rows.lock(keys)
    visible = Thread.objects.visible_to(access).filter(pk__in=list(there.values()))
    seen = set(visible.values_list("pk", flat=True))
    return {key: pk for key, pk in there.items() if pk in seen}
