"""What the templates of a trace's text are handed: each block names the template that shows it."""

from dataclasses import dataclass, field
from typing import ClassVar

from django.utils.safestring import SafeString

_FOLDER = "feedback_app/reading"


@dataclass(frozen=True, slots=True)
class Html:
    """Text, code or a tree: HTML that has been made safe."""

    template: ClassVar[str] = f"{_FOLDER}/_html.html"
    html: SafeString
    kind: str = "prose"
    """``prose`` for what is read, ``plain`` for code and trees."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that the content itself carries."""

    template: ClassVar[str] = f"{_FOLDER}/_picture.html"
    src: str
    words: str


@dataclass(frozen=True, slots=True)
class Attached:
    """What is not shown here: a link where there is an address, else words that say what it is."""

    template: ClassVar[str] = f"{_FOLDER}/_attached.html"
    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fold:
    """What is folded to one line: a tool call or result, reasoning, other fields."""

    template: ClassVar[str] = f"{_FOLDER}/_fold.html"
    icon: str
    name: str
    summary: str
    blocks: "list[Block]"
    is_code: bool = False
    """Whether ``name`` is a name from the program rather than a word of ours."""


@dataclass(frozen=True, slots=True)
class Field:
    """One named text of an object."""

    template: ClassVar[str] = f"{_FOLDER}/_field.html"
    name: str
    blocks: "list[Block]"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation. The system's is folded to ``summary``."""

    template: ClassVar[str] = f"{_FOLDER}/_message.html"
    role: str
    """``system``, ``user``, ``assistant``, ``tool`` or ``other``."""
    speaker: str
    blocks: "list[Block]" = field(default_factory=list)
    summary: str = ""
    is_folded: bool = False


Block = Html | Picture | Attached | Fold | Field | Message
