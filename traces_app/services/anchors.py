"""Where a comment on a stretch of text stands: which side of a trace, from where to where."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from traces_app import normal_form
from traces_app.errors import Invalid

LONGEST = 2_000
"""Characters of a quote."""

_Offset = Annotated[int, Meta(ge=0, le=10**9)]
_Beside = Annotated[str, Meta(max_length=64)]


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """Offsets count UTF-16 units of the text as a browser shows it. What was quoted, with what
    stood before and after it, finds the place again where the text is shown in another way."""

    side: Literal["input", "output"]
    start: _Offset
    end: _Offset
    quote: Annotated[str, Meta(min_length=1, max_length=LONGEST)]
    before: _Beside = ""
    after: _Beside = ""


def read(text: str) -> Anchor:
    """The anchor that a page has sent as JSON. Raises Invalid."""
    try:
        sent = msgspec.json.decode(text, type=Anchor)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as mistake:
        raise Invalid("That place in the text cannot be read.") from mistake
    if sent.start >= sent.end or not sent.quote.strip():
        raise Invalid("That place in the text has no words.")
    return sent


def stored(anchor: Anchor) -> str:
    """JSON text for the comment's column."""
    return normal_form.dump(msgspec.to_builtins(anchor))
