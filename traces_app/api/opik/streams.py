"""Answers sent line by line (opik.md §2, search): one JSON object a line, ``\\r\\n`` after it.

Rows are read by keyset pages, each a short query: between two of them nothing is held, neither
cursor nor lock nor more than a page of rows (architecture §6).
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
"""Rows a query."""

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
        raise Busy
    try:
        lines = _Parts(map(_printed, chain([next(pages, [])], pages)))
    except BaseException:
        _streams.release()
        raise
    return StreamingHttpResponse(lines, content_type="application/octet-stream")


def answer_parts(parts: Iterator[bytes], content_type: str) -> StreamingHttpResponse:
    """Bytes, sent as they are made; the same places, the same refusal."""
    if not _streams.acquire(blocking=False):
        raise Busy
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
    while limit > 0:
        size = min(PAGE, limit)
        below = rows if before is None else rows.filter(pk__lt=before)
        page = printed(below.order_by("-pk")[:size])
        if page:
            yield page
        if len(page) < size:
            return
        before, limit = page[-1][key], limit - size


def _printed(page: Page) -> bytes:
    return b"".join([_encode(row) + b"\r\n" for row in page])


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
