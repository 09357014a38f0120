"""Metadata as Opik's clients read it: led by the providers of the models.

Opik prints a span's ``provider`` and a trace's ``providers`` as the first field of its metadata,
too. The stored document stays as it was sent, and a field of that name in it wins.
"""

from collections.abc import Sequence

import msgspec
from msgspec import Raw

from traces_app import normal_form


def led_by(name: str, value: str | Sequence[str] | None, metadata: Raw | None) -> Raw | None:
    """``metadata`` with a field of this name in front; without a value, or no object: as it is."""
    text = b"{}" if metadata is None else bytes(metadata)
    if not value or not text.startswith(b"{") or _has(name, text):
        return metadata
    rest = text[1:].lstrip()
    field = msgspec.json.encode({name: value})[:-1]
    return Raw(field + (b"" if rest == b"}" else b",") + rest)


def _has(name: str, text: bytes) -> bool:
    # An escaped name would be missed, but the normal form has none for these letters.
    return b'"%b"' % name.encode() in text and name in normal_form.load(text)
