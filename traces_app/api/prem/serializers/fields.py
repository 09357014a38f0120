"""Reading what Prem's clients send, field by field, with every broken rule by its field."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import UNSET

from traces_app.api.prem.errors import InvalidFields
from traces_app.errors import NotFound

MAX_FEEDBACK = 2048
NOT_FOUND = "Trace not found"
NO_TEXT = "Send a text of at least one character."
NO_SCORE = "Send a number from 0 to 1, or null."
NO_UUID = "Send a UUID, or null."
LONG_FEEDBACK = f"Send at most {MAX_FEEDBACK} characters."


class Fields:
    """One JSON object, read under camelCase or snake_case names; what is absent is UNSET."""

    def __init__(self, sent: Mapping[str, Any]) -> None:
        self.sent = sent
        self.details: dict[str, list[str]] = {}

    def refuse(self, name: str, message: str) -> None:
        self.details.setdefault(name, []).append(message)

    def check(self) -> None:
        """Raises InvalidFields when something was refused."""
        if self.details:
            raise InvalidFields(self.details)

    def value(self, name: str, other: str | None = None) -> Any:
        found = self.sent.get(name, UNSET)
        return self.sent.get(other, UNSET) if found is UNSET and other else found

    def text(self, name: str, other: str | None = None) -> str:
        """A text that must be there."""
        sent = self.value(name, other)
        if isinstance(sent, str) and sent:
            return sent
        self.refuse(name, NO_TEXT)
        return ""

    def score(self) -> Any:
        """A Decimal from 0 to 1, None or UNSET."""
        sent = self.value("score")
        if sent is None or sent is UNSET:
            return sent
        if isinstance(sent, int | float) and not isinstance(sent, bool) and 0 <= sent <= 1:
            return Decimal(str(sent))
        self.refuse("score", NO_SCORE)
        return None

    def feedback(self) -> Any:
        """A text, None or UNSET."""
        sent = self.value("feedback")
        if sent is None or sent is UNSET:
            return sent
        if not isinstance(sent, str):
            self.refuse("feedback", "Send a text, or null.")
            return None
        if len(sent) > MAX_FEEDBACK:
            self.refuse("feedback", LONG_FEEDBACK)
        return sent

    def uuid(self, name: str, other: str) -> Any:
        """A UUID, None or UNSET; an empty text is None."""
        sent = self.value(name, other)
        if sent is UNSET:
            return UNSET
        found = uuid_of(sent)
        if found is None and sent not in (None, ""):
            self.refuse(name, NO_UUID)
        return found


def uuid_of(sent: object) -> UUID | None:
    """The UUID that a text is, else None."""
    if not isinstance(sent, str):
        return None
    try:
        return UUID(sent)
    except ValueError:
        return None


def known_id(sent: str) -> UUID:
    """The id in an address; what is no UUID cannot be found."""
    found = uuid_of(sent)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found
