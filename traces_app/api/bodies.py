"""Reading the bodies of both dialects: bounded, inflated, checked as UTF-8, decoded."""

import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, TypeVar

import msgspec
from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import APIException, UnsupportedMediaType
from rest_framework.request import Request

from traces_app import normal_form
from traces_app.errors import Malformed

if TYPE_CHECKING:
    from _typeshed import SupportsRead

T = TypeVar("T")
CHUNK = 1024 * 1024
MOST_MEMBERS = 64
SPARE = 128 * 1024 * 1024
"""Bytes that are read of a body that will be refused, so that its client hears the answer."""

CUT_OFF = "The body breaks off before its end."


class TooLarge(APIException):
    """The body is over the limit that the settings name."""

    status_code = 413
    default_detail = "The body is larger than this server takes."


class LengthRequired(APIException):
    """A chunked body on a server that cannot tell where it ends."""

    status_code = 411
    default_detail = "Send the body with a Content-Length."


class Busy(APIException):
    """Too much is going on; ``wait`` is in seconds."""

    status_code = 429
    default_detail = "Too Many Requests: too many large bodies at once"
    wait = 1


class WrongTypes(Malformed):
    """JSON whose values are not of the types that the contract names."""


_large_bodies = BoundedSemaphore(settings.API_LARGE_BODIES_AT_ONCE)


def decode(request: Request, decoder: "msgspec.json.Decoder[T]") -> T:
    """The request's JSON as ``decoder`` has it.

    A body that msgspec refuses (bare NaN, lone surrogates) is read once more by the standard
    library. Raises Malformed, WrongTypes, TooLarge, LengthRequired, Busy, UnsupportedMediaType.
    """
    http = request._request
    _must_be_json(http)
    with _inflated(http) as body:
        return parse(body, decoder)


def parse(body: bytes, decoder: "msgspec.json.Decoder[T]") -> T:
    """JSON text as ``decoder`` has it. Raises Malformed, WrongTypes."""
    try:
        if not body.isascii():
            body.decode()
        return _typed(body, decoder)
    except UnicodeDecodeError as error:
        raise Malformed("Unable to process JSON. The body is not valid UTF-8") from error
    except RecursionError as error:
        raise Malformed(normal_form.TOO_DEEP) from error


def _typed(body: bytes, decoder: "msgspec.json.Decoder[T]") -> T:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise WrongTypes(f"Unable to process JSON. {error}") from error
    except msgspec.DecodeError:
        again = normal_form.reread(body)
    try:
        return decoder.decode(again)
    except msgspec.ValidationError as error:
        raise WrongTypes(f"Unable to process JSON. {error}") from error


def read(http: HttpRequest) -> bytes:
    """The body as it was sent, at most ``API_BODY_LIMIT`` bytes. Raises as ``parts`` does."""
    return b"".join(parts(http, settings.API_BODY_LIMIT))


def parts(http: HttpRequest, limit: int) -> Iterator[bytes]:
    """The body as it was sent, chunked or with a length, a bounded part at a time.

    Raises TooLarge over ``limit`` bytes, LengthRequired, and Malformed when it breaks off.
    """
    stream, length = _source(http)
    left = limit
    if length is None or length <= limit:
        for part in _parts(stream):
            left -= len(part)
            if left < 0:
                break
            yield part
    if left < 0 or (length or 0) > limit:
        _discard(stream)
        raise TooLarge
    if length is not None and limit - left < length:
        raise Malformed(CUT_OFF)


def _source(http: HttpRequest) -> tuple["SupportsRead[bytes]", int | None]:
    """Where the body is read from, and how long it says that it is."""
    if "chunked" not in http.headers.get("Transfer-Encoding", "").lower():
        return http, int(http.headers.get("Content-Length") or 0)
    # Django reads nothing of a body without a length; the server knows where it ends.
    if not http.environ.get("wsgi.input_terminated"):  # type: ignore[attr-defined]
        raise LengthRequired
    return http.environ["wsgi.input"], None  # type: ignore[attr-defined]


def _discard(stream: "SupportsRead[bytes]") -> None:
    """Read on for a while: a client that still sends sees a broken connection and no answer."""
    left = SPARE
    for part in _parts(stream):
        left -= len(part)
        if left < 0:
            return


def _parts(stream: "SupportsRead[bytes]") -> Iterator[bytes]:
    try:
        while part := stream.read(CHUNK):
            yield part
    except OSError as error:  # the client has gone, or its chunks have no sizes
        raise Malformed(CUT_OFF) from error


@contextmanager
def _inflated(http: HttpRequest) -> Iterator[bytes]:
    body = read(http)
    encoding = http.headers.get("Content-Encoding", "identity").strip().lower()
    with ExitStack() as slot:
        if encoding in ("gzip", "x-gzip"):
            parts: list[bytes] = []
            size = 0
            for part in _members(body):
                if size <= settings.API_LARGE_BODY < size + len(part):
                    slot.enter_context(_a_large_body())
                size += len(part)
                if size > settings.API_INFLATED_LIMIT:
                    raise TooLarge
                parts.append(part)
            body = b"".join(parts)
        elif encoding not in ("identity", ""):
            raise UnsupportedMediaType(encoding, f"Content-Encoding {encoding} is not supported.")
        elif len(body) > settings.API_LARGE_BODY:
            slot.enter_context(_a_large_body())
        yield body


@contextmanager
def _a_large_body() -> Iterator[None]:
    if not _large_bodies.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        _large_bodies.release()


def _members(sent: bytes) -> Iterator[bytes]:
    """What gzip bytes inflate to, a bounded part at a time."""
    members = 0
    try:
        while sent:
            members += 1
            if members > MOST_MEMBERS:  # each one copies what is left
                raise Malformed("Unable to process JSON. The gzip body has too many members")
            member = zlib.decompressobj(16 + zlib.MAX_WBITS)
            while not member.eof:
                part = member.decompress(sent, CHUNK)
                sent = member.unconsumed_tail
                if not part and not sent and not member.eof:
                    raise Malformed("Unable to process JSON. The gzip body is cut off")
                yield part
            sent = member.unused_data
    except zlib.error as error:
        raise Malformed("Unable to process JSON. The body is not valid gzip") from error


def _must_be_json(http: HttpRequest) -> None:
    kind = (http.content_type or "").lower()
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMediaType(kind)
