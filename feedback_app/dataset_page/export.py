"""What the list of a dataset shows as a file, sent while it is read by keyset pages.

What waits for approval is left out. The columns are those of a snapshot's table.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.text import slugify

from feedback_app.dataset_page import walk
from feedback_app.dataset_page.asked import Asked
from feedback_app.models import Datapoint, Dataset
from feedback_app.reading.chats import messages_of
from feedback_app.snapshot_files import parquet
from feedback_app.snapshot_files.downloads import has_parquet
from feedback_app.snapshot_files.formats import csv_line
from traces_app import normal_form
from traces_app.access import Access
from traces_app.api.opik import streams
from traces_app.models import NIL

PAGE = 500
COLUMNS = ("id", "bucket", "source", "trace_id", "question", "answer", "replaced", "content")
Row = dict[str, str]
Written = Callable[[Iterator[list[Row]]], Iterator[bytes]]


def forms() -> list[tuple[str, str]]:
    """The forms that can be written here, with what they are."""
    return [
        (name, words) for name, (words, *_) in _FORMS.items() if name != "parquet" or has_parquet()
    ]


def answer(
    access: Access, dataset: Dataset, asked: Asked, form: str
) -> StreamingHttpResponse | None:
    """The file as a download, None for a form that is none. Raises Busy where too many run."""
    if form not in dict(forms()):
        return None
    _, content_type, written = _FORMS[form]
    response = streams.answer_parts(written(pages(access, asked)), content_type)
    name = slugify(dataset.name)[:80] or "dataset"
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def pages(access: Access, asked: Asked) -> Iterator[list[Row]]:
    """What the filters leave, oldest first. One query a page, or two a window of a search."""
    places = asked.places(access).approved()
    if asked.looks_inside:
        wanted = asked.narrowed(places)
        for window in walk.windows(places, wanted, start=None, backwards=True, limit=PAGE):
            yield [_row(point) for point in window.points]
        return
    last = NIL
    while points := list(places.filter(pk__gt=last).order_by("pk")[:PAGE]):
        yield [_row(point) for point in points]
        last = points[-1].pk


def _row(point: Datapoint) -> Row:
    messages = messages_of(point.content) or []
    asked = [message["content"] for message in messages if message["role"] == "user"]
    return {
        "id": str(point.pk),
        "bucket": point.bucket,
        "source": point.source,
        "trace_id": str(point.trace_id) if point.trace_id.int else "",
        "question": asked[-1] if asked else "",
        "answer": messages[-1]["content"] if messages else "",
        "replaced": point.rejected,
        "content": point.content,
    }


def _csv(found: Iterator[list[Row]]) -> Iterator[bytes]:
    yield csv_line(*COLUMNS)
    for page in found:
        yield b"".join(csv_line(*(row[name] for name in COLUMNS)) for row in page)


def _jsonl(found: Iterator[list[Row]]) -> Iterator[bytes]:
    for page in found:
        lines: list[dict[str, Any]] = [
            {name: row[name] for name in ("id", "bucket", "source", "trace_id", "replaced")}
            | normal_form.load(row["content"])
            for row in page
        ]
        yield b"".join(normal_form.dump(line).encode() + b"\n" for line in lines)


def _parquet(found: Iterator[list[Row]]) -> Iterator[bytes]:
    rows = ([row[name] for name in COLUMNS] for page in found for row in page)
    return parquet.written(dict.fromkeys(COLUMNS, "string"), rows)


_FORMS: Mapping[str, tuple[str, str, Written]] = {
    "jsonl": ("JSON lines", "application/jsonl", _jsonl),
    "csv": ("CSV", "text/csv; charset=utf-8", _csv),
    "parquet": ("Parquet", "application/vnd.apache.parquet", _parquet),
}
