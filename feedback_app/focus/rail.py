"""Where one stands in a queue: the items around this one, and how far one has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr
from django.utils import timezone

from feedback_app.models import Review
from feedback_app.reading.preview import preview
from feedback_app.services import reviews
from traces_app.access import Access
from traces_app.models import AnnotationQueue, QueueItem, Reservation, Thread, Trace

BEFORE, AFTER = 6, 14
_HEAD = 2_000  # characters of an input that its line is made from


@dataclass(frozen=True)
class Place:
    """The item's number in the queue's order, and what of it the caller has finished."""

    number: int
    total: int
    finished: int

    @property
    def percent(self) -> int:
        return 100 * self.finished // self.total if self.total else 0


@dataclass(frozen=True)
class Stop:
    """One item in the rail."""

    number: int
    judged_id: UUID
    title: str
    state: str
    is_held: bool


def place(access: Access, queue: AnnotationQueue, item: QueueItem) -> Place:
    """Three counts on indexes."""
    states = (Review.State.SUBMITTED, Review.State.DECLINED)
    return Place(
        number=_items(queue).filter(_before(item)).count() + 1,
        total=queue.item_count,
        finished=reviews.mine(access, queue, *states).count(),
    )


def of(access: Access, queue: AnnotationQueue, item: QueueItem, number: int) -> list[Stop]:
    """The items around ``item``, which is the ``number``th, in the queue's order; three queries."""
    mine = reviews.mine(access, queue).filter(judged_id=OuterRef("entity_id"))
    held = Reservation.objects.filter(
        project_id=queue.project_id, item_id=OuterRef("pk"), expires_at__gt=timezone.now()
    ).exclude(holder_id=access.author_id)
    rows = (
        _items(queue)
        .annotate(state=Subquery(mine.values("state")), is_held=Exists(held))
        .values_list("entity_id", "state", "is_held")
    )
    before = rows.filter(_before(item)).order_by("-position", "-pk")[:BEFORE]
    after = rows.exclude(_before(item)).order_by("position", "pk")[: AFTER + 1]
    earlier = list(before)[::-1]
    stops = [*earlier, *after]
    titles = _titles(queue, [judged_id for judged_id, _, _ in stops])
    return [
        Stop(at, judged_id, titles.get(judged_id, ""), state or "", is_held)
        for at, (judged_id, state, is_held) in enumerate(stops, start=number - len(earlier))
    ]


def _items(queue: AnnotationQueue) -> QuerySet[QueueItem]:
    return QueueItem.objects.filter(project_id=queue.project_id, queue_id=queue.pk)


def _before(item: QueueItem) -> Q:
    return Q(position__lt=item.position) | Q(position=item.position, pk__lt=item.pk)


def _titles(queue: AnnotationQueue, ids: Sequence[UUID]) -> dict[UUID, str]:
    if queue.scope == AnnotationQueue.Scope.THREAD:
        threads = Thread.objects.filter(project_id=queue.project_id, pk__in=ids)
        return dict(threads.values_list("pk", "thread_id"))
    traces = Trace.objects.filter(project_id=queue.project_id, pk__in=ids)
    heads = traces.annotate(head=Substr(F("input"), 1, _HEAD)).values_list("pk", "name", "head")
    return {pk: name or preview(head, 60) or str(pk) for pk, name, head in heads}
