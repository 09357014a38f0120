"""What traces and spans have in common as they are sent."""

from datetime import datetime
from typing import Any, Protocol, TypeVar


class Sent(Protocol):
    """``values`` holds merging columns by name; None was not sent."""

    sent_at: datetime
    values: dict[str, Any]


Run = TypeVar("Run", bound=Sent)


def merged(one: Run, other: Run) -> Run:
    """Two rows of one id in a batch, as if they had come one after the other."""
    newer, older = (other, one) if other.sent_at > one.sent_at else (one, other)
    values = {key: value for key, value in newer.values.items() if value is not None}
    newer.values = older.values | values
    return newer
