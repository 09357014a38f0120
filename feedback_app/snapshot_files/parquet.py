"""A snapshot as Parquet, row group by row group. Needs pyarrow, which is an extra."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from feedback_app.models import Snapshot, SnapshotItem
from feedback_app.snapshot_files import reading

ROWS = 2_000
"""In a row group; they are held in memory together."""
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
    """The bytes of the file, at most a row group in memory."""
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    sink = _Sink()
    items = reading.items(snapshot)
    with parquet.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as file:
        while group := list(islice(items, ROWS)):
            rows = zip(*map(_cells, group), strict=True)
            file.write_table(pa.table(dict(zip(COLUMNS, map(list, rows), strict=True)), schema))
            yield sink.taken()
    yield sink.taken()


def _cells(item: SnapshotItem) -> tuple[str, ...]:
    trace_id = str(item.trace_id) if item.trace_id.int else ""
    whose = (str(item.datapoint_id), item.bucket, item.source, trace_id)
    return (*whose, item.content, item.rejected, item.digest)
