"""The turns of a conversation as its page shows them: one trace each, the oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Value, When
from django.db.models.functions import Left

from feedback_app.reading.blocks import Block, Message
from feedback_app.reading.content import read
from feedback_app.reading.preview import preview
from traces_app.access import Access
from traces_app.models import Thread, Trace
from traces_app.models.traces import TraceQuerySet

SIZE = 20
LONGEST = 60_000
"""Characters of one side of a trace; of a longer one the page shows its beginning."""
_BEGINNING = 1_200


@dataclass(frozen=True)
class Side:
    """What went in or came out, as much of it as belongs to this turn.

    ``left_out`` counts the messages before, which the turns above have shown.
    """

    blocks: list[Block]
    left_out: int = 0
    beginning: str = ""
    """Set in place of the blocks where the text is too long."""


@dataclass(frozen=True)
class Turn:
    """One trace of the conversation."""

    pk: UUID
    name: str
    started: Any
    seconds: float | None
    asked: Side
    answered: Side
    has_failed: bool
    is_running: bool
    score: Decimal | None


@dataclass(frozen=True)
class Turns:
    """Some of a conversation's turns; the ids are those that the pages beside begin with."""

    shown: list[Turn]
    total: int
    earlier: UUID | None
    later: UUID | None


def of(access: Access, thread: Thread, start: UUID | None) -> Turns:
    """The turns from ``start`` on, or from the first; four queries at most."""
    traces = Trace.objects.visible_to(access).filter(
        project_id=thread.project_id, thread_id=thread.thread_id
    )
    wanted = traces if start is None else traces.filter(pk__gte=start)
    rows = _rows(wanted)
    shown, later = rows[:SIZE], rows[SIZE:]
    hidden = _hidden(access, traces, [row["pk"] for row in shown])
    return Turns(
        [_turn(row, row["pk"] in hidden) for row in shown],
        traces.count(),
        earlier=_earlier(traces, start),
        later=later[0]["pk"] if later else None,
    )


def _rows(traces: TraceQuerySet) -> list[dict[str, Any]]:
    failed = Case(
        When(error_info__isnull=False, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    fetched = traces.order_by("pk").values(
        *("pk", "name", "start_time", "end_time", "score"),
        has_failed=failed,
        question=Left("input", LONGEST + 1),
        answer=Left("output", LONGEST + 1),
    )
    return list(fetched[: SIZE + 1])


def _hidden(access: Access, traces: TraceQuerySet, pks: Sequence[UUID]) -> set[UUID]:
    """Those of which the caller is to judge blind."""
    blind = traces.filter(access.sight.hidden_verdicts(), pk__in=pks)
    return set(blind.values_list("pk", flat=True))


def _earlier(traces: TraceQuerySet, start: UUID | None) -> UUID | None:
    """With which trace the page before begins."""
    if start is None:
        return None
    before = traces.filter(pk__lt=start).order_by("-pk").values_list("pk", flat=True)
    pks = list(before[:SIZE])
    return pks[-1] if pks else None


def _turn(row: dict[str, Any], is_hidden: bool) -> Turn:
    start, end = row["start_time"], row["end_time"]
    return Turn(
        pk=row["pk"],
        name=row["name"] or "",
        started=start,
        seconds=None if end is None else (end - start).total_seconds(),
        asked=_asked(row["question"]),
        answered=_side(row["answer"], of_answer=True),
        has_failed=row["has_failed"],
        is_running=end is None and row["answer"] is None and not row["has_failed"],
        score=None if is_hidden else row["score"],
    )


def _asked(text: str | None) -> Side:
    """Of a chat the last thing that was asked: clients send all that was said before along."""
    side = _side(text)
    places = [
        place
        for place, block in enumerate(side.blocks)
        if isinstance(block, Message) and block.role == "user"
    ]
    if not places or places[-1] == 0:
        return side
    return Side(side.blocks[places[-1] :], left_out=places[-1])


def _side(text: str | None, *, of_answer: bool = False) -> Side:
    if text is not None and len(text) > LONGEST:
        return Side([], beginning=preview(text, _BEGINNING, of_answer=of_answer))
    return Side(read(text).blocks)
