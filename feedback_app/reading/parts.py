"""What a trace's text is made of once its dialect is read: turns, and the parts of each."""

from dataclasses import dataclass, field
from typing import Any

SYSTEM = "system"
USER = "user"
ASSISTANT = "assistant"
TOOL = "tool"

_ROLES = {
    "system": SYSTEM,
    "developer": SYSTEM,
    "user": USER,
    "human": USER,
    "assistant": ASSISTANT,
    "ai": ASSISTANT,
    "model": ASSISTANT,
    "tool": TOOL,
    "function": TOOL,
}


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody said, as prose or Markdown."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """What a model thought before it answered."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A program or another text that is shown letter by letter."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that a model asks for; ``arguments`` are JSON or the text that should be JSON."""

    name: str
    arguments: Any
    id: str = ""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool answered; ``name`` is the tool's, or the id of its call."""

    name: str
    content: Any


@dataclass(frozen=True, slots=True)
class Picture:
    """An image: a data URI or an address."""

    url: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """Audio, a document or another file: an address, or only words that say what was sent."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Data:
    """JSON that no dialect explains."""

    value: Any
    label: str = ""


Part = Text | Reasoning | Code | ToolCall | ToolResult | Picture | File | Data


@dataclass(slots=True)
class Turn:
    """One message. ``role`` is one of the four, the sender's own word, or empty."""

    role: str
    parts: list[Part] = field(default_factory=list)
    name: str = ""

    @property
    def text(self) -> str:
        """What was said in it, without reasoning, tools and files."""
        return "\n\n".join(part.text for part in self.parts if isinstance(part, Text))


@dataclass(slots=True)
class Conversation:
    """Turns in order, and what stood beside them."""

    turns: list[Turn]
    rest: dict[str, Any] = field(default_factory=dict)


def role_of(word: str) -> str:
    """One of the four roles where the sender's word for it is known, else that word."""
    return _ROLES.get(word.lower(), word)


def rest_of(value: dict[str, Any], *used: str) -> dict[str, Any]:
    """What of an object is not shown elsewhere; empty values say nothing."""
    return {
        key: item
        for key, item in value.items()
        if key not in used and item is not None and item not in ("", [], {})
    }


def others(value: dict[str, Any], *used: str) -> list[Part]:
    """The rest of an object as data, so that nothing is lost."""
    rest = rest_of(value, *used)
    return [Data(rest, "Other fields")] if rest else []


def text_of(value: Any) -> str:
    """A text, or the empty string for anything else."""
    return value if isinstance(value, str) else ""
