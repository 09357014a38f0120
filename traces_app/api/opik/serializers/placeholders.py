"""Base64 that the SDK took out of a run, sent as a file and marked with a placeholder: put back.

The SDK takes a data URI out whole, its head included, and raw base64 as it is, and leaves the same
``[input-attachment-1-1704067200000-sdk.png]`` for both. Raw base64 goes back where the head still
stands, or where the keys around say that the type is told beside it; else a data URI.
"""

import base64
import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings

from traces_app.errors import NotFound
from traces_app.models import Attachment, EntityType
from traces_app.services import attachment_files

FIELDS = ("input", "output", "metadata")
MARGIN = 200
"""Characters around a placeholder in which the keys beside it are looked for."""

_MARK = "-attachment-"
_PLACEHOLDER = re.compile(
    r"\[((?:input|output|metadata)-attachment-\d+-\d+(?:-sdk)?\.\w+)\]", re.ASCII
)
_HEAD = ";base64,"
_KEY = re.compile(r'"(\w+)"\s*:\s*"\Z', re.ASCII)
_RAW_KEYS = {"base64", "b64_json"}
_RAW_BESIDE_TYPE = {"data", "bytes"}
_TYPE_BESIDE = re.compile(r'"(?:media_?type|mime_?type|format|source_type)"\s*:', re.IGNORECASE)
_MIME = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


def fill(entity_type: EntityType, rows: Sequence[dict[str, Any]]) -> None:
    """Put files in the place of their placeholders, in the JSON texts of ``rows``; one query.

    At most ``ATTACHMENT_INLINE_LIMIT`` bytes of files go into all rows together, each time that a
    file is put in counted; what is over keeps its placeholder.
    """
    marked = [row for row in rows if is_marked(row, FIELDS)]
    if not marked:
        return
    files = _files(entity_type, marked)
    budget = _Budget(settings.ATTACHMENT_INLINE_LIMIT)
    for row in marked:
        here = files.get(row["id"], {})
        for name in FIELDS if here else ():
            if row.get(name):
                row[name] = _filled(row[name], here, budget)


def is_marked(row: dict[str, Any], fields: Iterable[str]) -> bool:
    """Whether one of these texts of ``row`` may hold a placeholder."""
    return any(_MARK in (row.get(name) or "") for name in fields)


class _Budget:
    """How many bytes may still be read."""

    def __init__(self, left: int) -> None:
        self.left = left

    def takes(self, size: int) -> bool:
        if size > self.left:
            return False
        self.left -= size
        return True


def _files(
    entity_type: EntityType, rows: Iterable[dict[str, Any]]
) -> dict[UUID, dict[str, Attachment]]:
    homes = {row["id"]: row["project_id"] for row in rows}
    about = Attachment.objects.about(entity_type, set(homes))
    found: dict[UUID, dict[str, Attachment]] = {}
    for each in about.filter(project_id__in=set(homes.values())):
        found.setdefault(each.entity_id, {})[each.file_name] = each
    return found


def _filled(text: str, files: dict[str, Attachment], budget: _Budget) -> str:
    def put_back(found: re.Match[str]) -> str:
        file = files.get(found[1])
        if file is None or not budget.takes(file.size):
            return found[0]
        try:
            with attachment_files.opened(file.storage_name) as stored:
                coded = base64.b64encode(stored.read()).decode("ascii")
        except NotFound:
            return found[0]
        return coded if _is_raw(text, found.start(), found.end()) else _head(file) + coded

    return _PLACEHOLDER.sub(put_back, text) if _MARK in text else text


def _is_raw(text: str, start: int, end: int) -> bool:
    before = text[max(start - MARGIN, 0) : start]
    if before.endswith(_HEAD):
        return True
    key = _KEY.search(before)
    if key is None:
        return False
    if key[1] in _RAW_KEYS:
        return True
    around = before + text[end : end + MARGIN]
    return key[1] in _RAW_BESIDE_TYPE and _TYPE_BESIDE.search(around) is not None


def _head(file: Attachment) -> str:
    kind = file.mime_type if _MIME.fullmatch(file.mime_type) else "application/octet-stream"
    return f"data:{kind}{_HEAD}"
