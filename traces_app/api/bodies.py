"""Reading the bodies of both dialects: bounded, inflated, checked as UTF-8, decoded."""

import zlib
from collections import deque
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
    """The body as it was sent, chunked or with a length, at most ``API_BODY_LIMIT`` bytes.

    Raises TooLarge, LengthRequired, and Malformed when it breaks off.
    """
    limit: int = settings.API_BODY_LIMIT
    stream = http
    if "chunked" in http.headers.get("Transfer-Encoding", "").lower():
        # Django reads nothing of a body without a length; the server knows where it ends.
        if not http.environ.get("wsgi.input_terminated"):  # type: ignore[attr-defined]
            raise LengthRequired
        stream = http.environ["wsgi.input"]  # type: ignore[attr-defined]
    elif (length := int(http.headers.get("Content-Length") or 0)) > limit:
        if length <= settings.API_INFLATED_LIMIT:
            # A client that is still sending would see a broken connection and not the answer.
            deque(_parts(stream), maxlen=0)
        raise TooLarge
    parts: list[bytes] = []
    size = 0
    for part in _parts(stream):
        size += len(part)
        if size > limit:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)


def _parts(stream: "SupportsRead[bytes]") -> Iterator[bytes]:
    try:
        while part := stream.read(CHUNK):
            yield part
    except OSError as error:  # the client has gone, or its chunks have no sizes
        raise Malformed("The body breaks off before its end.") from error


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
    try:
        while sent:
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
