"""Answers sent line by line (opik.md §2, search): one JSON object a line, ``\\r\\n`` after it.

Rows are read by keyset pages, each a short query: between two of them nothing is held, neither
cursor nor lock nor more than a page of rows (architecture §6). A page of long rows is followed by
a shorter one, so that it is the bytes of a page that stay about the same.
"""

from collections.abc import Callable, Iterator
from itertools import chain
from threading import BoundedSemaphore
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from django.conf import settings
from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from traces_app.api.bodies import Busy

PAGE = 500
"""Rows a query, at most."""
FIRST = 100
"""Rows of the first query, when nothing is known of their length."""
BYTES = 8 * 1024 * 1024
"""Of text in a page; from there on the next one has half as many rows."""
CHUNK = 256 * 1024
"""Bytes that are sent at once."""
BUSY = "Too Many Requests: too many answers are streaming"

Rows = TypeVar("Rows", bound="QuerySet[Any]")
Page = list[dict[str, Any]]

_encode = msgspec.json.Encoder().encode
_streams = BoundedSemaphore(max(1, settings.THREADS // 4))


def answer(pages: Iterator[Page]) -> StreamingHttpResponse:
    """The rows of ``pages``, sent as they are read.

    The first page is read at once, so what fails there is an ordinary error. Raises Busy when as
    many streams run as may: 429.
    """
    if not _streams.acquire(blocking=False):
        raise Busy(BUSY)
    try:
        lines = _Parts(_printed(chain([next(pages, [])], pages)))
    except BaseException:
        _streams.release()
        raise
    return StreamingHttpResponse(lines, content_type="application/octet-stream")


def answer_parts(parts: Iterator[bytes], content_type: str) -> StreamingHttpResponse:
    """Bytes, sent as they are made; the same places, the same refusal."""
    if not _streams.acquire(blocking=False):
        raise Busy(BUSY)
    return StreamingHttpResponse(_Parts(parts), content_type=content_type)


def newest_first(
    rows: Rows,
    printed: Callable[[Rows], Page],
    *,
    limit: int,
    before: UUID | None = None,
    key: str = "id",
) -> Iterator[Page]:
    """Up to ``limit`` of ``rows`` by descending primary key, all below ``before``, in pages.

    ``printed`` reads one page; ``key`` is where it prints the primary key.
    """
    size = FIRST
    while limit > 0:
        size = min(size, PAGE, limit)
        below = rows if before is None else rows.filter(pk__lt=before)
        page = printed(below.order_by("-pk")[:size])
        if page:
            yield page
        if len(page) < size:
            return
        before, limit = page[-1][key], limit - size
        size = max(1, size // 2) if _is_long(page) else size * 2


def _is_long(page: Page) -> bool:
    documents = (value for row in page for value in row.values() if isinstance(value, msgspec.Raw))
    return sum(len(bytes(document)) for document in documents) > BYTES


class _Parts:
    """An iterator that gives its place back when it is closed, even if it was never begun."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._parts)

    def close(self) -> None:
        """Called by Django when the answer is sent or the client has gone."""
        if self._is_open:
            self._is_open = False
            _streams.release()


def _printed(pages: Iterator[Page]) -> Iterator[bytes]:
    part = bytearray()
    for page in pages:
        for row in page:
            part += _encode(row) + b"\r\n"
            if len(part) >= CHUNK:
                yield bytes(part)
                part.clear()
        if part:  # what is there is sent before more is read
            yield bytes(part)
            part.clear()
