"""Serving an attachment: whole or in part, in bounded memory, and never as something that acts.

Whoever calls has checked that the caller may see it. Nothing but a picture whose first bytes say
so is shown in place; all else is handed over as a file, whatever type it was sent with.
"""

import re
import unicodedata
from datetime import datetime
from typing import Any, Protocol

from django.core.files.base import File
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, http_date, parse_etags

from traces_app.services import attachment_files

BLOCK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
_HARMLESS = "default-src 'none'; sandbox"


class Downloadable(Protocol):
    """A file of the storage as it is served; ``picture_type`` is empty for what is no picture."""

    storage_name: str
    size: int
    created_at: datetime

    @property
    def file_name(self) -> str: ...

    @property
    def picture_type(self) -> str: ...


def serve(
    request: HttpRequest, attachment: Downloadable, *, in_place: bool = False
) -> HttpResponseBase:
    """The file, or the part of it that ``Range`` asks for.

    ``in_place`` lets a browser show it if it is a picture. Raises NotFound when the file is gone.
    """
    shown = in_place and bool(attachment.picture_type)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Disposition": _disposition(attachment, shown=shown),
        "Content-Security-Policy": _HARMLESS,
        "Cross-Origin-Resource-Policy": "same-origin",
        "ETag": _etag(attachment),
        "Last-Modified": http_date(attachment.created_at.timestamp()),
        "X-Content-Type-Options": "nosniff",
    }
    if _is_known(request, headers):
        return HttpResponse(status=304, headers=headers)
    wanted = _wanted(request, headers, attachment.size)
    if wanted is not None and not wanted:
        return HttpResponse(
            status=416, headers=headers | {"Content-Range": f"bytes */{attachment.size}"}
        )
    part = range(attachment.size) if wanted is None else wanted
    if wanted is not None:
        last = part.stop - 1
        headers["Content-Range"] = f"bytes {part.start}-{last}/{attachment.size}"
    return StreamingHttpResponse(
        Blocks(attachment_files.opened(attachment.storage_name), part),
        status=200 if wanted is None else 206,
        content_type=attachment.picture_type or "application/octet-stream",
        headers=headers | {"Content-Length": str(len(part))},
    )


def plain_name(file_name: str) -> str:
    """A file name that leads out of no folder, breaks no header and turns no text round."""
    odd = {"/", "\\", ":"}
    cleaned = "".join(
        "_" if char in odd or unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") else char
        for char in file_name
    )
    return cleaned.strip(". ") or "file"


class Blocks:
    """The bytes of ``part`` of a file, a block at a time; closing it closes the file."""

    def __init__(self, file: "File[Any]", part: range) -> None:
        self._file = file
        self._left = len(part)
        file.seek(part.start)

    def __iter__(self) -> "Blocks":
        return self

    def __next__(self) -> bytes:
        block: bytes = self._file.read(min(BLOCK, self._left))
        if not block:
            raise StopIteration
        self._left -= len(block)
        return block

    def close(self) -> None:
        self._file.close()


def _disposition(attachment: Downloadable, *, shown: bool) -> str:
    name = plain_name(attachment.file_name)
    return content_disposition_header(not shown, name) or "attachment"


def _etag(attachment: Downloadable) -> str:
    # Another upload under the same name has another file, and a file never changes.
    return f'"{attachment.storage_name.rpartition("/")[2]}"'


def _is_known(request: HttpRequest, headers: dict[str, str]) -> bool:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or any(tag.removeprefix("W/") == headers["ETag"] for tag in known)


def _wanted(request: HttpRequest, headers: dict[str, str], size: int) -> range | None:
    """The part that is asked for, empty when the file has no such part; None for all of it."""
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or asked is None or not _is_fresh(request, headers):
        return None
    first, last = asked.groups()
    if first == last == "" or (first and last and int(last) < int(first)):
        return None
    if not first:
        return range(max(size - int(last), 0), size)
    return range(int(first), min(int(last) + 1, size) if last else size)


def _is_fresh(request: HttpRequest, headers: dict[str, str]) -> bool:
    """Whether the file is still the one of which the client has a part."""
    before = request.headers.get("If-Range", "").strip()
    return before in ("", headers["ETag"], headers["Last-Modified"])
