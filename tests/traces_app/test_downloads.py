"""Files as they are handed over: whole, in part, and never as something that acts."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import File
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory

from tests import factories
from traces_app import downloads
from traces_app.models import Attachment

pytestmark = pytest.mark.django_db
CONTENT = bytes(range(100))
PNG = b"\x89PNG\r\n\x1a\n" + CONTENT


@pytest.fixture
def kept(db: None) -> Attachment:
    access = factories.access()
    return factories.attachment(access, factories.trace(access), CONTENT)


_answers: list[HttpResponseBase] = []


@pytest.fixture(autouse=True)
def _answers_are_closed() -> Iterator[None]:
    """As the server does it, also with those that nobody has read."""
    yield
    while _answers:
        _answers.pop().close()


def ask(attachment: Attachment, *, in_place: bool = False, **headers: str) -> HttpResponseBase:
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    request = RequestFactory().get("/", headers=sent)
    _answers.append(downloads.serve(request, attachment, in_place=in_place))
    return _answers[-1]


def body(response: HttpResponseBase) -> bytes:
    if not isinstance(response, StreamingHttpResponse):
        return b""
    return b"".join(response)


def test_whole_file_is_sent_with_its_length(kept: Attachment) -> None:
    response = ask(kept)

    assert (response.status_code, response["Content-Length"]) == (200, "100")
    assert response["Accept-Ranges"] == "bytes"
    assert body(response) == CONTENT


@pytest.mark.parametrize(
    ("asked", "told", "part"),
    [
        ("bytes=0-9", "bytes 0-9/100", CONTENT[:10]),
        ("bytes=90-", "bytes 90-99/100", CONTENT[90:]),
        ("bytes=-5", "bytes 95-99/100", CONTENT[95:]),
        ("bytes=50-1000", "bytes 50-99/100", CONTENT[50:]),
        ("bytes=-1000", "bytes 0-99/100", CONTENT),
        ("bytes=99-99", "bytes 99-99/100", CONTENT[99:]),
    ],
)
def test_part_is_sent_alone(kept: Attachment, asked: str, told: str, part: bytes) -> None:
    response = ask(kept, Range=asked)

    assert (response.status_code, response["Content-Range"]) == (206, told)
    assert response["Content-Length"] == str(len(part))
    assert body(response) == part


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=999-"])
def test_part_that_is_not_there_is_416(kept: Attachment, asked: str) -> None:
    response = ask(kept, Range=asked)

    assert (response.status_code, response["Content-Range"]) == (416, "bytes */100")


@pytest.mark.parametrize(
    "asked",
    ["bytes=9-0", "bytes=-", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b", "bytes=" + "9" * 30],
)
def test_range_that_means_nothing_here_is_ignored(kept: Attachment, asked: str) -> None:
    response = ask(kept, Range=asked)

    assert (response.status_code, body(response)) == (200, CONTENT)


def test_any_part_of_an_empty_file_is_416() -> None:
    access = factories.access()
    empty = factories.attachment(access, factories.trace(access), b"")

    assert (ask(empty).status_code, ask(empty)["Content-Length"]) == (200, "0")
    assert ask(empty, Range="bytes=0-").status_code == 416


def test_download_that_was_broken_off_goes_on_only_if_the_file_is_the_same(
    kept: Attachment,
) -> None:
    whole = ask(kept)
    tags = [whole["ETag"], whole["Last-Modified"], '"another"', f"W/{whole['ETag']}"]

    statuses = [ask(kept, Range="bytes=5-", If_Range=tag).status_code for tag in tags]

    assert statuses == [206, 206, 200, 200]


def test_file_that_the_client_has_is_304(kept: Attachment) -> None:
    tag = ask(kept)["ETag"]

    answers = [ask(kept, If_None_Match=known) for known in (tag, f'"x", W/{tag}', "*", '"x"')]

    assert [answer.status_code for answer in answers] == [304, 304, 304, 200]


def test_another_upload_has_another_tag(kept: Attachment) -> None:
    access = factories.access()
    trace = factories.trace(access)

    tags = {ask(factories.attachment(access, trace))["ETag"] for _ in range(2)}

    assert len(tags) == 2


@pytest.mark.parametrize(
    ("content", "in_place", "kind", "how"),
    [
        (PNG, True, "image/png", "inline"),
        (PNG, False, "image/png", "attachment"),
        (b"<svg onload='alert(1)'>", True, "application/octet-stream", "attachment"),
        (b"<html><script>alert(1)</script>", True, "application/octet-stream", "attachment"),
    ],
)
def test_only_pictures_are_shown_in_place(
    content: bytes, in_place: bool, kind: str, how: str
) -> None:
    access = factories.access()
    kept = factories.attachment(access, factories.trace(access), content, "x.svg")

    response = ask(kept, in_place=in_place)

    assert (response["Content-Type"], response["Content-Disposition"].split(";")[0]) == (kind, how)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("a b.txt", "a b.txt"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\x.exe", "C__x.exe"),
        ("a\r\nSet-Cookie: x", "a__Set-Cookie_ x"),
        ("gpj.\u202eexe", "gpj._exe"),
        ("دليل.pdf", "دليل.pdf"),
        ("...", "file"),
        ("\ufffd", "\ufffd"),
    ],
)
def test_names_are_made_harmless(name: str, plain: str) -> None:
    assert downloads.plain_name(name) == plain


@pytest.mark.parametrize("name", ['a"b.txt', "a\r\nb", "دليل.pdf", "x" * 255, "🎉", "a;b=c%20d"])
def test_any_name_makes_a_header(name: str) -> None:
    access = factories.access()
    kept = factories.attachment(access, factories.trace(access), b"x", name)

    assert ask(kept)["Content-Disposition"].startswith("attachment")


def test_blocks_are_bounded_and_the_file_is_closed_even_unread() -> None:
    content = io.BytesIO(b"x" * (downloads.BLOCK * 2 + 1))
    file: File[Any] = File(content)
    blocks = downloads.Blocks(file, range(1, downloads.BLOCK * 2 + 1))

    assert [len(block) for block in blocks] == [downloads.BLOCK, downloads.BLOCK]
    blocks.close()
    assert content.closed
