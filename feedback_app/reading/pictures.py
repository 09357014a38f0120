"""Which images are shown, and which addresses become links."""

import re

MARGIN = 64
_DATA = re.compile(r"data:image/(?:png|jpeg|jpg|gif|webp);base64,", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-=\s]*\Z")
_REMOTE = re.compile(r"https?://[^\s\"'<>\\]+\Z", re.IGNORECASE)


def is_shown(url: str) -> bool:
    """A data URI of a raster image. SVG is never shown: it is a document, not a picture."""
    head = _DATA.match(url)
    return bool(head and _BASE64.match(url, head.end()))


def is_link(url: str) -> bool:
    """An address on the web; it is shown as a link and never fetched."""
    return bool(_REMOTE.match(url))


def kind_of(url: str) -> str:
    """What a data URI says it holds: ``image/svg+xml``; for an address "image"."""
    kind = url[5:].split(",", 1)[0].split(";", 1)[0] if url[:5].lower() == "data:" else ""
    return kind[:MARGIN] or "image"
