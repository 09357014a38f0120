"""A snapshot's files: which there are, and the bytes of one item in each.

Pure, and the same bytes each time: the manifest's hashes hold for ever.
"""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from feedback_app.models import Datapoint, SnapshotItem
from feedback_app.reading.chats import messages_of
from traces_app import normal_form

TRAINING, VALIDATION = Datapoint.Bucket.TRAINING, Datapoint.Bucket.VALIDATION
_COLUMNS = ("id", "bucket", "source", "trace_id", "question", "answer", "replaced", "content")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Format:
    """One file: what it is, how it begins, and an item's bytes, none if it is not in it."""

    words: str
    content_type: str
    item: Callable[[SnapshotItem], bytes]
    head: bytes = b""


def _chat(item: SnapshotItem, bucket: str) -> bytes:
    messages = messages_of(item.content) if item.bucket == bucket else None
    return _line({"messages": messages}) if messages is not None else b""


def _preference(item: SnapshotItem, bucket: str) -> bytes:
    """The messages up to the answer, the answer that people wrote, and the one it replaced."""
    if item.bucket != bucket or not item.rejected:
        return b""
    messages = messages_of(item.content)
    if messages is None or messages[-1]["content"] == item.rejected:
        return b""
    rejected = {"role": "assistant", "content": item.rejected}
    return _line({"prompt": messages[:-1], "chosen": messages[-1:], "rejected": [rejected]})


def _row(item: SnapshotItem) -> bytes:
    messages = messages_of(item.content) or []
    asked = [message["content"] for message in messages if message["role"] == "user"]
    return csv_line(
        str(item.datapoint_id),
        item.bucket,
        item.source,
        str(item.trace_id) if item.trace_id.int else "",
        asked[-1] if asked else "",
        messages[-1]["content"] if messages else "",
        item.rejected,
        item.content,
    )


def csv_line(*cells: str | float | None) -> bytes:
    """One line of CSV. A text that a spreadsheet would take for a formula gets an apostrophe."""
    written = io.StringIO()
    safe = [
        f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
        for cell in cells
    ]
    csv.writer(written).writerow(safe)
    return written.getvalue().encode()


def _line(value: object) -> bytes:
    return normal_form.dump(value).encode() + b"\n"


_JSONL = "application/jsonl"

FORMATS: Mapping[str, Format] = {
    "training.jsonl": Format("Chats for training", _JSONL, lambda item: _chat(item, TRAINING)),
    "validation.jsonl": Format(
        "Chats for validation", _JSONL, lambda item: _chat(item, VALIDATION)
    ),
    "preferences.jsonl": Format(
        "Preference pairs for training", _JSONL, lambda item: _preference(item, TRAINING)
    ),
    "preferences-validation.jsonl": Format(
        "Preference pairs for validation", _JSONL, lambda item: _preference(item, VALIDATION)
    ),
    "items.csv": Format("Everything, as a table", "text/csv", _row, csv_line(*_COLUMNS)),
}
