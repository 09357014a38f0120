"""The forms in which a list is exported. Pure: rows in, bytes out, a batch at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import Raw

from feedback_app.list_files.rows import Row
from feedback_app.snapshot_files import parquet
from feedback_app.snapshot_files.formats import csv_line
from traces_app import normal_form

COLUMNS = (
    "id", "project", "name", "started_at", "ended_at", "thread", "model", "environment", "source",
    "input", "output", "metadata", "tags", "error_info", "score", "feedback", "scored_by",
    "scored_at", "score_source", "added_to_dataset", "processing_status", "processing_error",
    "scores", "comments", "corrections",
)  # fmt: skip
MEAN = "mean: "
"""Before a score's name, over the column of its means."""
_NUMBERS = ("score",)


@dataclass(frozen=True)
class Form:
    """A form: ``written`` takes the batches, and the names of scores that get a column each."""

    words: str
    content_type: str
    written: Callable[[Iterator[list[Row]], Sequence[str]], Iterator[bytes]]


def _jsonl(batches: Iterator[list[Row]], names: Sequence[str]) -> Iterator[bytes]:
    for batch in batches:
        yield b"".join(normal_form.dump(row).encode() + b"\n" for row in batch)


def _csv(batches: Iterator[list[Row]], names: Sequence[str]) -> Iterator[bytes]:
    yield csv_line(*COLUMNS, *(MEAN + name for name in names))
    for batch in batches:
        yield b"".join(csv_line(*_cells(row, names)) for row in batch)


def _parquet(batches: Iterator[list[Row]], names: Sequence[str]) -> Iterator[bytes]:
    means = [MEAN + name for name in names]
    types = {name: "double" if name in _NUMBERS else "string" for name in COLUMNS}
    types |= dict.fromkeys(means, "double")
    return parquet.written(types, (_cells(row, names) for batch in batches for row in batch))


def _cells(row: Row, names: Sequence[str]) -> list[str | float | None]:
    means = row["means"]
    return [*(_cell(row[name]) for name in COLUMNS), *(means.get(name) for name in names)]


def _cell(value: Any) -> str | float | None:
    """A text as it is, and of JSON that is a text that text; all other JSON in compact form."""
    if isinstance(value, Raw):
        stored = bytes(value).decode()
        return str(normal_form.load(stored)) if stored.startswith('"') else stored
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, str | float):
        return value
    return normal_form.dump(value) if value else None


FORMS: Mapping[str, Form] = {
    "jsonl": Form("JSON lines, everything nested", "application/jsonl", _jsonl),
    "csv": Form("CSV, a column for each score", "text/csv; charset=utf-8", _csv),
    "parquet": Form("Parquet", "application/vnd.apache.parquet", _parquet),
}
