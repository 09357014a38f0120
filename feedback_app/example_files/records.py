"""The records of a file of examples, one at a time, each with the place behind it.

A record is a line of JSON, or a row of CSV under the names of its head. Reading can begin behind
any record, so that an import that was cut goes on where it was.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from traces_app import normal_form
from traces_app.errors import Malformed

LONGEST = 8 * 1024 * 1024
"""Bytes of a line, characters of a cell."""
MOST_COLUMNS = 200
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DELIMITERS = ",;\t|"
NOT_UTF8 = "It is not UTF-8."
TOO_LONG = "It is longer than 8 MB."
_PART = 1024 * 1024
_FORMULA = ("'=", "'+", "'-", "'@", "'\t", "'\r")

csv.field_size_limit(LONGEST)


@dataclass(frozen=True, slots=True)
class Place:
    """Behind a record: in bytes, and in lines."""

    offset: int = 0
    line: int = 0


START = Place()


@dataclass(frozen=True, slots=True)
class Record:
    """``value`` is JSON of any kind, or of CSV a dict of texts; or there is an ``error``."""

    number: int
    end: Place
    value: Any = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The first row of a CSV file: its columns, and what separates them."""

    columns: tuple[str, ...]
    delimiter: str
    end: Place


def json_lines(file: IO[bytes], start: Place = START) -> Iterator[Record]:
    """The lines that are not blank, behind ``start``."""
    lines = _Lines(file, start)
    while (sent := lines.next_line()) is not None:
        if len(sent) > LONGEST:
            yield Record(lines.number, lines.place, error=TOO_LONG)
        elif sent.strip():
            yield _json(sent, lines)


def csv_rows(file: IO[bytes], head: Head, start: Place = START) -> Iterator[Record]:
    """The rows that are not empty, behind ``start`` or else the head."""
    lines = _Lines(file, max(start, head.end, key=lambda place: place.offset))
    reader = csv.reader(lines, delimiter=head.delimiter, strict=True)
    while True:
        first = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except UnicodeDecodeError:
            yield Record(first, lines.place, error=NOT_UTF8)
        except csv.Error as error:
            yield Record(first, lines.place, error=f"This is no CSV: {error}.")
        else:
            if any(cell.strip() for cell in cells):
                yield _row(head, cells, first, lines.place)


def head(file: IO[bytes]) -> Head | str:
    """The head of a CSV file, or why it has none."""
    lines = _Lines(file, START)
    raw = lines.next_line() or b""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return "The file is not UTF-8."
    delimiter = max(DELIMITERS, key=text.count)
    lines = _Lines(file, START)
    try:
        cells = next(csv.reader(lines, delimiter=delimiter, strict=True), [])
    except (csv.Error, UnicodeDecodeError):
        return "The first line is no head of a CSV file."
    names = [normal_form.clean_text(cell.strip()) for cell in cells]
    if not any(names):
        return "The first line is empty: it should name the columns."
    if len(names) > MOST_COLUMNS:
        return f"There are more than {MOST_COLUMNS} columns."
    named = tuple(name or f"column {at}" for at, name in enumerate(names, start=1))
    if len(set(named)) < len(named):
        return "Two columns have the same name."
    return Head(named, delimiter, lines.place)


def _json(sent: bytes, lines: "_Lines") -> Record:
    try:
        value = normal_form.load(sent)
        # Only an escape brings what neither a database nor a page can hold.
        value = normal_form.clean(value) if b"\\u" in sent else value
        return Record(lines.number, lines.place, value)
    except UnicodeDecodeError:
        why = NOT_UTF8
    except json.JSONDecodeError as error:
        why = f"This is no JSON: {error.msg} at character {error.pos + 1}."
    except (RecursionError, Malformed):
        why = normal_form.TOO_DEEP
    return Record(lines.number, lines.place, error=why)


def _row(head: Head, cells: list[str], number: int, end: Place) -> Record:
    if len(cells) != len(head.columns):
        why = f"It has {len(cells)} cells and the head {len(head.columns)}."
        return Record(number, end, error=why)
    return Record(number, end, dict(zip(head.columns, map(_text, cells), strict=True)))


def _text(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from calculating."""
    return normal_form.clean_text(cell[1:] if cell.startswith(_FORMULA) else cell)


class _Lines:
    """The lines of a file from a place on; as an iterator, of text as the CSV reader takes it."""

    def __init__(self, file: IO[bytes], start: Place) -> None:
        file.seek(start.offset)
        self._file = file
        self._offset = start.offset
        self.number = start.line

    @property
    def place(self) -> Place:
        return Place(self._offset, self.number)

    def next_line(self) -> bytes | None:
        """One line, of a line that is too long the beginning; None at the end."""
        sent = part = self._file.readline(LONGEST + 1)
        if not sent:
            return None
        begins = not self._offset
        self._offset += len(sent)
        while len(sent) > LONGEST and part and not part.endswith(b"\n"):
            part = self._file.readline(_PART)
            self._offset += len(part)
        self.number += 1
        return sent.removeprefix(BYTE_ORDER_MARK) if begins else sent

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        sent = self.next_line()
        if sent is None:
            raise StopIteration
        if len(sent) > LONGEST:
            raise csv.Error("the line is longer than 8 MB")
        return sent.decode()
