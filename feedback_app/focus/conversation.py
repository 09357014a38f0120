"""The traces to be read for one item: the trace itself, or the turns of a conversation.

Of a conversation the newest turns are shown, whole, as many as a page can bear; those before them
are brought when they are asked for, as many again, and as whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Length

from feedback_app.reading.content import Content, read
from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import VERDICT, AnnotationQueue, EntityType, QueueItem, Score, Thread, Trace
from traces_app.models.prepared import prepared
from traces_app.models.traces import TraceQuerySet

MOST_TURNS = 20
MOST_TEXT = 300_000
"""Characters of inputs and outputs after which no further turn is shown at once."""
NOT_THERE = "There is no such item in this queue."


@dataclass(frozen=True)
class Choice:
    """One of the scores that a turn can be given at once."""

    icon: str
    value: Decimal
    words: str
    is_own: bool


_CHOICES = (
    ("high", Decimal(1), "Good"),
    ("mid", Decimal("0.5"), "Middling"),
    ("low", Decimal(0), "Bad"),
)


@dataclass(frozen=True)
class Turn:
    """One trace to be read; ``own`` is the caller's score of it in the queue."""

    trace: Trace
    number: int = 1
    is_judged: bool = True
    own: Decimal | None = None

    @cached_property
    def input(self) -> Content:
        return read(self.trace.input)

    @cached_property
    def output(self) -> Content:
        return read(self.trace.output)

    @property
    def key(self) -> str:
        """Makes ids in the page."""
        return str(self.trace.pk)

    @property
    def choices(self) -> list[Choice]:
        return [Choice(icon, value, words, self.own == value) for icon, value, words in _CHOICES]


@dataclass(frozen=True)
class Talk:
    """Some turns in their order. ``earlier`` is the first of them, if there are some before it;
    ``is_past`` says that newer ones are left out."""

    shown: list[Turn]
    total: int = 1
    earlier: UUID | None = None
    is_past: bool = False


def of(access: Access, queue: AnnotationQueue, judged_id: UUID, before: UUID | None = None) -> Talk:
    """The newest turns, or those before one of them. Raises NotFound where there is none."""
    if queue.scope == AnnotationQueue.Scope.TRACE:
        return _alone(queue, judged_id)
    traces = in_thread(queue, judged_id)
    wanted = traces if before is None else traces.filter(pk__lt=before)
    pks, is_more = _fitting(wanted)
    total = traces.count()
    newer = 0 if before is None else traces.filter(pk__gte=before).count()
    rows = {row.pk: row for row in traces.filter(pk__in=pks)}
    own = _own(access, queue, pks)
    first = total - newer - len(rows) + 1
    shown = [
        Turn(rows[pk], at, at == total, own.get(pk))
        for at, pk in enumerate((pk for pk in reversed(pks) if pk in rows), start=first)
    ]
    if not shown:
        raise NotFound(NOT_THERE)
    return Talk(shown, total, shown[0].trace.pk if is_more else None, is_past=newer > 0)


def turn(access: Access, queue: AnnotationQueue, judged_id: UUID, trace_id: UUID) -> Turn:
    """One turn of a conversation, without what is to be read of it. Raises NotFound."""
    traces = in_thread(queue, judged_id)
    row = traces.filter(pk=trace_id).defer("input", "output").first()
    if row is None:
        raise NotFound(NOT_THERE)
    number = traces.filter(pk__lte=trace_id).count()
    own = _own(access, queue, [row.pk]).get(row.pk)
    return Turn(row, number, own=own)


def item(queue: AnnotationQueue, judged_id: UUID) -> QueueItem:
    """Raises NotFound for what is not an item of the queue."""
    found = _item.first(queue.project_id, queue.pk, judged_id)
    if found is None:
        raise NotFound(NOT_THERE)
    return found


@prepared
def _item(project_id: UUID, queue_id: UUID, judged_id: UUID) -> QuerySet[QueueItem]:
    return QueueItem.objects.filter(project_id=project_id, queue_id=queue_id, entity_id=judged_id)


def thread(queue: AnnotationQueue, judged_id: UUID) -> Thread:
    """The conversation that an item is. Raises NotFound."""
    found = Thread.objects.filter(project_id=queue.project_id, pk=judged_id).first()
    if found is None:
        raise NotFound(NOT_THERE)
    return found


def in_thread(queue: AnnotationQueue, judged_id: UUID) -> TraceQuerySet:
    """The traces of the conversation that an item is: who sees the queue sees them."""
    thread = Thread.objects.filter(project_id=queue.project_id, pk=judged_id)
    traces = Trace.objects.filter(project_id=queue.project_id)
    return traces.filter(thread_id__in=thread.values("thread_id"))


def _alone(queue: AnnotationQueue, judged_id: UUID) -> Talk:
    row = _trace.first(queue.project_id, judged_id)
    if row is None:
        raise NotFound(NOT_THERE)
    return Talk([Turn(row)])


@prepared
def _trace(project_id: UUID, trace_id: UUID) -> QuerySet[Trace]:
    return Trace.objects.filter(project_id=project_id, pk=trace_id)


def _fitting(traces: TraceQuerySet) -> tuple[list[UUID], bool]:
    """The newest that fit a page, newest first, one at least; and whether there are more."""
    size = Coalesce(Length("input"), 0) + Coalesce(Length("output"), 0)
    newest = traces.order_by("-pk").annotate(size=size).values_list("pk", "size")
    rows = list(newest[: MOST_TURNS + 1])
    found: list[UUID] = []
    used = 0
    for pk, length in rows[:MOST_TURNS]:
        used += length
        if found and used > MOST_TEXT:
            break
        found.append(pk)
    return found, len(found) < len(rows)


def _own(access: Access, queue: AnnotationQueue, pks: Sequence[UUID]) -> dict[UUID, Decimal]:
    mine = Score.objects.about(EntityType.TRACE, list(pks)).filter(
        project_id=queue.project_id, queue_id=queue.pk, author_id=access.author_id, name=VERDICT
    )
    return dict(mine.values_list("entity_id", "value"))
