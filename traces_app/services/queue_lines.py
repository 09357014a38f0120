"""In which line the items of a queue come to somebody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from traces_app.models import NIL, QueueItem, Reservation
from traces_app.models.prepared import prepared


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody has done in a queue: ``finished`` gives the ids of what that one is through
    with; ``later`` of what comes last, by ``judged_id`` and ``last_updated_at``, the longest put
    off first; ``barred`` are the items that are for others alone."""

    finished: QuerySet[Any, Any]
    later: QuerySet[Any, Any]
    barred: Q = Q()  # noqa: RUF009 - it does not change


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whom items wait for: somebody in a queue of a project, at a time."""

    project_id: UUID
    queue_id: UUID
    author_id: UUID
    now: datetime


Doings = Callable[[UUID, UUID, UUID], Done]
"""What somebody has done, by project, queue and author."""
_Rows = Callable[[Waiting, Done], QuerySet[QueueItem]]


class Line:
    """What is handed to somebody: what is held already, what is fresh, what has been put off.

    Made once for each way of counting what is done, with its statements: every step from item to
    item asks them.
    """

    def __init__(self, doings: Doings) -> None:
        self.parts = [Part(rows, doings) for rows in (_held, _fresh, _put_off)]


class Part:
    """A part of a line, in its order."""

    def __init__(self, rows: _Rows, doings: Doings) -> None:
        @prepared
        def others(
            project_id: UUID, queue_id: UUID, author_id: UUID, now: datetime, passed: list[UUID]
        ) -> QuerySet[QueueItem]:
            found = rows(
                Waiting(project_id, queue_id, author_id, now),
                doings(project_id, queue_id, author_id),
            )
            return found.exclude(entity_id__in=passed)[:1]

        @prepared
        def locked(
            project_id: UUID, queue_id: UUID, author_id: UUID, now: datetime, passed: list[UUID]
        ) -> QuerySet[QueueItem]:
            free = others.build(project_id, queue_id, author_id, now, passed)
            return free.select_for_update(skip_locked=True, of=("self",))

        self._others, self._locked = others, locked

    def first(
        self, waiting: Waiting, passed: list[UUID], *, lock: bool = False
    ) -> QueueItem | None:
        """The first item but for those of which the traces or threads are ``passed``.

        With ``lock`` those that others lock just now are passed, too.
        """
        asked = self._locked if lock else self._others
        return asked.first(
            waiting.project_id, waiting.queue_id, waiting.author_id, waiting.now, passed or [NIL]
        )


def _held(waiting: Waiting, done: Done) -> QuerySet[QueueItem]:
    held = _active(waiting).filter(holder_id=waiting.author_id)
    rows = _wanted(waiting, done).filter(pk__in=held.values("item_id"))
    return rows.order_by("position", "pk")


def _fresh(waiting: Waiting, done: Done) -> QuerySet[QueueItem]:
    rows = _free(waiting, done).exclude(entity_id__in=done.later.values("judged_id"))
    return rows.order_by("position", "pk")


def _put_off(waiting: Waiting, done: Done) -> QuerySet[QueueItem]:
    since = done.later.filter(judged_id=OuterRef("entity_id")).values("last_updated_at")[:1]
    rows = _free(waiting, done).filter(entity_id__in=done.later.values("judged_id"))
    return rows.order_by(Subquery(since), "position", "pk")


def _free(waiting: Waiting, done: Done) -> QuerySet[QueueItem]:
    """What others who hold it leave room in."""
    others = _active(waiting).exclude(holder_id=waiting.author_id)
    of_item = others.filter(item_id=OuterRef("pk")).order_by().values("item_id")
    held = of_item.annotate(number=Count("pk")).values("number")
    return (
        _wanted(waiting, done)
        .alias(held=Coalesce(Subquery(held), 0))
        .filter(review_count__lt=F("reviews_needed") - F("held"))
    )


def _wanted(waiting: Waiting, done: Done) -> QuerySet[QueueItem]:
    rows = QueueItem.objects.filter(project_id=waiting.project_id, queue_id=waiting.queue_id)
    rows = rows.filter(is_done=False).exclude(entity_id__in=done.finished)
    return rows.exclude(done.barred) if done.barred else rows


def _active(waiting: Waiting) -> QuerySet[Reservation]:
    return Reservation.objects.filter(
        project_id=waiting.project_id, queue_id=waiting.queue_id, expires_at__gt=waiting.now
    )
