"""Tables as Parquet, row group by row group. Needs pyarrow, which is an extra."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from feedback_app.models import Snapshot, SnapshotItem
from feedback_app.snapshot_files import reading

ROWS = 10_000
BYTES = 16 * 1024 * 1024
"""In a row group, which is held in memory. The writer remembers each group until the end: small
ones would make it grow with the file."""
COLUMNS = ("id", "bucket", "source", "trace_id", "content", "replaced", "digest")


class _Sink:
    """A file that is never kept: what is written waits only until it is taken."""

    closed = False

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, data: Any) -> int:
        self._waiting.append(bytes(data))
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        return None

    def close(self) -> None:
        self.closed = True

    def taken(self) -> bytes:
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken


def stream(snapshot: Snapshot) -> Iterator[bytes]:
    """The bytes of a snapshot's file, at most a row group in memory."""
    return written(dict.fromkeys(COLUMNS, "string"), map(_cells, reading.items(snapshot)))


def written(types: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The bytes of a file with these columns, at most a row group in memory."""
    import pyarrow as pa
    from pyarrow import parquet

    named = {"string": pa.string(), "double": pa.float64()}
    schema = pa.schema([(name, named[kind]) for name, kind in types.items()])
    sink = _Sink()
    with parquet.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as file:
        for group in _groups(rows):
            columns = zip(*group, strict=True)
            file.write_table(pa.table(dict(zip(types, map(list, columns), strict=True)), schema))
            yield sink.taken()
    yield sink.taken()


def _groups(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    group: list[Sequence[Any]] = []
    size = 0
    for row in rows:
        group.append(row)
        size += sum(len(cell) for cell in row if isinstance(cell, str))
        if len(group) >= ROWS or size >= BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _cells(item: SnapshotItem) -> tuple[str, ...]:
    trace_id = str(item.trace_id) if item.trace_id.int else ""
    whose = (str(item.datapoint_id), item.bucket, item.source, trace_id)
    return (*whose, item.content, item.rejected, item.digest)
