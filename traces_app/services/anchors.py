"""Where a comment on a stretch of text stands: which side of a trace, from where to where; of a
conversation, in which turn."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Invalid, NotFound
from traces_app.models import EntityType, Thread, Trace

LONGEST = 2_000
"""Characters of a quote."""

NO_TURN = "There is no such turn in what the comment is about."

_Offset = Annotated[int, Meta(ge=0, le=10**9)]
_Beside = Annotated[str, Meta(max_length=64)]


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """Offsets count UTF-16 units of the text as a browser shows it. What was quoted, with what
    stood before and after it, finds the place again where the text is shown in another way.
    ``turn`` is the trace whose text it is, where the comment is on a thread."""

    side: Literal["input", "output"]
    start: _Offset
    end: _Offset
    quote: Annotated[str, Meta(min_length=1, max_length=LONGEST)]
    before: _Beside = ""
    after: _Beside = ""
    turn: UUID | None = None


def read(text: str) -> Anchor:
    """The anchor that a page has sent as JSON. Raises Invalid."""
    try:
        sent = msgspec.json.decode(text, type=Anchor)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as mistake:
        raise Invalid("That place in the text cannot be read.") from mistake
    if sent.start >= sent.end or not sent.quote.strip():
        raise Invalid("That place in the text has no words.")
    return sent


def must_fit(*, access: Access, entity_type: EntityType, entity_id: UUID, anchor: Anchor) -> None:
    """Refuse words of what the comment is not about: a thread's are those of one of its turns.

    Raises NotFound.
    """
    if entity_type is not EntityType.THREAD:
        if anchor.turn is not None:
            raise NotFound(NO_TURN)
        return
    threads = Thread.objects.visible_to(access).filter(pk=entity_id)
    turns = Trace.objects.visible_to(access).filter(
        project_id__in=threads.values("project_id"), thread_id__in=threads.values("thread_id")
    )
    if anchor.turn is None or not turns.filter(pk=anchor.turn).exists():
        raise NotFound(NO_TURN)


def stored(anchor: Anchor) -> str:
    """JSON text for the comment's column."""
    kept: dict[str, Any] = msgspec.to_builtins(anchor)
    if anchor.turn is None:
        del kept["turn"]
    return normal_form.dump(kept)
