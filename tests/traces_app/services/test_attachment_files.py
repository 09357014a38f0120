"""Files and rows that cannot be written together, and still never part."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import transaction

from feedback_app.jobs import REGISTRY
from tests import factories
from traces_app.errors import NotFound
from traces_app.models import Attachment, Job
from traces_app.services import attachment_files, jobs
from traces_app.work import attempts

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def stored() -> set[str]:
    """What lies in the storage, as a row would name it."""
    folder = Path(storages["attachments"].path(""))
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def waiting() -> list[Path]:
    return list(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir())


def work() -> None:
    """Do every job that is due."""
    while job := jobs.claim(lane=Job.Lane.SHORT):
        attempts.run(job, REGISTRY.handlers, lambda: None)


def breaking() -> Iterator[bytes]:
    yield b"the first part"
    raise ConnectionError


def test_file_is_received_whole_under_a_name_that_nobody_chose() -> None:
    received = attachment_files.receive(iter([b"one ", b"two"]))

    with storages["attachments"].open(received.storage_name) as file:
        assert file.read() == b"one two"
    assert received.size == 7
    assert waiting() == []


def test_upload_that_breaks_off_leaves_nothing() -> None:
    before = stored()

    with pytest.raises(ConnectionError):
        attachment_files.receive(breaking())

    assert (stored(), waiting(), Job.objects.count()) == (before, [], 0)


def test_file_whose_row_was_never_written_is_swept_after_a_day() -> None:
    received = attachment_files.receive([b"x"])
    work()
    assert received.storage_name in stored()
    Job.objects.update(run_after=Job.objects.get().run_after - attachment_files.GRACE)

    work()

    assert received.storage_name not in stored()


def test_row_that_was_written_takes_the_guard_away() -> None:
    access = factories.access()

    kept = factories.attachment(access, factories.trace(access))

    assert not Job.objects.exists()
    assert kept.storage_name in stored()


def test_files_go_when_the_transaction_that_forgot_them_is_over() -> None:
    access = factories.access()
    kept = factories.attachment(access, factories.trace(access))
    rows = Attachment.objects.filter(pk=kept.pk)

    with transaction.atomic():
        attachment_files.forget(rows)
        rows.delete()
    assert kept.storage_name in stored()
    work()

    assert kept.storage_name not in stored()


def test_sweep_leaves_what_a_row_names_and_may_be_repeated() -> None:
    access = factories.access()
    kept = factories.attachment(access, factories.trace(access))
    gone = attachment_files.receive([b"x"]).storage_name

    removed = [attachment_files.sweep([kept.storage_name, gone]) for _ in range(2)]

    assert removed == [1, 1]
    assert kept.storage_name in stored()
    assert gone not in stored()


def test_many_files_are_forgotten_in_jobs_of_a_bounded_size() -> None:
    attachment_files.release([str(number) for number in range(1001)])

    assert Job.objects.filter(kind=attachment_files.SWEEP).count() == 3


def test_uploads_of_killed_processes_are_swept_and_running_ones_left() -> None:
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    old, new = folder / "a.upload", folder / "b.upload"
    for path in (old, new):
        path.write_bytes(b"half")
    long_ago = time.time() - attachment_files.GRACE.total_seconds() - 1
    os.utime(old, (long_ago, long_ago))

    assert attachment_files.sweep_uploads() == 1
    assert waiting() == [new]
    new.unlink()


def test_file_that_is_gone_is_not_found() -> None:
    access = factories.access()
    kept = factories.attachment(access, factories.trace(access))
    storages["attachments"].delete(kept.storage_name)

    with pytest.raises(NotFound):
        attachment_files.opened(kept.storage_name)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a...", "image/gif"),
        (b"GIF87a...", "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", ""),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", ""),
        (b"<!doctype html>", ""),
        (b"BM......", ""),
        (b"", ""),
        (PNG[:7], ""),
    ],
)
def test_only_four_kinds_of_pictures_are_told_by_their_first_bytes(head: bytes, kind: str) -> None:
    assert attachment_files.picture_type(head) == kind


def test_first_bytes_are_looked_at_however_they_come() -> None:
    received = attachment_files.receive([PNG[i : i + 1] for i in range(len(PNG))])

    assert received.picture_type == "image/png"


def test_files_are_for_their_owner_alone() -> None:
    received = attachment_files.receive([b"secret"])

    mode = Path(storages["attachments"].path(received.storage_name)).stat().st_mode

    assert mode & 0o777 == 0o600
