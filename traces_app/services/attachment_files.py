"""The files behind attachments: received whole or not at all, and removed when no row names them.

A file and its row cannot be written in one transaction. So a job is left behind before a file
comes into the storage, and in the transaction in which a row goes: it removes the files that no
row names. A crash in between leaves neither a row without a file nor a file without a row.
"""

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import time
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db.models import QuerySet
from django.utils import timezone

from traces_app.errors import NotFound
from traces_app.models import Attachment
from traces_app.services import jobs

SWEEP = "attachments.sweep"
"""The kind of the job that removes files."""

GRACE = timedelta(days=1)
"""How long an upload may take from its last byte to its row; no file of that age is swept."""

NAMES_A_JOB = 500
HEAD = 16
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is in the storage; ``guard`` is the key of the job that would remove it."""

    storage_name: str
    size: int
    picture_type: str

    @property
    def guard(self) -> str:
        return f"attachment:{self.storage_name}"


def receive(parts: Iterable[bytes]) -> Received:
    """Bring a file into the storage, a part at a time; outside of any transaction.

    Nothing is left when ``parts`` raises. Whoever makes the row cancels the guard with it.
    """
    name = uuid4().hex
    head, size = b"", 0
    with TemporaryUploadedFile(name, "", 0, None) as file:
        for part in parts:
            file.write(part)
            head = (head + part)[:HEAD] if len(head) < HEAD else head
            size += len(part)
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        file.size = size
        received = Received(f"{name[:2]}/{name}", size, picture_type(head))
        jobs.enqueue(
            kind=SWEEP,
            payload={"names": [received.storage_name]},
            key=received.guard,
            run_after=timezone.now() + GRACE,
        )
        _storage().save(received.storage_name, file)
    return received


def picture_type(head: bytes) -> str:
    """The kind of image that a file's first bytes tell, of those that are shown; else "".

    SVG is not among them: it is a document that may act, not a picture.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _SIGNATURES if head.startswith(start)), "")


def opened(storage_name: str) -> "File[Any]":
    """A file, to be read from its start and closed. Raises NotFound when it is gone."""
    try:
        return _storage().open(storage_name, "rb")
    except FileNotFoundError as error:
        raise NotFound("The file is gone.") from error


def forget(rows: "QuerySet[Attachment]") -> None:
    """Have the files of ``rows`` removed once the caller's transaction has deleted the rows."""
    release(list(rows.values_list("storage_name", flat=True)))


def release(names: list[str]) -> None:
    """Have files removed after the caller's transaction, unless a row still names them."""
    for start in range(0, len(names), NAMES_A_JOB):
        jobs.enqueue(kind=SWEEP, payload={"names": names[start : start + NAMES_A_JOB]})


def sweep(names: Collection[str]) -> int:
    """Remove those of the named files that no row names; how many. Harmless to repeat."""
    named = Attachment.objects.filter(storage_name__in=names)
    doomed = set(names).difference(named.values_list("storage_name", flat=True))
    storage = _storage()
    for name in doomed:
        storage.delete(name)
    return len(doomed)


def sweep_uploads() -> int:
    """Remove what uploads left behind whose process was killed; how many files."""
    before = time() - GRACE.total_seconds()
    stale = [
        path
        for path in Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*.upload*")
        if path.stat().st_mtime < before
    ]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


def _storage() -> Storage:
    return storages["attachments"]
