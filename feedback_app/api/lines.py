"""Files of traces, one JSON object a line, in Opik's or Prem's shape, read as the APIs do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO
from uuid import UUID

import msgspec
from django.utils import timezone
from msgspec import Raw, Struct
from msgspec.json import Decoder
from uuid_utils.compat import uuid7

from feedback_app.services.imports import Row
from traces_app import ids, normal_form
from traces_app.api import bodies
from traces_app.api.opik import checks
from traces_app.api.opik.errors import BadRequest
from traces_app.api.opik.serializers.scores import ScoreWrite
from traces_app.api.opik.serializers.traces import TraceWrite
from traces_app.api.prem.serializers.traces import judged_trace
from traces_app.errors import Invalid, Refusal
from traces_app.models import NIL, VERDICT, Source
from traces_app.services.scores import Said
from traces_app.services.sent_traces import SentTrace

MAX_LINE = 64 * 1024 * 1024
CHUNK = 1024 * 1024
ABSENT = Raw(b"null")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NEITHER = "It has neither Opik's start_time nor Prem's modelId."
UUID_VERSION = 7
_PLACE = re.compile(r": line 1 column (\d+) \(char \d+\)$")


class _Shape(Struct):
    """What tells the two shapes apart, without reading the rest."""

    start_time: Raw = ABSENT
    model_id: Raw = ABSENT
    camel_model_id: Raw = msgspec.field(default=ABSENT, name="modelId")


class _OpikTrace(TraceWrite, kw_only=True):
    """A trace as it was sent or as it was read, with its scores."""

    feedback_scores: list[ScoreWrite] | None = None


_SHAPE = Decoder(_Shape)
_OPIK = Decoder(_OpikTrace)
_PREM = Decoder(dict[str, Any])


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its row, or the reason why it has none. A blank line has neither."""

    number: int
    size: int
    row: Row | None = None
    reason: str = ""


def read(stream: BinaryIO) -> Iterator[Line]:
    """Every line of ``stream``, one at a time; ``size`` is in bytes, with the line's end."""
    number = 0
    while sent := stream.readline(MAX_LINE + 1):
        number += 1
        size = len(sent)
        if size > MAX_LINE:
            size += _skip_line(stream, sent)
            yield Line(number, size, reason=f"It is longer than {MAX_LINE // 1024**2} MiB.")
            continue
        text = sent.removeprefix(BYTE_ORDER_MARK).strip() if number == 1 else sent.strip()
        yield _line(number, size, text) if text else Line(number, size)


def _skip_line(stream: BinaryIO, begun: bytes) -> int:
    size, part = 0, begun
    while part and not part.endswith(b"\n"):
        part = stream.readline(CHUNK)
        size += len(part)
    return size


def _line(number: int, size: int, text: bytes) -> Line:
    try:
        return Line(number, size, row=row_of(text))
    except Refusal as refusal:
        return Line(number, size, reason=_reason(refusal))


def row_of(text: bytes) -> Row:
    """What one line holds. Raises Refusal: unreadable, or what the APIs would refuse."""
    shape = bodies.parse(text, _SHAPE)
    if shape.start_time != ABSENT:
        return _opik(bodies.parse(text, _OPIK))
    if shape.camel_model_id == ABSENT and shape.model_id == ABSENT:
        raise Invalid(NEITHER)
    return _prem(bodies.parse(text, _PREM))


def _opik(trace: _OpikTrace) -> Row:
    sent = trace.sent()
    said = []
    for number, score in enumerate(trace.feedback_scores or ()):
        score.source = score.source or "sdk"
        score.source_queue_id = None  # a queue of elsewhere
        said.append(score.said(sent.id, f"feedback_scores[{number}]."))
    return Row(sent, said)


def _prem(sent: dict[str, Any]) -> Row:
    trace = judged_trace(sent)
    created = _instant(sent.get("createdAt") or sent.get("created_at")) or timezone.now()
    conversation = sent.get("conversationId") or sent.get("conversation_id")
    rules = checks.Rules()
    rules.within("createdAt", created, checks.LATEST_START)
    values = trace.values | {"end_time": created}
    if isinstance(conversation, str) and conversation.strip():
        values["thread_id"] = normal_form.clean_text(conversation)
        rules.thread_id("conversationId", values["thread_id"])
    rules.enforce()
    row = Row(SentTrace(_prem_id(sent.get("id"), created), created, created, values=values))
    if trace.score is None:
        row.feedback = trace.feedback
    else:
        row.said = [Said(NIL, VERDICT, trace.score, Source.PREM.value, trace.feedback)]
    return row


def _prem_id(sent: object, created: datetime) -> UUID:
    """The id that was sent, made a UUIDv7 of the trace's time if it is of another kind."""
    if sent is None:
        return uuid7()
    try:
        found = UUID(str(sent))
    except ValueError as error:
        raise Invalid("Its id is no UUID.") from error
    if found.version == UUID_VERSION:
        return found
    return ids.uuid7_of(int(created.timestamp() * 1000), found.bytes)


def _instant(sent: object) -> datetime | None:
    if sent is None:
        return None
    try:
        found = datetime.fromisoformat(str(sent))
    except ValueError as error:
        raise Invalid("Its createdAt is no date and time.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _reason(refusal: Refusal) -> str:
    if isinstance(refusal, BadRequest) and refusal.details:
        return refusal.details
    return _PLACE.sub(r" at column \1", str(refusal))
