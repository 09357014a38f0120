"""What several dialects share: a spoken text, and files that stand in the content itself."""

from feedback_app.reading.parts import File, Part, Picture, Reasoning, Text

_THINKING = ("<think>", "</think>")


def spoken(text: str) -> list[Part]:
    """A text whose beginning may be reasoning between ``<think>`` tags."""
    opening, closing = _THINKING
    if text.lstrip().startswith(opening) and closing in text:
        thought, said = text.lstrip()[len(opening) :].split(closing, 1)
        return [Reasoning(thought.strip()), *([Text(said.strip())] if said.strip() else [])]
    return [Text(text)]


def inline(kind: str, data: str) -> list[Part]:
    """A file that stands in the content itself, as base64."""
    if kind.startswith("image/"):
        return [Picture(f"data:{kind};base64,{data}", kind)]
    return [File(f"{kind}, {size(len(data) * 3 // 4)}, inside the trace")]


def size(count: int) -> str:
    """A number of bytes as people read it."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
