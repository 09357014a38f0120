"""Setting a queue up: what it asks, with the definitions that its questions are still without."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from traces_app.access import Access
from traces_app.models import AnnotationQueue
from traces_app.services import definitions, queues
from traces_app.services.definitions import Definition
from traces_app.services.queues import NewQueue, Wishes


@dataclass(frozen=True, kw_only=True)
class Setup:
    """A queue as somebody wants it; ``definitions`` are made first."""

    wishes: Wishes
    definitions: Sequence[Definition] = ()


@transaction.atomic
def create(*, access: Access, project_id: UUID, scope: str, setup: Setup) -> AnnotationQueue:
    """Make the definitions and the queue, all or none.

    Raises Forbidden, NotFound for the project, Conflict for a definition's name that is taken,
    Invalid.
    """
    _define(access, setup)
    wanted = NewQueue(project_id=project_id, scope=scope, wishes=setup.wishes)
    return queues.create(access=access, wanted=[wanted])[0]


@transaction.atomic
def edit(*, access: Access, queue_id: UUID, setup: Setup) -> AnnotationQueue:
    """Make the definitions and change the queue, all or none. Raises as ``create``."""
    _define(access, setup)
    return queues.edit(access=access, queue_id=queue_id, wishes=setup.wishes)


def _define(access: Access, setup: Setup) -> None:
    access.must_write()
    for definition in setup.definitions:
        definitions.create(access=access, said=definition)
