"""A snapshot's file as an answer that is sent while it is read."""

import re
from importlib.util import find_spec

from django.http import HttpResponse, HttpResponseBase

from feedback_app.models import Snapshot
from feedback_app.snapshot_files import parquet, reading
from feedback_app.snapshot_files.formats import FORMATS
from traces_app import normal_form
from traces_app.api.opik import streams

MANIFEST = "manifest.json"
PARQUET = "items.parquet"
_UNSAFE = re.compile(r"[^\w.-]+", re.ASCII)


def has_parquet() -> bool:
    """Is what writes Parquet installed? It is an extra."""
    return find_spec("pyarrow") is not None


def answer(snapshot: Snapshot, name: str) -> HttpResponseBase | None:
    """The file, or None for a name that is none. Raises Busy when too many are being sent."""
    if name == MANIFEST:
        manifest = normal_form.load(snapshot.manifest)
        response: HttpResponseBase = HttpResponse(
            normal_form.dump(manifest), content_type="application/json"
        )
    elif name in FORMATS:
        parts = reading.stream(snapshot, name)
        response = streams.answer_parts(parts, FORMATS[name].content_type)
    elif name == PARQUET and has_parquet():
        parts = parquet.stream(snapshot)
        response = streams.answer_parts(parts, "application/vnd.apache.parquet")
    else:
        return None
    title = _UNSAFE.sub("-", snapshot.name).strip("-.")[:80] or "snapshot"
    response["Content-Disposition"] = f'attachment; filename="{title}-{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
